"""Writing to a real Elasticsearch: versions, verdicts, revisions, labels, rollover."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from schemas.index import mapping, naming
from workers.adapters.search import Search
from workers.adapters.search_capabilities import probe
from workers.outcomes import TryAgain
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
    search = Search(Settings(elasticsearch_url="http://127.0.0.1:9"))

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

    assert states(verdicts) == ["done", "refused", "done"]
    assert "fetched_at" in verdicts[1].reason


def test_a_document_that_is_no_json_is_refused_alone(search):
    verdicts = search.put([("a", 1, fields("one")), ("b", 1, fields("broken \ud800"))])

    assert states(verdicts) == ["done", "refused"]


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

    verdicts = search.relabel([("a", "b", "reprint", 0.7)])

    assert states(verdicts) == ["done"]
    assert search.get("a")["cluster_id"] == "b"
    assert search.get("a")["role"] == "reprint"


def test_a_cluster_change_waits_for_an_article_that_is_still_on_its_way(search):
    assert states(search.relabel([("a", "b", "reprint", 0.7)])) == ["done"]

    search.put([("a", 1, fields("one", cluster_id="a", role="original", shared=0.0))])

    assert search.get("a")["cluster_id"] == "b"


def test_a_full_write_judged_before_a_cluster_change_does_not_undo_it(search):
    judged = {"cluster_id": "a", "role": "original", "shared": 0.0}
    search.put([("a", 1, fields("one", **judged))])
    search.relabel([("a", "b", "reprint", 0.7)])

    search.put([("a", 60_000, fields("two", **judged))])

    assert search.get("a")["title"] == "two"
    assert search.get("a")["cluster_id"] == "b"


def test_a_page_fetched_after_a_cluster_change_is_judged_anew(search):
    search.relabel([("a", "b", "reprint", 0.7)])
    tomorrow = 4_102_444_800_000

    search.put([("a", tomorrow, fields("two", cluster_id="c", role="original", shared=0.0))])

    assert search.get("a")["cluster_id"] == "c"


def test_concurrent_writes_and_cluster_changes_lose_nothing(search):
    judged = {"cluster_id": "own", "role": "original", "shared": 0.0}
    names = [f"d{number}" for number in range(20)]

    def write(version):
        rows = [(name, version, fields(f"v{version}", **judged)) for name in names]
        return search.put(rows)

    def change(number):
        return search.relabel([(name, f"c{number}", "reprint", 0.5) for name in names])

    with ThreadPoolExecutor(4) as pool:
        work = [pool.submit(write, 60_000 * n) for n in range(1, 9)]
        work += [pool.submit(change, n) for n in range(4)]
        verdicts = [verdict.state for each in work for verdict in each.result()]

    final = search.relabel([(name, "last", "update", 0.6) for name in names])

    assert "refused" not in verdicts
    assert states(final) == ["done"] * len(names)
    found = [search.get(name) for name in names]
    assert {article["cluster_id"] for article in found} == {"last"}
    assert {article["title"] for article in found} == {"v480000"}


def test_an_article_is_updated_where_it_lives_after_a_rollover(search):
    search.put([("a", 1, fields("one"))])
    for family in mapping.families(probe(search.client).analyzers):
        search.client.indices.rollover(alias=naming.write_alias(search.prefix, family))

    search.put([("a", 2, fields("two")), ("b", 1, fields("other"))])
    search.relabel([("a", "c9", "update", 0.1)])
    search.refresh()

    assert search.count() == 2
    assert search.get("a")["title"] == "two"
    assert search.get("a")["cluster_id"] == "c9"
    hits = search.search({"query": {"match_all": {}}})["hits"]["hits"]
    assert {hit["_id"]: hit["_index"][-1] for hit in hits} == {"a": "1", "b": "2"}


def test_an_index_that_is_small_and_young_is_not_rolled_over(search):
    assert search.roll_over() == []
