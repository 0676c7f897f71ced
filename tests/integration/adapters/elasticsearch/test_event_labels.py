"""The event that an article tells, in the index: whatever comes first, the later word counts."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from workers.adapters.elasticsearch import lookup

OLDER, LATER = 1_000_000, 1_000_050
BEFORE = OLDER - 50


def fields(event="own", at=BEFORE, title="one"):
    cluster = {"cluster_id": "own", "role": "original", "shared": 0.0, "judged_at": BEFORE}
    related = {"event_id": event, "related_at": at} if event else {}
    return {"title": title, "language": "en", **cluster, **related}


def states(results):
    return [result.state for result in results]


def event_of(search, name="a"):
    return search.get(name).get("event_id")


def test_a_change_reaches_an_article_at_once(search):
    search.put([("a", 1, fields())])
    assert states(search.update_news_events([("a", "e")], LATER)) == ["done"]
    assert event_of(search) == "e"


def test_a_change_waits_for_an_article_that_is_still_on_its_way(search):
    assert states(search.update_news_events([("a", "e")], LATER)) == ["done"]
    search.put([("a", 1, fields())])
    assert event_of(search) == "e"


def test_an_article_related_before_a_change_does_not_undo_it(search):
    search.put([("a", 1, fields())])
    search.update_news_events([("a", "e")], LATER)
    search.put([("a", 60_000, fields(title="two"))])
    assert (search.get("a")["title"], event_of(search)) == ("two", "e")


def test_an_article_related_after_a_change_has_its_own_event(search):
    search.update_news_events([("a", "e")], OLDER)
    search.put([("a", 1, fields("new", at=LATER))])
    assert event_of(search) == "new"


def test_an_older_change_that_comes_late_does_nothing(search):
    search.put([("a", 1, fields())])
    search.update_news_events([("a", "later")], LATER)
    assert states(search.update_news_events([("a", "older")], OLDER)) == ["stale"]
    assert event_of(search) == "later"


def test_changes_of_one_call_have_moments_of_their_own(search):
    search.put([("a", 1, fields()), ("b", 1, fields())])
    search.update_news_events([("a", "later"), ("b", "older")], OLDER + 1)
    assert states(search.put_event_labels([("a", "x", OLDER), ("b", "y", LATER)])) == [
        "stale",
        "done",
    ]
    assert (event_of(search, "a"), event_of(search, "b")) == ("later", "y")


@pytest.mark.parametrize("first", ["cluster", "event"])
def test_changes_of_cluster_and_event_do_not_touch_each_other(search, first):
    steps = {
        "cluster": lambda: search.update_cluster_labels([("a", "c", "reprint", 0.9)], LATER),
        "event": lambda: search.update_news_events([("a", "e")], OLDER),
    }
    search.put([("a", 1, fields())])
    for name in sorted(steps, key=lambda name: name != first):
        assert states(steps[name]()) == ["done"]
    search.put([("a", 60_000, fields(title="two"))])
    assert (search.get("a")["cluster_id"], event_of(search)) == ("c", "e")


def test_an_article_without_an_event_has_none_after_a_write(search):
    search.put([("a", 1, fields(event=""))])
    assert event_of(search) is None


def test_of_two_changes_at_once_the_later_wins_in_the_article_too(search, monkeypatch):
    search.put([("a", 1, fields())])
    locate, is_done = lookup.locate, []

    def locate_then_be_overtaken(*args):
        found = locate(*args)
        if not is_done:
            is_done.append(True)
            search.update_news_events([("a", "later")], LATER)
        return found

    monkeypatch.setattr(lookup, "locate", locate_then_be_overtaken)
    assert states(search.update_news_events([("a", "older")], OLDER)) == ["done"]
    assert event_of(search) == "later"


def test_concurrent_writes_and_changes_lose_nothing(search):
    names = [f"d{number}" for number in range(20)]

    def write(version):
        return search.put([(name, version, fields(title=f"v{version}")) for name in names])

    def change(number):
        return search.update_news_events([(name, f"e{number}") for name in names], OLDER + number)

    with ThreadPoolExecutor(4) as pool:
        work = [pool.submit(write, 60_000 * n) for n in range(1, 9)]
        work += [pool.submit(change, n) for n in range(4)]
        verdicts = [verdict.state for each in work for verdict in each.result()]
    final = search.update_news_events([(name, "last") for name in names], LATER)

    assert "rejected" not in verdicts
    assert states(final) == ["done"] * len(names)
    assert {event_of(search, name) for name in names} == {"last"}


def test_articles_are_found_and_counted_by_event(search):
    search.put([(name, 1, fields(event)) for name, event in (("a", "e"), ("b", "e"), ("c", "f"))])
    search.refresh()
    request = {"size": 0, "aggs": {"events": {"terms": {"field": "event_id"}}}}
    buckets = search.search(request)["aggregations"]["events"]["buckets"]
    assert {bucket["key"]: bucket["doc_count"] for bucket in buckets} == {"e": 2, "f": 1}
