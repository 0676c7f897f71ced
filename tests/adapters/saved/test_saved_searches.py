"""Saved searches in a real Redis."""

from datetime import UTC, datetime

import msgspec
import pytest

from schemas.saved_search import SavedSearch
from workers.adapters import saved_searches
from workers.adapters.saved_searches import SavedSearches, TooManySearchesError

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
    monkeypatch.setattr(saved_searches, "MOST_OF_ONE_OWNER", 2)
    store.put(saved("a"))
    store.put(saved("b"))

    with pytest.raises(TooManySearchesError):
        store.put(saved("c"))

    store.put(saved("b", query="other"))
    assert store.get("ada-b").query == "other"
    store.put(saved("a", "bo"))
