"""What of a query is marked in the texts it found."""

from workers.search.query.highlighting import highlight_options
from workers.search.query.parser import parse_query


def marked(query, path="body"):
    """The queries whose hits are marked."""
    options = highlight_options(parse_query(query), path)
    return options and options["highlight_query"]["bool"]["should"]


def test_bare_words_are_marked_in_every_text():
    assert len(marked("river mill", "title")) == 2
    assert len(marked("river mill", "captions")) == 2


def test_words_of_one_field_are_marked_in_it_alone():
    assert marked("title:river mill", "body") == marked("mill", "body")
    assert len(marked("title:river mill", "title")) == 2


def test_names_dates_and_excluded_words_are_not_marked():
    assert marked("river -mill outlet:post after:2026-01-01") == marked("river")
    assert marked("outlet:post -mill") is None
    assert marked("") is None


def test_words_in_brackets_and_of_either_side_are_marked():
    assert len(marked("(river OR mill) NOT dam")) == 2


def test_each_field_is_looked_at_alone():
    assert "title" not in str(marked("river", "body"))


def test_what_matches_as_it_is_written_is_marked_too():
    for query in ('"two metres"', "riv*", "the"):
        assert highlight_options(parse_query(query), "body")["matched_fields"] == ["body.exact"]
