"""What may be saved, and who may be told."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest

from schemas.saved_search import SavedSearch
from workers.search.params import InvalidSearchError, SearchParams
from workers.search.query.compiler import compile_query
from workers.search.query.lexer import QueryError
from workers.search.saved_searches import new_saved_search, parse_targets, saved_query

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def save(name, query="floods"):
    return new_saved_search(name, SearchParams(query=query), "ada", NOON, ("id", "feed"))


def test_a_saved_search_has_a_plain_name():
    assert save(" The\r\n  \x1bfloods ").name == "The floods"


@pytest.mark.parametrize("name", ["", " \n", "x" * 121])
def test_a_name_that_is_none_is_refused(name):
    with pytest.raises(InvalidSearchError, match="name"):
        save(name)


def test_a_query_with_a_mistake_is_not_saved():
    with pytest.raises(QueryError):
        save("Floods", "outlt:post")


def test_addresses_are_told_apart():
    given = ["desk@example.org", " https://desk.example/hook ", "mailto:desk@example.org", ""]

    assert parse_targets(given) == ("mailto:desk@example.org", "https://desk.example/hook")


@pytest.mark.parametrize(
    "target",
    [
        "desk",
        "ftp://desk.example",
        "javascript:alert(1)",
        "https://desk.example/\r\nX-Evil: 1",
        "a@b.example\nBcc: c@d.example",
        "mailto:a@b.example?bcc=c@d.example",
        "a@b",
        "https://" + "x" * 600,
    ],
)
def test_an_address_that_is_none_is_refused(target):
    with pytest.raises(InvalidSearchError, match="notify"):
        parse_targets([target])


def test_nobody_is_told_in_six_places():
    with pytest.raises(InvalidSearchError, match="no more than 5"):
        parse_targets([f"a{number}@example.org" for number in range(6)])


@pytest.mark.parametrize("query", ["on:2026-03-02", "on:today"])
def test_a_saved_search_means_days_of_the_zone_that_it_was_saved_in(query):
    params = SearchParams(query=query, zone=ZoneInfo("Asia/Kathmandu"))
    kept = new_saved_search("ferries", params, "ada", NOON, ("id", "feed"))
    again = msgspec.json.decode(msgspec.json.encode(kept), type=SavedSearch)

    assert saved_query(again) == compile_query(params.parsed)
    assert saved_query(again) != saved_query(msgspec.structs.replace(kept, zone="UTC"))
