"""The query language: what it means, and mistakes that point at their place."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.search.query.ast import And, Not, Or, Term
from workers.search.query.compiler import compile_query
from workers.search.query.fields import ALIASES, FIELDS
from workers.search.query.lexer import MAX_QUERY_LENGTH, QueryError
from workers.search.query.parser import parse_query


def shape(query):
    """The tree without places: easier to read."""

    def of(node):
        if isinstance(node, Term):
            mark = "*" if node.is_prefix else '"' if node.is_phrase else ""
            return f"{node.field + ':' if node.field else ''}{node.text}{mark}"
        if isinstance(node, Not):
            return ("not", of(node.operand))
        return ("all" if isinstance(node, And) else "any", *(of(part) for part in node.parts))

    return of(parse_query(query).root)


def mistake(query) -> QueryError:
    with pytest.raises(QueryError) as caught:
        compile_query(parse_query(query))
    return caught.value


def attempt(query):
    try:
        return compile_query(parse_query(query)), None
    except QueryError as error:
        return None, error


@pytest.mark.parametrize(
    ("query", "meaning"),
    [
        ("flood", "flood"),
        ("flood river", ("all", "flood", "river")),
        ("flood AND river", ("all", "flood", "river")),
        ("flood && river", ("all", "flood", "river")),
        ("flood OR river || lake", ("any", "flood", "river", "lake")),
        ("a OR b c", ("any", "a", ("all", "b", "c"))),
        ("(a OR b) c", ("all", ("any", "a", "b"), "c")),
        ("flood -river", ("all", "flood", ("not", "river"))),
        ("NOT flood", ("not", "flood")),
        ("flood !river", ("all", "flood", ("not", "river"))),
        ('"nine votes to four"', 'nine votes to four"'),
        ("“nine votes”", 'nine votes"'),
        ("„neun Stimmen“ «neuf voix»", ("all", 'neun Stimmen"', 'neuf voix"')),
        ("counc*", "counc*"),
        ("outlet:post", "outlet:post"),
        ("Outlet:post", "outlet:post"),
        ("outlet:(post OR courier)", ("any", "outlet:post", "outlet:courier")),
        ('byline:"Ada Quill"', 'author:Ada Quill"'),
        ("url:https://post.example/a:b", "url:https://post.example/a:b"),
        ("after:2026-03-02T12:30", "after:2026-03-02T12:30"),
        ("on:2026-03-02T12:30..2026-03-03", "on:2026-03-02T12:30..2026-03-03"),
        ("and or not", ("all", "and", "or", "not")),
        ("well-known - dash", ("all", "well-known", "dash")),
        ("rock & roll / jazz … • | –", ("all", "rock", "roll", "jazz")),
        ("Port-Clair : les", ("all", "Port-Clair", "les")),
        ("kick-off 12:30", ("all", "kick-off", "12", "30")),
        ("Quote: it is over", ("all", "Quote", "it", "is", "over")),
        ("re:publica", ("all", "re", "publica")),
        ("https://post.example/a:b?c=d", "url:https://post.example/a:b?c=d"),
        ("see https://post.example/a", ("all", "see", "https://post.example/a")),
        (
            '"well-being” »neun Stimmen« «neuf voix» ”nio”',
            ("all", 'well-being"', 'neun Stimmen"', 'neuf voix"', 'nio"'),
        ),
        ('6" snow', ("all", "6", "snow")),
        ('rain "the river', ("all", "rain", "the", "river")),
        ("rain river)", ("all", "rain", "river")),
        ("rain ()", "rain"),
        ('rain ""', "rain"),
        ('"rain":lake', ("all", 'rain"', "lake")),
        ("rain :lake", ("all", "rain", "lake")),
        ("Sh*t happens again", ("all", "Sh", "t", "happens", "again")),
        ("Fire downtown in Portland, OR", ("all", "Fire", "downtown", "in", "Portland,", "OR")),
        ("outlet:post,courier", ("any", "outlet:post", "outlet:courier")),
        ('section:="Local" flood', ("all", 'section:Local"', "flood")),
        ("words:500.. 2026", ("all", "words:500..", "2026")),
        ("", ("all",)),
        ("   ", ("all",)),
    ],
)
def test_a_query_is_read_as_analysts_mean_it(query, meaning):
    assert shape(query) == meaning


@pytest.mark.parametrize(
    ("query", "at", "says"),
    [
        ("rain (river OR lake", 5, "never closed"),
        ('rain OR "the river', 8, "never closed"),
        ("rain OR river)", 13, "never opened"),
        ("– …", 0, "no word in this"),
        ('title:""', 6, "nothing between"),
        ("on:3d..7d", 3, "ends before it begins"),
        ("on:2026-04..2026-03", 3, "ends before it begins"),
        ("words:500..100", 6, "ends before it begins"),
        ("rain outlt:post", 5, "did you mean outlet:?"),
        ("rain outlet:", 5, "value is missing"),
        ("rain outlet: OR lake", 5, "value is missing"),
        ("rain AND", 8, "missing before the end"),
        ("OR rain", 0, "missing before OR"),
        ("rain AND OR lake", 9, "missing before OR"),
        ("r*", 0, "needs 2 letters"),
        ("ra*in", 0, "only at the end"),
        ("*ain", 0, "only at the end"),
        ("rain after:tomorrowish", 11, "takes 2026, 2026-03"),
        ("rain after:2026-13", 11, "takes 2026"),
        ("before:9999-12-31T23:59", 7, "takes 2026"),
        ("on:2026-03..2026-99", 3, "or a range like"),
        ("on:..", 3, "or a range like"),
        ("words:many", 6, "100..500"),
    ],
)
def test_a_mistake_is_pointed_at_with_advice(query, at, says):
    found = mistake(query)

    assert found.at == at
    assert says in found.message


def test_the_mark_stands_under_the_mistake():
    message, shown, mark = mistake("rain outlt:post").pointing().splitlines()

    assert message == "no field is called outlt; did you mean outlet:?"
    assert shown[mark.index("^") :].startswith("outlt")
    assert mark.count("^") == len("outlt")


def test_a_mistake_far_inside_is_shown_with_what_is_around_it():
    _, shown, mark = mistake("rain " * 50 + "outlt:post").pointing().splitlines()

    assert len(shown) < 130
    assert shown[mark.index("^") :].startswith("outlt")


def test_signs_that_steer_a_terminal_are_not_repeated():
    assert "\x1b" not in mistake("\x1b[31m outlt:post\n\t").pointing()


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("a" * 1_000_000, f"longer than {MAX_QUERY_LENGTH}"),
        ("a " * 500_000, f"longer than {MAX_QUERY_LENGTH}"),
        ("(" * 1_000_000, f"longer than {MAX_QUERY_LENGTH}"),
        ("(" * 200 + "a" + ")" * 200, "200 words"),
        ("(" * 60 + "a" + ")" * 60, "30 deep"),
        ("NOT " * 60 + "a", "30 deep"),
        ("a " * 300, "200 words"),
        ("x" * 500, "300 characters"),
        (" ".join(f"ab{i}*" for i in range(20)), "10 words with a *"),
    ],
)
def test_what_is_too_large_is_refused_by_name(query, says):
    assert says in mistake(query).message


pieces = st.sampled_from(
    [
        *FIELDS,
        *ALIASES,
        *'():"-*~!.',
        "AND",
        "OR",
        "NOT",
        " ",
        "\n",
        "7d",
        "2026-03",
        "..",
        "٣d",
        "„",
    ]
)
queries = st.one_of(
    st.text(max_size=200),
    st.lists(st.one_of(pieces, st.text(max_size=5)), max_size=60).map("".join),
    st.lists(pieces, max_size=60).map(" ".join),
)


@settings(max_examples=600, deadline=None)
@given(queries)
def test_any_text_is_read_or_refused_with_a_place_inside_it(query):
    body, error = attempt(query)

    if error is None:
        assert json.loads(json.dumps(body)) == body
        return
    assert 0 <= error.at <= len(query)
    assert error.message
    assert error.pointing().count("\n") == 2


@settings(max_examples=200, deadline=None)
@given(st.lists(st.from_regex(r"[a-z]{3,8}", fullmatch=True), min_size=2, max_size=8, unique=True))
def test_more_words_narrow_and_or_widens(words):
    assert parse_query(" ".join(words)).root != parse_query(" OR ".join(words)).root
    assert isinstance(parse_query(" OR ".join(words)).root, Or)
    assert isinstance(parse_query(" AND ".join(words)).root, And)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("flood or dam", "OR finds"),
        ("flood NEAR/5 dam", '"flood dam"~5'),
        ("wom?n", "? stands for no letter"),
        ("flood^2 dam", "no weights"),
        ("zzzzzz:post", "no field is called “zzzzzz”"),
        (
            'rain "the river',
            "this quotation mark is never closed; all of it is read as plain words",
        ),
    ],
)
def test_what_means_something_elsewhere_is_told(query, says):
    assert says in " ".join(parse_query(query).hints)


@pytest.mark.parametrize(
    "query", ["flood OR dam", "What now?", "Port-Clair : les", "", "lang:de dam"]
)
def test_ordinary_queries_have_no_hints(query):
    assert parse_query(query).hints == ()
