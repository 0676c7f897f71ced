"""Answers that were wrong once, in further forms, on both kinds of server: ranges of time, one-line
searches, operators of other languages, the order of exports, dates ahead, words and marks."""

import pytest

from schemas.index import naming
from workers.adapters.elasticsearch.reader import SearchReader
from workers.search.analysis.words import find_words
from workers.search.completion.suggestions import find_suggestions
from workers.search.export import export_documents
from workers.search.params import SearchParams, to_query
from workers.search.query.compiler import compile_query
from workers.search.query.lexer import QueryError
from workers.search.query.parser import parse_query
from workers.search.response import parse_segments
from workers.search.service import mark_hits, run_search

pytestmark = pytest.mark.elasticsearch
KEY = b"test"


@pytest.fixture(scope="session")
def reader(week):
    return SearchReader(week)


def ids(reader, query="", **more):
    found = run_search(reader, SearchParams(query=query, size=50, **more), KEY)
    return [hit.id for hit in found.hits]


RANGES = {
    "on:7d..3d": {"d4", "d5", "d6"},
    "on:7d .. 3d": {"d4", "d5", "d6"},
    "on:7d ..3d": {"d4", "d5", "d6"},
    "ferry on:7d.. 3d": {"d4", "d5", "d6"},
    "on:168h..72h": {"d4", "d5", "d6"},
    "on:1w..3d": {"d4", "d5", "d6"},
    "after:3d": {"d0", "d1", "d2", "ahead"},
    "before:7d": {"d8", "d9"},
}
ON_THE_BORDER = {"d3", "d7"}  # by the seconds since they were written


@pytest.mark.parametrize("query", RANGES)
def test_a_range_of_time_is_what_it_says_however_it_is_spaced(reader, query):
    assert {*ids(reader, query)} - ON_THE_BORDER == RANGES[query]


@pytest.mark.parametrize(
    "query", ["on:3d..7d", "on:3d .. 7d", "on:2026-03-07..2026-03-01", "on:72h..168h"]
)
def test_a_range_that_ends_before_it_begins_is_a_mistake_with_advice(reader, query):
    with pytest.raises(QueryError, match="ends before it begins"):
        ids(reader, query)


FILTERS = [
    (("outlet", "harbour-post"),),
    (("outlet", "harbour-post"), ("outlet", "weir-gazette"), ("section", "Local")),
    (("section", "Local"),),
    (("section", "Local News"), ("author", "Bo Inkwell")),
    (("lang", "en"),),
    (("lang", "en-gb"),),
    (("author", "Ada Quill"), ("on", "7d..3d")),
    (("after", "5d"), ("kind", "article"), ("role", "original")),
]
QUERIES = [
    "",
    "ferry",
    "ferry OR(bridges)",
    "ferry\tOR\tharbour",
    'number "day 4" OR ahead',
    "-ahead",
]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("filters", FILTERS)
def test_the_line_of_a_search_finds_what_the_screen_shows(reader, query, filters):
    params = SearchParams(query=query, filters=filters, size=50)

    assert sorted(ids(reader, to_query(params))) == sorted(ids(reader, query, filters=filters))


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("ferry or harbour", "OR finds"),
        ("ferry not harbour", "NOT leaves"),
        ("ferry NEAR/5 harbour", "at most five"),
        ("ferry w/3 harbour", "at most five"),
        ("fer?y", "? stands for no letter"),
        ("ferry^2", "no weights"),
        ("ferry~", "after a phrase"),
    ],
)
def test_an_operator_of_another_language_is_told(reader, query, says):
    found = run_search(reader, SearchParams(query=query), KEY)

    assert any(says in hint for hint in found.hints)


@pytest.mark.parametrize(
    "query",
    ["outlet:harbour-post", "outlet:HARBOUR-POST", 'outlet:"the harbour post"', "outlet:harbour*"],
)
def test_an_outlet_is_found_by_its_id_and_by_its_name(reader, query):
    assert {*ids(reader, query)} == {"d0", "d2", "d4", "d6", "d8"}


def test_several_outlets_are_found_by_a_list(reader):
    assert len(ids(reader, "outlet:harbour-post,weir-gazette")) == 11


@pytest.mark.parametrize("sort", ["newest", "oldest", "relevance"])
def test_an_export_has_the_order_of_the_screen(reader, sort):
    params = SearchParams(query="ferry", sort=sort, size=50)
    exported = [each["document_id"] for batch in export_documents(reader, params) for each in batch]

    assert exported == ids(reader, "ferry", sort=sort)


def test_an_article_that_is_dated_ahead_does_not_top_the_newest(reader):
    assert ids(reader, sort="newest")[:3] == ["d0", "ahead", "d1"]


def test_the_server_looks_a_collection_up_in_each_search(week):
    request = {"query": compile_query(parse_query("collection:Shore ferry")), "size": 50}

    def outlets():
        return {hit["_source"]["outlet"] for hit in week.search(request)["hits"]["hits"]}

    week.client.indices.delete(index=naming.collections(week.prefix))  # as before there were any
    assert week.collections() == {}
    week.put_collection("shore", ["harbour-post"])
    assert outlets() == {"harbour-post"}
    week.put_collection("shore", ["harbour-post", "weir-gazette"])
    assert outlets() == {"harbour-post", "weir-gazette"}
    assert week.delete_collection("shore")
    assert outlets() == set()


def test_significant_words_are_written_as_they_were_printed(reader):
    found = find_words(reader, SearchParams(query="tomorrow OR 9"))

    assert "tomorrow" not in {row.word for row in found.significant}  # one article has it
    every = find_words(reader, SearchParams(query="bridges"))
    assert {row.word for row in every.significant} <= {"bridges", "captain", "counted", "crossed"}
    assert every.sampled == 10


@pytest.mark.parametrize("query", ["bridges", "the bridges", '"the bridges"', "brid*", "BRIDGES"])
def test_an_opened_article_has_the_marks_of_its_search(reader, query):
    article = reader.get("d1")
    marked = parse_segments(mark_hits(reader, article, SearchParams(query=query))["body"])

    assert "bridges" in {word for each in marked if each.is_hit for word in each.text.split()}
    assert "".join(each.text for each in marked) == article["body"]


def test_values_are_suggested(reader):
    assert [each.query for each in find_suggestions(reader, "outlet:harb")] == [
        "outlet:harbour-post"
    ]
    assert [each.query for each in find_suggestions(reader, "ferry author:ink")] == [
        'ferry author:"Bo Inkwell"'
    ]
