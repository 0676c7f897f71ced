"""Queries of analysts against a real index."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.stories import clustered_story
from workers.search.query.compiler import compile_query
from workers.search.query.fields import FIELDS
from workers.search.query.lexer import QueryError
from workers.search.query.parser import parse_query

pytestmark = pytest.mark.elasticsearch


def found(search, query):
    answer = search.search(
        {"query": compile_query(parse_query(query)), "size": 50, "source": False}
    )
    return sorted(hit["_id"] for hit in answer["hits"]["hits"])


FINDS = {
    "": ["budget", "haushalt", "river", "river-again"],
    "river": ["river", "river-again"],
    "river bridges": ["river"],
    "bridges OR schools": ["river", "river-again"],
    "river -bridges": ["river-again"],
    "NOT river": ["budget", "haushalt"],
    '"two metres overnight"': ["river", "river-again"],
    '"metres two overnight"': [],
    '"two overnight"~1': ["river", "river-again"],
    "coun*": ["budget"],
    "title:river rises": ["river", "river-again"],
    "title:overnight": [],
    "body:council": ["budget"],
    "caption:mill": ["river"],
    "mill": ["river"],
    "outlet:northpoint-post": ["river-again"],
    "outlet:NORTHPOINT-post": ["river-again"],
    "outlet:north*": ["river-again"],
    "outlet:(northpoint-post OR weserblatt)": ["haushalt", "river-again"],
    'author:"Ada Quill"': ["budget", "river"],
    "author:quill": ["budget", "river"],
    'author:"Quill Ada"': [],
    "author:inkw*": ["budget"],
    "lang:de": ["haushalt"],
    "language:DE": ["haushalt"],
    "country:us -lang:de": ["budget", "river", "river-again"],
    "section:politics": ["budget"],
    "agency:courier": ["river-again"],
    "source:courier": ["river-again"],
    "cluster:river": ["river", "river-again"],
    "role:reprint": ["river-again"],
    "role:reprint shared:0.8..": ["river-again"],
    "kind:article words:8..10": ["budget", "river", "river-again"],
    "url:https://weserblatt.example/*": ["haushalt"],
    "id:budget": ["budget"],
    "after:2026-03-03": ["budget", "haushalt"],
    "before:2026-03-03": ["river", "river-again"],
    "on:2026-03-02": ["river", "river-again"],
    "on:2026-03-03..2026-03-04": ["budget", "haushalt"],
    "after:2026-03-02T13:00 before:2026-03-03T00:00": ["river-again"],
    "(bridges OR council) author:quill -section:local": ["budget"],
}


@pytest.mark.usefixtures("newsroom")
def test_queries_find_what_they_say(search):
    assert {query: found(search, query) for query in FINDS} == FINDS


PLACES = {
    "place:Norway": ["ferry"],
    "place:norwegen": ["ferry"],
    "place:no": ["ferry"],
    'place:="no"': ["ferry"],
    'place:="norway"': [],
    "place:Bergen": ["ferry"],
    "place:berg*": ["ferry"],
    "place:München": ["feuer"],
    "place:munich": ["feuer"],
    "place:(no OR de)": ["ferry", "feuer"],
    "place:merrow": ["fair"],
    "dateline:merrow": ["fair"],
    "-place:de": ["fair", "ferry"],
    "missing:place": ["ferry", "feuer"],
}


def test_a_place_is_found_by_code_and_by_its_names_in_any_language(search, put):
    put(
        clustered_story("ferry", title="Ferry aground off Bergen, Norway"),
        clustered_story("feuer", title="Feuer in München", language="de"),
        clustered_story("fair", title="A fair opens", paragraphs=("Goats.",), dateline="MERROW"),
    )

    assert {query: found(search, query) for query in PLACES} == PLACES


NAMES = {
    "name:quillworks": ["fire", "vote"],
    'name:"ilse brandt"': ["fire"],
    'name:="Ilse Brandt"': ["fire"],
    'name:="Brandt"': [],
    "name:brandt": ["fire"],
    "name:quill*": ["fire", "vote"],
    "name:(brandt OR teles)": ["fire", "vote"],
    "-name:brandt": ["other", "vote"],
    "missing:name": ["other"],
}


def test_an_article_is_found_by_the_names_in_its_text(search, put):
    put(
        clustered_story("fire", paragraphs=("Smoke rose at Quillworks, said Ilse Brandt.",)),
        clustered_story("vote", paragraphs=("Voters of Quillworks chose Maria Teles.",)),
        clustered_story("other", paragraphs=("It was brandt and quillworks, small.",)),
    )

    assert {query: found(search, query) for query in NAMES} == NAMES


SAID = {
    "said:flood": ["both"],
    'said:"the dam will hold"': ["both", "other"],
    "by:quill": ["both", "other"],
    "by:inkwell": ["both"],
    'by:="Ada Quill"': ["both", "other"],
    'by:="Quill"': [],
    'said:"the dam will hold" by:quill': ["other"],
    'by:inkwell said:"the dam will hold"': ["both"],
    "said:(flood OR dam) by:quill": ["both", "other"],
    'said:"the dam will hold" -title:zebra by:quill': ["other"],
    "said:flood dam by:inkwell": ["both"],
    "-by:inkwell by:quill": ["other"],
}


def test_a_quotation_is_found_with_who_said_it(search, put):
    hold = "“The dam will hold this year,” said"
    flood = "“A flood comes every single spring,” said"
    put(
        clustered_story("both", paragraphs=(f"{flood} Ada Quill.", f"{hold} Bo Inkwell.")),
        clustered_story("other", paragraphs=(f"{hold} Ada Quill.",)),
    )

    assert {query: found(search, query) for query in SAID} == SAID


def test_a_word_with_a_star_stands_for_all_words_that_begin_so(search):
    words = ["bundestag"] * 50 + [
        f"bundes{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(180)
    ]
    rows = [
        (f"d{n:03}", 1, {"document_id": f"d{n:03}", "body": word, "authors": [f"Ada {word}"]})
        for n, word in enumerate(words)
    ]
    search.put(rows)
    search.refresh()

    for query in ("bundes*", "body:bundes*", "author:bundes*"):
        assert search.count(compile_query(parse_query(query))) == 230
        assert search.count(compile_query(parse_query(f"{query} body:bundestag"))) == 50


def test_a_word_with_a_star_is_folded_as_the_index_folds_words(search):
    named = {"i": "İstanbul", "o": "ΟΔΟΣΤΡΩΜΑ", "r": "Rhein-Main-Gebiet"}
    search.put([(name, 1, {"body": word, "authors": [word]}) for name, word in named.items()])
    search.refresh()

    for name, start in {"i": "İsta*", "o": "ΟΔΟΣ*", "r": "Rhein-MA*"}.items():
        assert found(search, start) == found(search, f"author:{start}") == [name]


pieces = st.sampled_from(
    [
        *(f"{name}:" for name in FIELDS),
        *'()"-*~ ',
        " OR ",
        "NOT ",
        "7d",
        "2026",
        "5..",
        "river",
        "京",
    ]
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(query=st.lists(pieces, max_size=25).map("".join))
def test_the_server_takes_every_query_that_the_language_takes(search, query):
    try:
        body = compile_query(parse_query(query))
    except QueryError:
        return
    search.search({"query": body, "size": 1})


LARGE = [
    " OR ".join(f"a{sign}*" for sign in "abcdefghij"),
    " ".join(",".join("abcdefghi") for _ in range(190)),
    " OR ".join("京" * 290 for _ in range(13)),
    '"' + "a " * 1990 + '"~999',
    "(" * 30 + "a" + ")" * 30,
    "after:99999y before:99999y",
    "url:" + "x" * 299,
]


def test_the_largest_queries_are_answered(search):
    assert [found(search, query) for query in LARGE] == [[]] * len(LARGE)
