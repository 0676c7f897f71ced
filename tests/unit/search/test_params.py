"""What may be asked for, and what may be saved."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.search.params import FACETS, InvalidSearchError, SearchParams, as_query, check
from workers.search.query.compiler import compile_query
from workers.search.query.lexer import QueryError
from workers.search.requests import hits_request, numbers_request, order
from workers.search.saved_searches import new_saved_search, targets

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def save(name, query="floods"):
    return new_saved_search(name, query, "ada", NOON, ("id", "feed"))


@pytest.mark.parametrize(
    ("wanted", "query"),
    [
        (SearchParams(), ""),
        (SearchParams(query="  floods "), "floods"),
        (SearchParams(filters=(("outlet", "post"),)), "outlet:post"),
        (SearchParams(query="a b", filters=(("lang", "en"),)), "a b lang:en"),
        (SearchParams(query="a OR b", filters=(("lang", "en"),)), "(a OR b) lang:en"),
        (
            SearchParams(filters=(("author", "Ada Quill"), ("author", 'Bo "x" Inkwell'))),
            'author:("Ada Quill" OR "Bo  x  Inkwell")',
        ),
        (SearchParams(filters=(("on", "2026-03..2026-04"),)), "on:2026-03..2026-04"),
    ],
)
def test_a_search_with_filters_is_written_in_one_line(wanted, query):
    assert as_query(wanted) == query


facets = st.tuples(
    st.sampled_from(FACETS),
    st.text(st.characters(exclude_characters="“„«"), min_size=1, max_size=20),
)


@given(st.lists(facets, max_size=5))
def test_whatever_the_filters_hold_the_line_can_be_searched(filters):
    wanted = SearchParams(query="floods", filters=tuple(filters))
    blank = any(not value.replace('"', " ").strip() for _, value in filters)

    if not blank:
        assert compile_query(as_query(wanted))
    assert hits_request(wanted)["query"]
    assert numbers_request(wanted)["size"] == 0


@pytest.mark.parametrize(
    ("query", "sort"),
    [("", "newest"), ("outlet:prefix*", "newest"), ("floods", "relevance"), ("-floods", "newest")],
)
def test_relevance_is_the_order_only_where_words_are_searched_for(query, sort):
    assert order(SearchParams(query=query)) == sort


@pytest.mark.parametrize(
    "wanted",
    [
        SearchParams(size=0),
        SearchParams(size=101),
        SearchParams(filters=(("outlet", ""),)),
        SearchParams(filters=(("outlet", "x" * 1_001),)),
        SearchParams(filters=(("password", "x"),)),
        SearchParams(filters=(("outlet", "x"),) * 51),
    ],
)
def test_what_is_out_of_bounds_is_refused(wanted):
    with pytest.raises(InvalidSearchError):
        check(wanted)


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

    assert targets(given) == ("mailto:desk@example.org", "https://desk.example/hook")


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
        targets([target])


def test_nobody_is_told_in_six_places():
    with pytest.raises(InvalidSearchError, match="no more than 5"):
        targets([f"a{number}@example.org" for number in range(6)])
