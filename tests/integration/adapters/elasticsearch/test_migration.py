"""A new generation of the index while writers and readers go on: nothing is lost, nothing stale."""

import json
import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from elasticsearch import ApiError, TransportError

from schemas.index import naming
from workers import clock
from workers.adapters.elasticsearch.indices import read_index_set
from workers.adapters.elasticsearch.migration import write_block
from workers.adapters.elasticsearch.migration.copy_job import CopyJob, copy
from workers.adapters.elasticsearch.migration.plan import plan
from workers.adapters.elasticsearch.migration.runner import Migration
from workers.adapters.elasticsearch.migration.shards import Shard, ends
from workers.adapters.elasticsearch.migration.state import MigrationTakenError

pytestmark = [pytest.mark.elasticsearch, pytest.mark.timeout(900)]

SEEDED = 600
WRITER = str(Path(__file__).with_name("live_writer.py"))
COMMAND = [sys.executable, "-c", "from workers.cli.main import main; main()", "index", "migrate"]


def environment(search):
    url = search.client.transport.node_pool.get().base_url
    return {**os.environ, "PRESSWIRE_ELASTICSEARCH_URL": url, "PRESSWIRE_PREFIX": search.prefix}


def migration(search, **how):
    how = {"readers_seconds": 0, **how}
    return Migration(search.client, search.prefix, "test:1", clock.now, **how)


def seed(search, number=SEEDED):
    rows = [
        (f"d{row}", 1, {"title": f"d{row}", "content_hash": "1", "language": "en", "version": 1})
        for row in range(number)
    ]
    assert {verdict.state for verdict in search.put(rows)} == {"done"}
    search.refresh()


def everything(search):
    """By id, each article as a search finds it; an id that is found twice fails."""
    search.refresh()
    point = search.open_point()
    request = {"size": 5_000, "sort": ["_shard_doc"], "pit": {"id": point}}
    found, hits = {}, search.search(request)["hits"]["hits"]
    while hits:
        for hit in hits:
            assert hit["_id"] not in found, f"{hit['_id']} is there twice"
            found[hit["_id"]] = hit["_source"]
        hits = search.search({**request, "search_after": hits[-1]["sort"]})["hits"]["hits"]
    search.close_point(point)
    return found


class Reader(threading.Thread):
    """Asks all the time how much there is, and whether a sure word is found."""

    def __init__(self, search):
        super().__init__(daemon=True)
        self.search, self.ended, self.fewest, self.troubles = search, threading.Event(), None, []

    def run(self):
        while not self.ended.is_set():
            try:
                found = self.search.search({"size": 1, "track_total_hits": True})
                shards, total = found["_shards"], found["hits"]["total"]["value"]
                assert not shards["failed"], str(shards["failures"])[-400:]
                self.fewest = min(total, self.fewest or total)
            except Exception as error:  # noqa: BLE001  every trouble of a reader is reported
                self.troubles.append(repr(error))
            self.ended.wait(0.01)

    def stop(self):
        self.ended.set()
        self.join()


def writers(search):
    url = environment(search)["PRESSWIRE_ELASTICSEARCH_URL"]
    kinds = ["put", "put", "label"]
    return [
        subprocess.Popen(
            [sys.executable, WRITER, url, search.prefix, str(number), kind],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for number, kind in enumerate(kinds)
    ]


def confirmed(processes):
    """The newest confirmed version of each article, and its last label."""
    *told, labels = [json.loads(process.communicate(timeout=200)[0]) for process in processes]
    newest = {}
    for known in told:
        for name, version in known.items():
            newest[name] = max(version, newest.get(name, 0))
    return newest, labels


def is_fenced(search, _generation):
    return bool(write_block.blocked(search.client, search.prefix))


def is_swapped(search, generation):
    return read_index_set(search.client, search.prefix).generation(search.prefix) != generation


def killed_when(search, process, moment, chance):
    """Kills the migration at a random time, or just after a moment; whether it was still alive."""
    generation = read_index_set(search.client, search.prefix).generation(search.prefix)
    wait = time.monotonic() + (chance.uniform(1.0, 3.0) if moment is None else 60.0)
    while process.poll() is None and time.monotonic() < wait:
        if moment is not None and moment(search, generation):
            time.sleep(chance.uniform(0.0, 0.15))
            break
        time.sleep(0.005)
    was_alive = process.poll() is None
    process.kill()
    process.wait()
    return was_alive


def migrate(search, *, again=True):
    more = ["--again"] if again else []
    command = [*COMMAND, *more, "--batch", "60", "--wait-for-readers", "5"]
    quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, env=environment(search), **quiet)


def test_kills_at_random_points_under_live_writes_lose_nothing_and_no_search_comes_up_short(search):
    seed(search)
    chance = random.Random(20)  # noqa: S311  a test
    reader, processes = Reader(search), writers(search)
    reader.start()
    kills = 0
    for number, moment in enumerate((None, is_fenced, is_swapped, None)):
        with migrate(search) as process:
            kills += killed_when(search, process, moment, chance)
        if number == 0:
            search.roll_over({})
    with migrate(search) as process:
        said, trouble = process.communicate(timeout=600)
    for writer in processes:
        writer.stdin.close()
        writer.stdin = None
    newest, labels = confirmed(processes)
    reader.stop()

    assert process.returncode == 0, trouble.decode()
    assert b"is live" in said
    assert kills >= 3
    found = everything(search)
    wanted = {f"d{row}": 1 for row in range(SEEDED)} | newest
    assert {name: fields["version"] for name, fields in found.items()} == wanted
    assert {name: found[name]["cluster_id"] for name in labels} == labels
    assert reader.troubles == []
    assert reader.fewest >= SEEDED
    assert_only_one_generation(search)


def assert_only_one_generation(search):
    there = search.client.indices.get(index=f"{search.prefix}-articles-*").body
    assert set(there) == read_index_set(search.client, search.prefix).read
    assert not search.client.exists(index=naming.migration(search.prefix), id="migration")


def test_a_dry_run_changes_nothing_and_says_what_would_happen(search):
    seed(search, 20)
    statements = [{"text": "The dam will hold."}, {"text": "It will not."}]
    search.put([("quoting", 1, {"document_id": "quoting", "statements": statements})])
    search.refresh()
    before = search.client.indices.get_alias(index=f"{search.prefix}-*").body

    done = subprocess.run(
        [*COMMAND, "--dry-run"], env=environment(search), capture_output=True, check=True
    )

    assert b"nothing to do" in done.stdout
    assert sum(articles for _, articles, _ in plan(search.client, search.prefix).rows) == 21
    assert search.client.indices.get_alias(index=f"{search.prefix}-*").body == before


def test_a_present_design_is_not_built_anew_unless_asked(search):
    seed(search, 20)

    with migrate(search, again=False) as process:
        said, _ = process.communicate(timeout=60)

    assert b"nothing to do" in said
    assert read_index_set(search.client, search.prefix).generation(search.prefix) == 1


def test_two_migrations_at_once_are_refused(search):
    seed(search, 20)
    first = migration(search)
    first.checkpoint.claim(1, is_gone=lambda _: False)

    with pytest.raises(MigrationTakenError, match="test:1"):
        migration(search).run(is_gone=lambda _: False)


def test_a_write_behind_the_fence_comes_again_and_is_not_refused(search):
    seed(search, 2)
    old = read_index_set(search.client, search.prefix)
    write_block.set_write_block(search.client, search.prefix, old.read, 0)

    verdicts = search.put([("d1", 5, {"title": "new", "content_hash": "2", "language": "en"})])

    assert verdicts[0].state == "retry"
    assert search.get("d1")["title"] == "d1"


def test_a_fence_whose_migration_died_is_lifted_by_the_tick_and_stops_that_swap(search):
    seed(search, 2)
    old = read_index_set(search.client, search.prefix)
    migration(search).checkpoint.claim(1, is_gone=lambda _: False)
    alias = write_block.set_write_block(search.client, search.prefix, old.read, 0)

    lifted = search.remove_expired_write_blocks()

    assert set(lifted) == set(old.read)
    assert search.put([("d1", 5, {"title": "new", "content_hash": "2"})])[0].state == "done"
    assert not write_block.swap(search.client, alias, search.prefix, old, old)


def test_a_fence_that_stands_is_left_alone(search):
    seed(search, 2)
    migration(search).checkpoint.claim(1, is_gone=lambda _: False)
    now = int(clock.now().timestamp() * 1000)
    write_block.set_write_block(
        search.client, search.prefix, read_index_set(search.client, search.prefix).read, now
    )

    assert search.remove_expired_write_blocks() == []


def test_what_a_broken_copy_left_out_is_found_and_brought_over(search):
    seed(search, 50)
    lost = []

    def lose_one(stage, _done, _total):
        if stage == "stragglers" and not lost:
            lost.append("d7")
            index = naming.index(search.prefix, naming.GENERAL, 2)
            search.client.delete(index=index, id="d7", version=1, version_type="external_gte")

    done = migration(search, report=lose_one).run(is_gone=lambda _: False)

    assert lost == ["d7"]
    assert done.repaired == 1
    assert search.get("d7")["title"] == "d7"


def test_a_writer_that_kept_an_old_address_cannot_write_into_a_deleted_index(search):
    seed(search, 5)
    old = naming.index(search.prefix, naming.GENERAL, 1)
    migration(search).run(is_gone=lambda _: False)

    with pytest.raises((ApiError, TransportError)) as refused:
        search.client.index(index=old, id="late", document={"title": "late"})

    assert refused.value.status_code == 404
    assert not search.client.indices.exists(index=old)


def test_articles_of_several_shards_and_rolled_over_indices_all_move(search):
    client, prefix = search.client, search.prefix
    seed(search, 30)
    client.indices.create(
        index=naming.index(prefix, naming.GENERAL, 1, 2), settings={"number_of_shards": 3}
    )
    assert len(search.roll_over({})) == 1
    rows = [(f"n{row}", 2, {"title": f"n{row}", "content_hash": "n"}) for row in range(60)]
    search.put(rows)

    done = migration(search, batch=7).run(is_gone=lambda _: False)

    assert done.articles == 90
    assert done.repaired == 0
    part = naming.parse_index_name(
        prefix, read_index_set(client, prefix).write_indices[naming.GENERAL]
    )
    assert (part.generation, part.number) == (2, 2)


def test_a_server_that_has_learned_a_language_gets_its_articles_and_each_only_once(search):
    client, prefix = search.client, search.prefix
    rows = [(f"d{row}", 1_000, {"language": ("en", "is")[row % 2]}) for row in range(6)]
    search.put(rows)
    shard = Shard(naming.index(prefix, naming.GENERAL, 1), 0)
    course = CopyJob(client, prefix, 2, (naming.GENERAL, "english"), 4)

    def copy_after(position):
        *_, last = copy(course, shard, position, ends(client, [shard.index])[shard].safe)
        client.indices.refresh(index=f"{prefix}-articles-*")
        return last

    last = copy_after(-1)
    search.put([("d0", 9_000, {"language": "is"}), ("d1", 9_000, {"language": "en"})])
    copy_after(last)

    query = {"size": 10, "version": True}
    found = {
        group: {
            hit["_id"]: hit["_version"]
            for hit in client.search(index=naming.index(prefix, group, 2), **query)["hits"]["hits"]
        }
        for group in course.groups
    }
    assert found == {
        "english": {"d0": 9_000, "d2": 1_000, "d4": 1_000},
        "general": {"d1": 9_000, "d3": 1_000, "d5": 1_000},
    }


def test_a_migration_that_is_given_up_leaves_the_live_index_as_it_was(search):
    seed(search, 20)
    before = read_index_set(search.client, search.prefix)

    def die(stage, done, _total):
        if stage == "last copies" and done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        migration(search, report=die).run(is_gone=lambda _: False)
    assert migration(search).abort(is_gone=lambda _: True) == 1

    assert read_index_set(search.client, search.prefix) == before
    assert_only_one_generation(search)
    assert search.put([("d1", 5, {"title": "new", "content_hash": "2"})])[0].state == "done"
    templates = search.client.indices.get_index_template(name=f"{search.prefix}-*")
    assert not [t for t in templates["index_templates"] if t["name"].endswith("-g2")]
