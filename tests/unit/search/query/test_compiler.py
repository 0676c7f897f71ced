"""Queries of analysts as queries of Elasticsearch."""

import json

import pytest

from workers.search.query.compiler import compile_query
from workers.search.query.parser import parse_query


@pytest.mark.parametrize(
    "query", ["/(a+)+$/", "(a|b|ab)", "[a-z]{1,99}", "a?b??", "^.$ a", "\\ a", "+ a"]
)
def test_signs_of_regular_expressions_mean_nothing(query):
    assert "regexp" not in json.dumps(compile_query(parse_query(query)))


def test_only_text_counts_for_the_score():
    body = compile_query(parse_query("flood outlet:post after:7d -kind:live_blog"))["bool"]

    assert [next(iter(part)) for part in body["must"]] == ["multi_match"]
    assert len(body["filter"]) == 2
    assert body["must_not"] == [
        {"term": {"kind": {"value": "live_blog", "case_insensitive": True}}}
    ]


@pytest.mark.parametrize(
    ("query", "bounds"),
    [
        ("after:2026", {"gte": "2026-01-01T00:00:00+00:00"}),
        ("before:2026-03", {"lt": "2026-03-01T00:00:00+00:00"}),
        ("on:2026-12", {"gte": "2026-12-01T00:00:00+00:00", "lt": "2027-01-01T00:00:00+00:00"}),
        ("on:2026-3-2", {"gte": "2026-03-02T00:00:00+00:00", "lt": "2026-03-03T00:00:00+00:00"}),
        ("on:2026..", {"gte": "2026-01-01T00:00:00+00:00"}),
        ("on:..2026-01", {"lt": "2026-02-01T00:00:00+00:00"}),
        ("on:7d..3d", {"gte": "now-7d", "lt": "now-3d"}),
        ("on:7d..", {"gte": "now-7d"}),
        ("on:7d..today", {"gte": "now-7d", "lt": "now-0d+1d/d"}),
        (
            "on:2025 .. 2026",
            {"gte": "2025-01-01T00:00:00+00:00", "lt": "2027-01-01T00:00:00+00:00"},
        ),
        ("on:2025.. 2026", {"gte": "2025-01-01T00:00:00+00:00", "lt": "2027-01-01T00:00:00+00:00"}),
        ("on:2025 ..2026", {"gte": "2025-01-01T00:00:00+00:00", "lt": "2027-01-01T00:00:00+00:00"}),
        ("on:2025..2026", {"gte": "2025-01-01T00:00:00+00:00", "lt": "2027-01-01T00:00:00+00:00"}),
        ("after:2026-03-02T12:30", {"gte": "2026-03-02T12:30:00+00:00"}),
        ("after:2026-03-02T12:30+02:00", {"gte": "2026-03-02T12:30:00+02:00"}),
        ("after:7d", {"gte": "now-7d"}),
        ("after:2m", {"gte": "now-2M"}),
        ("on:today", {"gte": "now-0d/d", "lt": "now-0d+1d/d"}),
        ("before:yesterday", {"lt": "now-1d/d"}),
    ],
)
def test_times_are_what_people_write(query, bounds):
    assert compile_query(parse_query(query)) == {"range": {"time": bounds}}


@pytest.mark.parametrize(
    ("query", "bounds"),
    [
        ("words:500", {"gte": 500.0, "lte": 500.0}),
        ("words:100..500", {"gte": 100.0, "lte": 500.0}),
        ("words:500..", {"gte": 500.0}),
        ("words:..500", {"lte": 500.0}),
        ("words:0..0", {"gte": 0.0, "lte": 0.0}),
        ("words:100 .. 500", {"gte": 100.0, "lte": 500.0}),
    ],
)
def test_numbers_have_ranges(query, bounds):
    assert compile_query(parse_query(query)) == {"range": {"words": bounds}}


def test_a_word_matches_as_it_is_written_or_by_its_stem():
    fields = compile_query(parse_query("the"))["multi_match"]["fields"]

    assert {"title^3.0", "title.exact^3.0", "body^1.0", "body.exact^1.0"} <= {*fields}


@pytest.mark.parametrize(
    ("query", "spelling"),
    [
        ("O’Brien", "O'Brien"),
        ("O'Brien", "O’Brien"),
        ("ё", "е"),
        ("ＮＨＫ", "NHK"),
        ("café", "cafe"),
    ],
)
def test_a_word_is_searched_in_each_of_its_spellings(query, spelling):
    assert f'"query": "{spelling}"' in json.dumps(
        compile_query(parse_query(query)), ensure_ascii=False
    )


def test_characters_of_a_script_without_spaces_are_searched_in_a_row():
    assert compile_query(parse_query("京都"))["multi_match"]["type"] == "phrase"


def test_a_pasted_headline_matches_its_title_whatever_its_signs_mean():
    body = json.dumps(compile_query(parse_query("Why you should NOT swim")))

    assert '"query": "Why you should NOT swim", "fields": ["title.exact^20"]' in body


def test_a_headline_with_filters_still_matches_its_title():
    body = json.dumps(compile_query(parse_query("Why you should NOT swim outlet:post")))

    assert '"query": "Why you should NOT swim", "fields": ["title.exact^20"]' in body
    assert "phrase" not in json.dumps(compile_query(parse_query("flood -dam")))


def test_names_are_exact_after_an_equals_sign():
    assert compile_query(parse_query('section:="Local"')) == {"term": {"section": "Local"}}
    assert compile_query(parse_query("lang:=en")) == {"term": {"language": "en"}}
    several = compile_query(parse_query('section:(="Local" OR ="a \\"b\\" ”c")'))
    assert several["bool"]["should"][1] == {"term": {"section": 'a "b" ”c'}}


def test_several_names_may_stand_behind_a_comma():
    assert compile_query(parse_query("outlet:a,b")) == compile_query(parse_query("outlet:(a OR b)"))
