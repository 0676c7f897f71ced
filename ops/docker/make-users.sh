#!/bin/sh
# Gives each part of Presswire its own Elasticsearch user, with the role of ops/elasticsearch/
# roles.yml that is named like it, and Kibana's user its password. Safe to run again.
set -eu
address=${ELASTICSEARCH:-http://elasticsearch:9200}

ask() { # METHOD PATH JSON; the password is read from a file, so that no list of processes shows it
    printf 'user = "elastic:%s"\n' "$ELASTIC_PASSWORD" |
        curl --silent --show-error --fail --config - --request "$1" "$address$2" \
            --header 'Content-Type: application/json' --data-binary @"$3" >/dev/null
}

folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
umask 077

user() { # NAME PASSWORD
    printf '{"password": "%s", "roles": ["%s"]}' "$2" "$1" >"$folder/$1"
    ask PUT "/_security/user/$1" "$folder/$1"
    echo "user $1 is there"
}

user presswire_index "$ELASTIC_INDEX_PASSWORD"
user presswire_tick "$ELASTIC_TICK_PASSWORD"
user presswire_search "$ELASTIC_SEARCH_PASSWORD"
user presswire_operator "$ELASTIC_OPERATOR_PASSWORD"
printf '{"password": "%s"}' "$KIBANA_PASSWORD" >"$folder/kibana"
ask POST /_security/user/kibana_system/_password "$folder/kibana"
echo "user kibana_system has its password"
