"""What may be searched for, and how it is written in one line."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.search.params import FACETS, InvalidSearchError, SearchParams, to_query, validate
from workers.search.query.compiler import compile_query
from workers.search.query.parser import parse_query
from workers.search.requests import aggregations_request, hits_request


@pytest.mark.parametrize(
    ("params", "query"),
    [
        (SearchParams(), ""),
        (SearchParams(query="  floods "), "floods"),
        (SearchParams(filters=(("outlet", "post"),)), "outlet:post"),
        (SearchParams(query="a b", filters=(("lang", "en"),)), 'a b lang:="en"'),
        (SearchParams(query="a OR b", filters=(("lang", "en"),)), '(a OR b) lang:="en"'),
        (
            SearchParams(filters=(("author", "Ada Quill"), ("author", 'Bo "x" Inkwell'))),
            r'author:(="Ada Quill" OR ="Bo \"x\" Inkwell")',
        ),
        (SearchParams(filters=(("outlet", "OR"),)), 'outlet:="OR"'),
        (SearchParams(filters=(("on", "2026-03..2026-04"),)), "on:2026-03..2026-04"),
        (SearchParams(query="a OR(b)", filters=(("kind", "article"),)), "(a OR(b)) kind:article"),
        (SearchParams(query="a\tOR\tb", filters=(("kind", "article"),)), "(a OR b) kind:article"),
        (SearchParams(query="a || b", filters=(("kind", "article"),)), "(a || b) kind:article"),
        (
            SearchParams(query='6" of (snow', filters=(("kind", "article"),)),
            "6 of snow kind:article",
        ),
    ],
)
def test_a_search_with_filters_is_written_in_one_line(params, query):
    assert to_query(params) == query


def test_a_query_is_parsed_once_whosever_days_it_means():
    berlin, utc = (
        SearchParams(query="river on:2026-03-02", zone=ZoneInfo(zone)).parsed
        for zone in ("Europe/Berlin", "UTC")
    )

    assert berlin.root is utc.root
    assert compile_query(berlin) != compile_query(utc)


facets = st.tuples(
    st.sampled_from(FACETS),
    st.text(min_size=1, max_size=20),
)


@given(st.lists(facets, max_size=5))
def test_whatever_the_filters_hold_the_line_can_be_searched(filters):
    params = SearchParams(query="floods", filters=tuple(filters))
    blank = any(not value.replace('"', " ").strip() for _, value in filters)

    if not blank:
        assert compile_query(parse_query(to_query(params)))
    assert hits_request(params)["query"]
    assert aggregations_request(params)["size"] == 0


@pytest.mark.parametrize(
    "params",
    [
        SearchParams(size=0),
        SearchParams(size=101),
        SearchParams(filters=(("outlet", ""),)),
        SearchParams(filters=(("outlet", "x" * 1_001),)),
        SearchParams(filters=(("password", "x"),)),
        SearchParams(filters=(("outlet", "x"),) * 51),
    ],
)
def test_what_is_out_of_bounds_is_refused(params):
    with pytest.raises(InvalidSearchError):
        validate(params)
