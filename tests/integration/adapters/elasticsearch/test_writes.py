"""Writing to a real Elasticsearch: versions, verdicts, revisions, labels, rollover."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from schemas.index import mapping, naming
from workers.adapters.elasticsearch import article_labels, lookup, pruning, templates
from workers.adapters.elasticsearch.bulk import operation
from workers.adapters.elasticsearch.client import SearchIndex
from workers.adapters.elasticsearch.indices import read_index_set
from workers.exceptions import TryAgain
from workers.settings import Settings

pytestmark = pytest.mark.elasticsearch


def fields(text: str, **more):
    return {"title": text, "body": text, "content_hash": text, "language": "en", **more}


def states(verdicts):
    return [verdict.state for verdict in verdicts]


def test_bootstrap_says_in_one_line_what_the_server_lacks(new_search):
    said = new_search().bootstrap()

    assert "\n" not in said
    assert "left out:" in said


def test_bootstrap_twice_changes_nothing(search):
    assert search.put([("a", 1, fields("one"))])[0].state == "done"

    search.bootstrap()

    assert search.get("a")["title"] == "one"


def test_two_installations_whose_prefixes_begin_alike_share_a_server(search, new_search):
    longer = new_search(prefix=f"{search.prefix}-second")

    longer.bootstrap()

    assert states(longer.put([("a", 1, fields("theirs"))])) == ["done"]
    assert search.get("a") is None


def test_many_workers_may_bootstrap_at_once(new_search):
    search = new_search()

    with ThreadPoolExecutor(6) as pool:
        said = list(pool.map(lambda _: search.bootstrap(), range(6)))

    assert len(set(said)) == 1
    assert search.put([("a", 1, fields("one"))])[0].state == "done"


def test_an_index_that_is_not_there_is_a_passing_trouble(new_search):
    search = new_search()

    with pytest.raises(TryAgain, match="bootstrap"):
        search.put([("a", 1, fields("one"))])

    search.bootstrap()


def test_a_server_that_does_not_answer_is_a_passing_trouble():
    search = SearchIndex(Settings(elasticsearch_url="http://127.0.0.1:9"))

    with pytest.raises(TryAgain):
        search.put([("a", 1, fields("one"))])

    search.client.close()


def test_the_same_version_may_come_twice(search):
    first = search.put([("a", 5, fields("one"))])
    second = search.put([("a", 5, fields("one"))])
    search.refresh()

    assert states(first + second) == ["done", "done"]
    assert search.count() == 1
    assert search.revisions("a") == []


def test_an_older_version_that_comes_late_is_stale(search):
    verdicts = search.put([("a", 9, fields("new")), ("a", 5, fields("old"))])

    assert states(verdicts) == ["done", "stale"]
    assert search.get("a")["title"] == "new"


def test_one_bad_document_costs_only_itself(search):
    bad = fields("bad", fetched_at="no date at all")

    verdicts = search.put([("a", 1, fields("one")), ("b", 1, bad), ("c", 1, fields("three"))])

    assert states(verdicts) == ["done", "rejected", "done"]
    assert "fetched_at" in verdicts[1].reason


def test_a_document_that_is_no_json_is_refused_alone(search):
    verdicts = search.put([("a", 1, fields("one")), ("b", 1, fields("broken \ud800"))])

    assert states(verdicts) == ["done", "rejected"]


def test_unknown_fields_are_kept_but_never_mapped(search):
    odd = {f"field{number}": number for number in range(2_000)}

    assert search.put([("a", 1, fields("one", **odd))])[0].state == "done"

    assert search.get("a")["field1999"] == 1999
    mapped = search.client.indices.get_mapping(index=naming.articles(search.prefix)).body
    names = next(iter(mapped.values()))["mappings"]["properties"]
    assert set(names) == set(mapping.ARTICLE_FIELDS)


def test_a_huge_body_is_kept_whole_and_found_by_its_last_word(search):
    body = "word " * 400_000 + "zanzibar"

    assert search.put([("a", 1, fields("one", body=body))])[0].state == "done"
    search.refresh()

    found = search.search(
        {
            "query": {"match": {"body": "zanzibar"}},
            "highlight": {"fields": {"body": {"fragment_size": 40}}},
        }
    )
    hit = found["hits"]["hits"][0]
    assert hit["_source"]["body"] == body
    assert "<em>zanzibar</em>" in hit["highlight"]["body"][0]


def test_a_name_longer_than_lucene_takes_does_not_cost_the_article(search):
    long = "ü" * 40_000

    assert search.put([("a", 1, fields("one", authors=[long]))])[0].state == "done"


def test_a_changed_article_puts_its_earlier_text_aside(search):
    search.put([("a", 1, fields("one"))])
    search.put([("a", 2, fields("two")), ("a", 3, fields("three"))])
    search.refresh()

    assert [old["title"] for old in search.revisions("a")] == ["one", "two"]


def test_a_cluster_change_reaches_an_article_at_once(search):
    search.put([("a", 1, fields("one", cluster_id="a", role="original", shared=0.0))])

    verdicts = search.update_cluster_labels([("a", "b", "reprint", 0.7)])

    assert states(verdicts) == ["done"]
    assert search.get("a")["cluster_id"] == "b"
    assert search.get("a")["role"] == "reprint"


def test_a_cluster_change_waits_for_an_article_that_is_still_on_its_way(search):
    assert states(search.update_cluster_labels([("a", "b", "reprint", 0.7)])) == ["done"]

    search.put([("a", 1, fields("one", cluster_id="a", role="original", shared=0.0))])

    assert search.get("a")["cluster_id"] == "b"


def test_a_full_write_judged_before_a_cluster_change_does_not_undo_it(search):
    judged = {"cluster_id": "a", "role": "original", "shared": 0.0}
    search.put([("a", 1, fields("one", **judged))])
    search.update_cluster_labels([("a", "b", "reprint", 0.7)])

    search.put([("a", 60_000, fields("two", **judged))])

    assert search.get("a")["title"] == "two"
    assert search.get("a")["cluster_id"] == "b"


def test_a_page_fetched_after_a_cluster_change_is_judged_anew(search):
    search.update_cluster_labels([("a", "b", "reprint", 0.7)])
    tomorrow = 4_102_444_800_000

    search.put([("a", tomorrow, fields("two", cluster_id="c", role="original", shared=0.0))])

    assert search.get("a")["cluster_id"] == "c"


OWN = {"cluster_id": "own", "role": "original", "shared": 0.0}
OLDER, LATER = 1_000_000, 1_000_050


def after_it(monkeypatch, module, name, work):
    """Another worker does its `work` right after this one has called a function for the first
    time."""
    function, is_done = getattr(module, name), []

    def call(*args):
        found = function(*args)
        if not is_done:
            is_done.append(True)
            work()
        return found

    monkeypatch.setattr(module, name, call)


def test_of_two_cluster_changes_at_once_the_later_wins_in_the_article_too(search, monkeypatch):
    search.put([("a", 1, fields("one", **OWN))])
    after_it(
        monkeypatch,
        lookup,
        "locate",
        lambda: search.update_cluster_labels([("a", "later", "reprint", 0.9)], LATER),
    )

    assert states(search.update_cluster_labels([("a", "older", "reprint", 0.8)], OLDER)) == ["done"]
    assert search.get("a")["cluster_id"] == "later"


def test_a_full_write_that_puts_a_label_back_does_not_undo_a_later_one(search, monkeypatch):
    search.put([("a", 1, fields("one", **OWN))])
    search.update_cluster_labels([("a", "older", "reprint", 0.8)], OLDER)
    after_it(
        monkeypatch,
        article_labels,
        "overruling_labels",
        lambda: search.update_cluster_labels([("a", "later", "reprint", 0.9)], LATER),
    )

    assert states(search.put([("a", 2, fields("two", **OWN))])) == ["done"]
    assert search.get("a")["cluster_id"] == "later"


def test_an_older_change_that_comes_again_puts_the_later_one_on_the_article(search):
    search.put([("a", 1, fields("one", **OWN)), ("b", 1, fields("b", judged_at=LATER + 1, **OWN))])
    both = [(name, "later", "reprint", 0.9) for name in "ab"]
    search.update_cluster_labels(both, LATER)
    home = read_index_set(search.client, search.prefix).write_indices[naming.GENERAL]
    for name, cluster in {"a": "older", "b": "own"}.items():
        search.client.update(index=home, id=name, doc={"cluster_id": cluster})

    again = search.update_cluster_labels([(name, "older", "reprint", 0.8) for name in "ab"], OLDER)

    assert states(again) == ["stale", "stale"]
    assert search.get("a")["cluster_id"] == "later"
    assert search.get("b")["cluster_id"] == "own"


def test_a_cluster_change_that_the_article_did_not_get_comes_again(search, monkeypatch):
    search.put([("a", 1, fields("one", **OWN))])

    def conflicting(index, label):
        rule = {"if_seq_no": 99, "if_primary_term": 1}
        return operation("update", index, label.document_id, {"doc": label.fields}, **rule)

    monkeypatch.setattr(article_labels, "apply_operation", conflicting)

    assert states(search.update_cluster_labels([("a", "b", "reprint", 0.7)])) == ["retry"]


def test_concurrent_writes_and_cluster_changes_lose_nothing(search):
    judged = {"cluster_id": "own", "role": "original", "shared": 0.0}
    names = [f"d{number}" for number in range(20)]

    def write(version):
        rows = [(name, version, fields(f"v{version}", **judged)) for name in names]
        return search.put(rows)

    def change(number):
        return search.update_cluster_labels(
            [(name, f"c{number}", "reprint", 0.5) for name in names]
        )

    with ThreadPoolExecutor(4) as pool:
        work = [pool.submit(write, 60_000 * n) for n in range(1, 9)]
        work += [pool.submit(change, n) for n in range(4)]
        verdicts = [verdict.state for each in work for verdict in each.result()]

    final = search.update_cluster_labels([(name, "last", "update", 0.6) for name in names])

    assert "rejected" not in verdicts
    assert states(final) == ["done"] * len(names)
    found = [search.get(name) for name in names]
    assert {article["cluster_id"] for article in found} == {"last"}
    assert {article["title"] for article in found} == {"v480000"}


def test_an_article_is_updated_where_it_lives_after_a_rollover(search):
    search.put([("a", 1, fields("one"))])
    assert search.roll_over({}) == [naming.index(search.prefix, naming.GENERAL, 1, 2)]

    search.put([("a", 2, fields("two")), ("b", 1, fields("other"))])
    search.update_cluster_labels([("a", "c9", "update", 0.1)])
    search.refresh()

    assert search.count() == 2
    assert search.get("a")["title"] == "two"
    assert search.get("a")["cluster_id"] == "c9"
    hits = search.search({"query": {"match_all": {}}})["hits"]["hits"]
    assert {hit["_id"]: hit["_index"][-1] for hit in hits} == {"a": "1", "b": "2"}


@pytest.fixture
def two_families(search):
    """As on a server that has an analyzer for German."""
    general = read_index_set(search.client, search.prefix).write_indices[naming.GENERAL]
    settings = search.client.indices.get_settings(index=general).body[general]["settings"]["index"]
    search.client.indices.create(
        index=naming.index(search.prefix, "german", 1),
        settings={"analysis": settings["analysis"], "refresh_interval": "-1"},
        mappings=search.client.indices.get_mapping(index=general).body[general]["mappings"],
        aliases={
            naming.articles(search.prefix): {},
            naming.write_alias(search.prefix, "german"): {},
        },
    )


@pytest.mark.usefixtures("two_families")
def test_an_article_whose_language_is_read_otherwise_a_moment_later_stays_one(search):
    search.put([("a", 1, fields("eins", language="de"))])
    search.put([("a", 2, fields("ett", language="sv")), ("b", 1, fields("new", language="sv"))])
    search.put([("a", 3, fields("drei", language="de"))])
    search.refresh()

    assert search.count() == 2
    assert search.get("a")["title"] == "drei"
    assert [old["title"] for old in search.revisions("a")] == ["eins", "ett"]


def test_an_article_is_not_written_anew_while_an_index_that_may_hold_it_gives_no_answer(search):
    search.client.indices.create(
        index=naming.index(search.prefix, "german", 1),
        settings={"index.routing.allocation.require._name": "nobody"},
        aliases={naming.articles(search.prefix): {}},
        wait_for_active_shards=0,
    )

    with pytest.raises(TryAgain, match="german-g1-000001"):
        search.put([("a", 1, fields("one"))])


def test_a_closed_index_puts_writes_off_and_is_told_by_name(search):
    for name in ("a", "b"):
        search.put([(name, 1, fields("one"))])
        search.roll_over({})
    search.client.indices.close(index=naming.index(search.prefix, naming.GENERAL, 1))

    for write in (
        lambda: search.put([("new", 1, fields("one"))]),
        lambda: search.update_cluster_labels([("new", "b", "reprint", 0.7)]),
        lambda: search.get("new"),
    ):
        with pytest.raises(TryAgain, match=r"general-g1-000001: index_closed_exception"):
            write()


def test_an_index_that_is_small_and_young_is_not_rolled_over(search):
    assert search.roll_over() == []


def test_an_index_that_is_old_enough_is_rolled_over_once(search):
    search.put([("a", 1, fields("one"))])

    new = search.roll_over({"max_age": "1ms"})
    with ThreadPoolExecutor(3) as pool:
        rest = [name for each in pool.map(lambda _: search.roll_over(), range(3)) for name in each]

    assert new == [naming.index(search.prefix, naming.GENERAL, 1, 2)]
    assert rest == []
    assert read_index_set(search.client, search.prefix).write_indices == {naming.GENERAL: new[0]}


def test_no_search_comes_up_short_while_the_index_rolls_over(search):
    seen, ended = [], threading.Event()

    def look():
        while not ended.is_set():
            seen.append(search.search({"size": 0})["_shards"]["failed"])

    with ThreadPoolExecutor(2) as pool:
        looks = [pool.submit(look) for _ in range(2)]
        for _ in range(6):
            search.roll_over({})
        ended.set()
        assert [each.result() for each in looks] == [None, None]

    assert len(seen) > 10
    assert set(seen) == {0}


def test_pruning_deletes_rolled_over_indices_of_old_pages_and_what_belongs_to_them(search):
    old, new = "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z"
    search.put([("a", 1, fields("one", fetched_at=old))])
    search.update_cluster_labels([("a", "b", "reprint", 0.7)])
    search.put([("a", 60_000, fields("two", fetched_at=old))])
    search.roll_over({})
    search.put([("b", 1, fields("other", fetched_at=new))])
    search.roll_over({})
    search.put([("c", 1, fields("third", fetched_at=old))])
    search.refresh()

    assert search.prune(datetime(2026, 2, 1, tzinfo=UTC)) == {
        "indices": 1,
        "revisions": 0,
        "labels": 0,
        "failures": 0,
    }
    assert search.get("a") is None
    assert search.get("b")["title"] == "other"
    assert search.get("c")["title"] == "third"
    later = datetime.now(UTC) + timedelta(days=1)
    assert search.prune(later) == {"indices": 1, "revisions": 1, "labels": 1, "failures": 0}
    assert search.get("c")["title"] == "third"


PAST = datetime(2026, 2, 1, tzinfo=UTC)
YEARS_AGO, TODAY = "2024-01-01T00:00:00Z", "2026-03-01T00:00:00Z"


@pytest.fixture
def rolled(search):
    """An index with one old article, which was rolled over."""
    search.put([("old", 1, fields("one", fetched_at=YEARS_AGO))])
    search.refresh()
    search.roll_over({})
    return naming.index(search.prefix, naming.GENERAL, 1)


@pytest.fixture
def fence(search, rolled):
    """Put up around the old index by a process that was killed then."""
    home = read_index_set(search.client, search.prefix).write_indices[naming.GENERAL]
    made = pruning.prune_block_of(search.prefix, rolled, home, datetime.now(UTC))
    pruning.set_prune_block(search.client, made)
    return made


@pytest.mark.usefixtures("rolled")
def test_pruning_sees_what_was_written_since_the_last_refresh(search):
    search.put([("old", 2, fields("two", fetched_at=TODAY))])

    assert search.prune(PAST)["indices"] == 0
    assert search.get("old")["title"] == "two"
    assert states(search.put([("old", 3, fields("three"))])) == ["done"]


def test_pruning_keeps_an_index_that_holds_nothing_but_fresh_articles(search):
    search.put([("young", 1, fields("one", fetched_at=TODAY))])
    search.roll_over({})

    assert search.prune(PAST)["indices"] == 0
    assert search.get("young")["title"] == "one"


@pytest.mark.usefixtures("rolled")
def test_no_write_is_done_into_an_index_that_is_then_deleted(search, monkeypatch):
    verdicts, look = [], pruning._is_older  # noqa: SLF001  the moment of the race

    def write_behind_it(*args):
        found = look(*args)
        verdicts.extend(search.put([("old", 2 + len(verdicts), fields("two", fetched_at=TODAY))]))
        return found

    monkeypatch.setattr(pruning, "_is_older", write_behind_it)

    gone = search.prune(PAST)["indices"]

    assert (gone, states(verdicts)) == (0, ["done", "retry"])
    assert search.get("old")["title"] == "two"
    assert states(search.put([("old", 9, fields("three"))])) == ["done"]


def test_an_old_index_whose_pruning_was_killed_is_opened_by_the_tick(search, fence, monkeypatch):
    assert states(search.put([("old", 2, fields("two"))])) == ["retry"]
    assert search.remove_expired_write_blocks() == []

    later = datetime.now(UTC) + timedelta(seconds=61)
    monkeypatch.setattr(search, "_now", lambda: later)

    assert search.remove_expired_write_blocks() == [fence.index]
    assert states(search.put([("old", 2, fields("two"))])) == ["done"]
    assert not pruning.delete(search.client, fence)
    assert search.client.indices.exists(index=fence.index)
    assert search.remove_expired_write_blocks() == []


def test_a_fence_that_a_killed_tick_took_half_down_is_found_by_the_next(search, fence, monkeypatch):
    later = datetime.now(UTC) + timedelta(seconds=61)
    monkeypatch.setattr(search, "_now", lambda: later)
    search.client.indices.delete_alias(index=fence.stays, name=fence.alias)

    assert search.remove_expired_write_blocks() == [fence.index]
    assert states(search.put([("old", 2, fields("two"))])) == ["done"]


def test_nothing_is_pruned_while_a_migration_is_under_way(search, rolled):
    client, state = search.client, naming.migration(search.prefix)
    templates.make(client, state)
    client.index(index=state, id="migration", document={}, refresh=True)

    with pytest.raises(TryAgain, match="migration"):
        search.prune(PAST)

    assert client.indices.exists(index=rolled)


def test_a_label_that_an_article_has_already_is_stored_and_not_written_again(search):
    label = {"cluster_id": "b", "role": "reprint", "shared": 0.7}
    search.put([("a", 1, fields("one", **label))])
    (index,) = {hit["_index"] for hit in _all_versions(search, "a")}

    assert states(search.put_labels([("a", "b", "reprint", 0.7, LATER)])) == ["done"]

    assert [hit["_version"] for hit in _all_versions(search, "a")] == [1]
    search.client.delete(index=index, id="a", version=2, version_type="external_gte")
    search.put([("a", 3, fields("one", cluster_id="a", role="original", shared=0.0))])
    assert search.get("a")["cluster_id"] == "b"


def test_labels_of_different_moments_are_put_together(search):
    search.put([(name, 1, fields("one", cluster_id=name)) for name in "ab"])

    search.put_labels([("a", "x", "reprint", 0.7, LATER), ("b", "y", "reprint", 0.7, OLDER)])
    search.put_labels([("a", "z", "reprint", 0.7, OLDER), ("b", "z", "reprint", 0.7, LATER)])

    assert [search.get(name)["cluster_id"] for name in "ab"] == ["x", "z"]


def _all_versions(search, name):
    search.refresh()
    found = search.client.search(
        index="*-articles", query={"ids": {"values": [name]}}, version=True
    )
    return found["hits"]["hits"]
