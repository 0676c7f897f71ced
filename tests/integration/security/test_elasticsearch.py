"""Elasticsearch with security on: TLS by a CA file, and a user for each part that can do its part
and nothing else."""

import os
import pwd
import shutil
import ssl
import subprocess
import tempfile
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
import trustme
from elasticsearch import ApiError

from schemas.index import naming
from workers import clock
from workers.adapters.elasticsearch import pruning
from workers.adapters.elasticsearch.client import SearchIndex
from workers.adapters.elasticsearch.indices import read_index_set
from workers.adapters.elasticsearch.migration import write_block
from workers.adapters.elasticsearch.migration.runner import Migration
from workers.exceptions import TryAgain
from workers.local import elasticsearch as local
from workers.local.ports import free_port
from workers.local.processes import running
from workers.settings import Settings

pytestmark = [pytest.mark.elasticsearch, pytest.mark.timeout(400)]

ROLES = Path(__file__).parents[3] / "ops" / "elasticsearch" / "roles.yml"
PASSWORD = "correct-horse-77"  # noqa: S105  of a server that lives for a test
PARTS = ("index", "tick", "search", "operator")


def stored_users(home, environment, config):
    """Users named after their roles. One call makes the hash: each starts a Java."""
    program = str(home / "bin" / "elasticsearch-users")
    asked = [program, "useradd", PARTS[0], "-p", PASSWORD, "-r", f"presswire_{PARTS[0]}"]
    subprocess.run(asked, env=environment, check=True, capture_output=True)
    digest = (config / "users").read_text().strip().partition(":")[2]
    (config / "users").write_text("".join(f"{part}:{digest}\n" for part in PARTS))
    (config / "users_roles").write_text("".join(f"presswire_{part}:{part}\n" for part in PARTS))


def hand_over(place):
    """What root has written belongs to the server's user."""
    if os.geteuid() == 0:
        user = pwd.getpwnam(local.UNPRIVILEGED)
        for path in (place, *place.rglob("*")):
            os.chown(path, user.pw_uid, user.pw_gid)


def certified(authority, config):
    """Settings for HTTPS, with a certificate of the `authority`."""
    issued = authority.issue_cert("127.0.0.1", "localhost")
    issued.private_key_pem.write_to_path(str(config / "http.key"))
    issued.cert_chain_pems[0].write_to_path(str(config / "http.crt"))
    return {
        "xpack.security.enabled": "true",
        "xpack.security.http.ssl.enabled": "true",
        "xpack.security.http.ssl.key": "http.key",
        "xpack.security.http.ssl.certificate": "http.crt",
        "xpack.security.autoconfiguration.enabled": "false",
    }


def answers(port, ca_file):
    """A server that asks who is there is up."""
    trusted = ssl.create_default_context(cafile=ca_file)
    try:
        urllib.request.urlopen(f"https://127.0.0.1:{port}/", timeout=2, context=trusted)
    except urllib.error.HTTPError as error:
        return error.code in {401, 405}
    except OSError:
        return False
    return True


@pytest.fixture(scope="module")
def secured(tmp_path_factory):
    """A secured server: its port and CA file."""
    authority = trustme.CA()
    ca_file = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    home, java = local.home_and_java()
    port = free_port()
    with tempfile.TemporaryDirectory(dir="/var/tmp", prefix="presswire-") as folder:
        place = Path(folder)
        environment = {**os.environ, **local._prepare(home, java, place)}  # noqa: SLF001
        config = place / "config"
        settings = {**local._settings(place, port), **certified(authority, config)}  # noqa: SLF001
        shutil.copy(ROLES, config / "roles.yml")
        stored_users(home, environment, config)
        hand_over(place)
        command = [*local._as_user(), str(home / "bin" / "elasticsearch")]  # noqa: SLF001
        for name, value in settings.items():
            command += ["-E", f"{name}={value}"]
        with running("elasticsearch", command, place / "node.log", environment) as node:
            node.wait_until(lambda: answers(port, ca_file), 240)
            yield port, str(ca_file)


@pytest.fixture(scope="module")
def part(secured):
    """Makes the tools of one part, under its own user."""
    port, ca_file = secured
    made = []

    def make(name, *, password=PASSWORD, scheme="https", trusted=ca_file):
        url = f"{scheme}://{name}:{password}@127.0.0.1:{port}"
        made.append(SearchIndex(Settings(elasticsearch_url=url, ca_file=trusted)))
        return made[-1]

    yield make
    for search in made:
        search.client.close()


@pytest.fixture(scope="module")
def operator(part):
    """The operator, who has set up the index."""
    search = part("operator")
    search.bootstrap()
    return search


def fields(text):
    return {"title": text, "body": text, "content_hash": text, "language": "en"}


def is_forbidden(work, *args, **how):
    with pytest.raises((ApiError, TryAgain)) as refused:
        work(*args, **how)
    cause = refused.value.__cause__ or refused.value
    return cause.status_code == 403


def test_the_operator_sets_up_rolls_over_migrates_and_prunes(operator):
    operator.put([("old", 1, fields("old"))])
    assert operator.roll_over({})

    done = Migration(operator.client, operator.prefix, "test:1", clock.now, readers_seconds=0).run(
        is_gone=lambda _: True
    )

    assert done.articles >= 1
    assert set(operator.prune(clock.now())) == {"indices", "revisions", "labels", "failures"}


def test_an_index_worker_writes_articles_revisions_and_labels(operator, part):
    worker = part("index")

    first = worker.put([("a", 1_000, fields("one"))])
    second = worker.put([("a", 2_000_000, fields("two"))])
    labels = worker.update_cluster_labels([("a", "b", "reprint", 0.7)])
    operator.refresh()

    assert [verdict.state for verdict in first + second + labels] == ["done"] * 3
    assert worker.get("a")["cluster_id"] == "b"
    assert [old["title"] for old in operator.revisions("a")] == ["one"]


@pytest.mark.usefixtures("operator")
def test_who_may_not_write_labels_is_told_before_anything_is_changed(part):
    assert part("operator").label_write_error() == ""
    assert part("index").label_write_error() == ""
    assert "403" in part("tick").label_write_error()


def test_an_index_worker_deletes_nothing_and_makes_nothing(operator, part):
    client = part("index").client
    home = read_index_set(operator.client, operator.prefix).write_indices[naming.GENERAL]
    operator.put([("kept", 1, fields("kept"))])

    assert is_forbidden(client.indices.delete, index=home)
    assert is_forbidden(client.delete, index=home, id="kept")
    assert is_forbidden(client.indices.create, index="presswire-articles-x")
    assert is_forbidden(client.indices.put_alias, index=home, name="presswire-articles-y")
    assert is_forbidden(client.indices.put_index_template, name="x", index_patterns=["x-*"])
    assert is_forbidden(client.indices.put_settings, index=home, settings={"refresh_interval": -1})
    assert is_forbidden(client.index, index="elsewhere", document={})
    assert is_forbidden(client.cluster.put_settings, persistent={"action.auto_create_index": "*"})
    assert operator.get("kept")


def test_the_search_page_reads_and_pages_and_writes_nothing(operator, part):
    reader = part("search")
    operator.put([("seen", 1, fields("seen"))])
    operator.refresh()

    point = reader.open_point()
    found = reader.search({"query": {"match": {"title": "seen"}}, "pit": {"id": point}})
    reader.close_point(point)

    assert [hit["_id"] for hit in found["hits"]["hits"]] == ["seen"]
    assert reader.get("seen")["title"] == "seen"
    assert reader.revisions("seen") == []
    home = read_index_set(operator.client, operator.prefix).write_indices[naming.GENERAL]
    assert is_forbidden(reader.client.index, index=home, document={})
    assert is_forbidden(reader.client.indices.delete, index=home)


def test_the_ticks_roll_over_lift_a_fence_and_delete_nothing(operator, part):
    ticks = part("tick")

    assert ticks.roll_over() == []
    (new,) = ticks.roll_over({})
    assert read_index_set(operator.client, operator.prefix).write_indices[naming.GENERAL] == new
    now = read_index_set(operator.client, operator.prefix)
    migration = Migration(operator.client, operator.prefix, "test:1", clock.now)
    migration.checkpoint.claim(now.generation(operator.prefix), is_gone=lambda _: True)
    write_block.set_write_block(operator.client, operator.prefix, now.read, 0)
    assert set(ticks.remove_expired_write_blocks()) == set(now.read)
    migration.checkpoint.end()
    assert ticks.write_failures([])
    assert is_forbidden(ticks.client.indices.delete, index=new)
    assert is_forbidden(ticks.client.delete, index=new, id="a")


def test_the_ticks_open_an_index_whose_pruning_was_killed(operator, part):
    ticks = part("tick")
    (new,) = ticks.roll_over({})
    old = max(read_index_set(operator.client, operator.prefix).read - {new})
    long_ago = clock.now() - timedelta(hours=1)
    around = pruning.prune_block_of(operator.prefix, old, new, long_ago)
    pruning.set_prune_block(operator.client, around)

    assert ticks.remove_expired_write_blocks() == [old]
    assert ticks.remove_expired_write_blocks() == []
    assert not pruning.delete(operator.client, around)


@pytest.mark.parametrize(
    "how", [{"password": "wrong-horse-78"}, {"trusted": ""}, {"scheme": "http"}]
)
def test_a_wrong_password_an_unknown_authority_or_no_tls_is_a_trouble_that_names_no_secret(
    operator,  # noqa: ARG001  the index is there
    part,
    how,
    caplog,
):
    search = part("search", **how)

    with pytest.raises(TryAgain) as trouble:
        search.count()

    shown = f"{trouble.value!r} {trouble.value.__cause__!r} {search!r} {search.client!r}"
    assert how.get("password", PASSWORD) not in shown + caplog.text
