"""Saved searches in a real Redis."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from schemas.saved_search import SavedSearch
from workers.adapters.redis import saved_searches
from workers.adapters.redis.saved_searches import (
    NoRoomWithoutTokenError,
    SavedSearches,
    TooManySearchesError,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def saved(name="floods", owner="ada", **more):
    given = {"id": f"{owner}-{name}", "name": name, "query": f"title:{name}", "owner": owner}
    return SavedSearch(**{**given, "created": NOON, "feed_token": f"feed-{owner}-{name}", **more})


@pytest.fixture
def store(clean_redis):
    return SavedSearches(clean_redis, "pw")


def test_a_saved_search_comes_back_as_it_was(store):
    floods = saved(notify=("https://desk.example/hook", "mailto:desk@example.org"))

    store.put(floods)

    assert store.get(floods.id) == floods
    assert list(store) == [floods]


def test_an_owner_sees_the_own_ones_only(store):
    store.put(saved("floods", "ada"))
    store.put(saved("budget", "bo"))

    assert [each.name for each in store.of_owner("ada")] == ["floods"]
    assert store.of_owner("nobody") == []


def test_a_feed_token_opens_its_search_and_nothing_else(store):
    store.put(saved("floods"))

    assert store.by_feed_token("feed-ada-floods") == saved("floods")
    assert store.by_feed_token("feed-ada") is None
    assert store.by_feed_token("") is None


def test_a_dropped_search_is_gone_everywhere(store, clean_redis):
    store.put(saved())

    assert store.drop(saved())
    assert not store.drop(saved())
    assert clean_redis.keys("*") == []


def test_a_search_can_be_renamed_in_place(store):
    store.put(saved())
    store.put(msgspec.structs.replace(saved(), name="high water"))

    assert [each.name for each in store.of_owner("ada")] == ["high water"]


def test_nobody_fills_the_store_alone(store, monkeypatch):
    monkeypatch.setattr(saved_searches, "MAX_PER_OWNER", 2)
    store.put(saved("a"))
    store.put(saved("b"))

    with pytest.raises(TooManySearchesError):
        store.put(saved("c"))

    store.put(saved("b", query="other"))
    assert store.get("ada-b").query == "other"
    store.put(saved("a", "bo"))


def test_owners_without_a_token_share_their_places(store, monkeypatch):
    monkeypatch.setattr(saved_searches, "MAX_WITHOUT_TOKEN", 2)
    store.put_without_token(saved("a", "browser-1"), NOON)
    store.put_without_token(saved("a", "browser-2"), NOON)

    with pytest.raises(NoRoomWithoutTokenError):
        store.put_without_token(saved("a", "browser-3"), NOON)

    assert store.of_owner("browser-3") == []
    store.put(saved("a", "token-1"))
    store.put_without_token(saved("a", "browser-2", query="other"), NOON)
    store.drop(saved("a", "browser-1"))
    store.put_without_token(saved("a", "browser-3"), NOON)


def test_nobody_without_a_token_fills_the_store_alone(store, monkeypatch):
    monkeypatch.setattr(saved_searches, "MAX_PER_OWNER", 1)
    store.put_without_token(saved("a"), NOON)

    with pytest.raises(TooManySearchesError):
        store.put_without_token(saved("b"), NOON)


def test_the_search_that_nobody_used_for_longest_gives_way(store, monkeypatch):
    monkeypatch.setattr(saved_searches, "MAX_WITHOUT_TOKEN", 3)
    for number, name in enumerate("abc"):
        store.put_without_token(saved(name), NOON + timedelta(hours=number))
    later = NOON + timedelta(days=31)
    store.used(["ada-a"], later)

    store.put_without_token(saved("d"), later)

    assert [each.name for each in store.of_owner("ada")] == ["a", "c", "d"]
    assert store.by_feed_token("feed-ada-b") is None


def test_a_search_with_a_token_never_gives_way(store, monkeypatch, clean_redis):
    monkeypatch.setattr(saved_searches, "MAX_WITHOUT_TOKEN", 0)
    store.put(saved())
    store.used(["ada-floods"], NOON)

    with pytest.raises(NoRoomWithoutTokenError):
        store.put_without_token(saved("b", "bo"), NOON + timedelta(days=1_000))

    assert list(store) == [saved()]
    assert clean_redis.zcard("pw:saved:uses") == 0


def test_turns_go_on_where_they_stopped_also_after_a_restart(clean_redis):
    searches = [saved(name) for name in "cabd"]

    def round_of(most, given):
        turns = SavedSearches(clean_redis, "pw").in_turn(given)
        return "".join(each.name for each, _ in zip(turns, range(most), strict=False))

    assert round_of(4, searches) == "abcd"
    clean_redis.flushall()
    # zip asks for one more than it gives
    assert round_of(1, searches) == "a"
    assert round_of(1, searches) == "c"
    assert round_of(9, searches[:3]) == "abc"


def test_whose_turn_it_was_may_be_gone_and_new_ones_join(store):
    assert next(store.in_turn([saved("b")])).name == "b"

    turns = store.in_turn([saved("d"), saved("a"), saved("c")])

    assert [each.name for each in turns] == ["c", "d", "a"]
    assert list(store.in_turn([])) == []
