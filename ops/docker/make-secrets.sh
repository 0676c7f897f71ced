#!/bin/sh
# Writes the files that docker-compose.yml mounts as secrets, out of .env; run it again after a
# change there. Usage, from the folder of docker-compose.yml: sh ops/docker/make-secrets.sh
set -eu
umask 077
[ -f .env ] || { echo "make-secrets: no .env here; copy ops/docker/example.env and fill it in" >&2; exit 1; }

value() { # NAME: what .env gives it, without quotes around it
    sed -n "s/^$1=//p" .env | tail -n 1 | sed "s/^\"\(.*\)\"\$/\1/; s/^'\(.*\)'\$/\1/"
}

password() { # NAME
    found=$(value "$1")
    case $found in
        "") echo "make-secrets: $1 is empty in .env" >&2; exit 1 ;;
        *[!A-Za-z0-9]*) echo "make-secrets: $1: letters and digits only, as it goes into addresses: openssl rand -hex 24" >&2; exit 1 ;;
    esac
    printf '%s' "$found"
}

put() { # FILE TEXT: readable in the container, whose user has another number; the folder is closed
    printf '%s' "$2" >"secrets/$1.new"
    chmod 444 "secrets/$1.new"
    mv -f "secrets/$1.new" "secrets/$1"
}

mkdir -p secrets
rabbitmq=$(password RABBITMQ_PASSWORD)
valkey=$(password VALKEY_PASSWORD)
flower=$(password FLOWER_PASSWORD)
put broker_url "amqp://presswire:$rabbitmq@rabbitmq:5672/presswire"
put redis_url "redis://:$valkey@valkey:6379/1"
put flower_auth "presswire:$flower"
put smtp_url "$(value PRESSWIRE_SMTP_URL)"
for part in OPERATOR INDEX TICK SEARCH; do
    secret=$(password "ELASTIC_${part}_PASSWORD")
    name=$(printf '%s' "$part" | tr '[:upper:]' '[:lower:]')
    put "elasticsearch_${name}_url" "http://presswire_$name:$secret@elasticsearch:9200"
done
echo "secrets/ is written"
