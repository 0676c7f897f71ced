"""Pages of results from a real index."""

from datetime import timedelta

import pytest

from schemas.events import Role
from workers.adapters.elasticsearch.reader import SearchReader
from workers.search.cursors import CursorError, seal, unseal
from workers.search.params import InvalidSearchError, SearchParams, to_query
from workers.search.query.lexer import QueryError
from workers.search.service import find_similar, run_search

pytestmark = pytest.mark.elasticsearch

KEY = b"a key of the tests"


@pytest.fixture
def reader(search):
    return SearchReader(search)


@pytest.fixture
def results(reader):
    """Searches with the fields of `Wanted`."""

    def of(query="", *, cursor="", **more):
        return run_search(reader, SearchParams(query=query, **more), KEY, cursor)

    return of


@pytest.fixture
def many(put, story):
    """45 articles of three outlets, every third story reprinted by the next outlet."""
    first = story().fetched_at
    put(
        *(
            story(
                f"n{number:02d}",
                title=f"Harbour report {number}",
                outlet=f"outlet-{number % 3}",
                cluster=f"c{number // 3 * 3 if number % 3 == 1 else number}",
                role=Role.REPRINT if number % 3 == 1 else Role.ORIGINAL,
                fetched_at=first + timedelta(hours=number),
            )
            for number in range(45)
        )
    )


def ids(found):
    return [hit.id for hit in found.hits]


def facet(found, name):
    return {
        value.value: value.count
        for each in found.facets
        if each.name == name
        for value in each.values
    }


@pytest.mark.usefixtures("newsroom")
def test_one_hit_stands_for_its_cluster_with_all_its_printings(results):
    (hit,) = results("river").hits

    assert hit.cluster.articles == 2
    assert hit.cluster.outlets == 2
    assert [each.outlet for each in hit.cluster.members] == [
        "eastmarch-courier",
        "northpoint-post",
    ]


@pytest.mark.usefixtures("newsroom")
def test_reprints_that_the_query_does_not_match_are_told_too(results):
    (hit,) = results("bridges").hits

    assert hit.id == "river"
    assert hit.cluster.articles == 2


@pytest.mark.usefixtures("newsroom")
def test_without_collapsing_every_article_is_a_hit(results):
    found = results("river", is_collapsed=False)

    assert sorted(ids(found)) == ["river", "river-again"]
    assert (found.total, found.stories) == (2, 1)


@pytest.mark.usefixtures("newsroom")
def test_what_matched_is_marked_in_title_text_and_captions(results):
    (hit,) = results('river "two metres" OR mill', is_collapsed=False, filters=RIVER).hits

    assert [piece.text for piece in hit.title if piece.is_hit] == ["River"]
    marked = [piece.text for extract in hit.extracts for piece in extract if piece.is_hit]
    assert "two metres" in marked
    assert [piece.text for piece in hit.captions[0] if piece.is_hit] == ["mill"]


RIVER = (("outlet", "eastmarch-courier"), ("section", "Local"))


@pytest.mark.usefixtures("newsroom")
def test_without_words_the_beginning_of_the_text_is_shown(results):
    hit = results("lang:de").hits[0]

    assert hit.extracts[0][0].text.startswith("Der Stadtrat hat")
    assert not any(piece.is_hit for piece in hit.extracts[0])


@pytest.mark.usefixtures("newsroom")
def test_facets_count_under_all_filters_but_their_own(results):
    found = results("", filters=(("outlet", "weserblatt"),))

    assert ids(found) == ["haushalt"]
    assert facet(found, "outlet") == {
        "eastmarch-courier": 2,
        "northpoint-post": 1,
        "weserblatt": 1,
    }
    assert facet(found, "lang") == {"de": 1}
    chosen = [value.value for value in found.facets[0].values if value.is_chosen]
    assert chosen == ["weserblatt"]


@pytest.mark.usefixtures("newsroom")
def test_a_chosen_value_without_hits_can_still_be_taken_back(results):
    found = results("river", filters=(("lang", "de"),))

    assert found.hits == ()
    assert facet(found, "lang") == {"en": 2, "de": 0}


@pytest.mark.usefixtures("newsroom")
def test_the_timeline_has_a_bar_for_each_day(results):
    line = results("").timeline

    assert line.unit == "day"
    assert [(bar.start, bar.count) for bar in line.bars] == [
        ("2026-03-02", 2),
        ("2026-03-03", 1),
        ("2026-03-04", 1),
    ]


@pytest.mark.usefixtures("newsroom")
def test_a_bar_chosen_as_filter_narrows_hits_and_facets(results):
    found = results("", filters=(("on", "2026-03-03..2026-03-03"),))

    assert ids(found) == ["budget"]
    assert facet(found, "section") == {"Politics": 1}


@pytest.mark.usefixtures("newsroom")
def test_the_written_query_finds_what_the_filters_found(results):
    params = SearchParams(
        query="rises OR passes",
        filters=(("section", "Local"), ("section", "Politics"), ("on", "2026-03-02..2026-03-03")),
        is_collapsed=False,
    )
    by_filters = results(params.query, filters=params.filters, is_collapsed=False)

    assert to_query(params) == (
        '(rises OR passes) section:(="Local" OR ="Politics") on:2026-03-02..2026-03-03'
    )
    assert sorted(ids(by_filters)) == ["budget", "river"]
    assert sorted(ids(results(to_query(params), is_collapsed=False))) == ["budget", "river"]


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
@pytest.mark.parametrize("is_collapsed", [True, False])
def test_pages_show_every_hit_once_and_in_order(results, sort, is_collapsed):
    params = {"sort": sort, "is_collapsed": is_collapsed}
    whole = ids(results("harbour", size=100, **params))

    paged, cursor = [], ""
    for _ in range(20):
        found = results("harbour", size=7, cursor=cursor, **params)
        paged += ids(found)
        cursor = found.cursor
        if cursor is None:
            break

    assert paged == whole
    assert len(set(whole)) == (30 if is_collapsed else 45)


@pytest.mark.usefixtures("many")
def test_articles_that_arrive_meanwhile_do_not_shift_later_pages(results, put, story):
    first = results("harbour", size=10, sort="newest", is_collapsed=False)
    second = results("harbour", size=10, sort="newest", is_collapsed=False, cursor=first.cursor)
    later = story().fetched_at + timedelta(days=9)
    put(story("late", title="Harbour report late", fetched_at=later))

    third = results("harbour", size=10, sort="newest", is_collapsed=False, cursor=second.cursor)

    shown = ids(first) + ids(second) + ids(third)
    assert shown == [f"n{number:02d}" for number in range(44, 14, -1)]


@pytest.mark.usefixtures("many")
def test_a_page_left_open_too_long_still_leads_on(results, reader):
    first = results("harbour", size=10)
    second = results("harbour", size=10, cursor=first.cursor)
    params = SearchParams(query="harbour", size=10)
    reader.close_point(unseal(second.cursor, params, KEY).point)

    third = results("harbour", size=10, cursor=second.cursor)

    assert len(set(ids(first) + ids(second) + ids(third))) == 30


@pytest.mark.usefixtures("many")
def test_a_cursor_of_another_search_is_refused(results):
    cursor = results("harbour", size=10).cursor

    with pytest.raises(CursorError, match="another search"):
        results("report", size=10, cursor=cursor)


@pytest.mark.usefixtures("many")
def test_collapsed_pages_end_where_the_server_would_refuse(results):
    params = SearchParams(query="harbour", size=10)
    cursor = unseal(results("harbour", size=10).cursor, params, KEY)
    deep = type(cursor)(cursor.search, start=9_980)

    assert results("harbour", size=10, cursor=seal(deep, KEY)).hits == ()


def test_a_page_larger_than_allowed_is_refused(results):
    with pytest.raises(InvalidSearchError, match="1 to 100"):
        results("", size=101)


def test_a_filter_that_there_is_not_is_refused(results):
    with pytest.raises(InvalidSearchError, match="there are outlet"):
        results("", filters=(("body", "x"),))


def test_a_mistake_in_a_filter_of_time_is_a_query_error(results):
    with pytest.raises(QueryError, match="range"):
        results("", filters=(("on", "someday"),))


def test_an_empty_index_answers_nothing(results):
    found = results("river")

    assert (found.hits, found.total, found.facets, found.cursor) == ((), 0, (), None)


def test_marks_in_a_hostile_page_stay_text(results, put, story):
    put(story("x", title="\ue000<script>\ue001alert\ue001 river\ue000"))

    (hit,) = results("river").hits

    assert hit.plain_title == "<script>alert river"


def test_each_word_that_begins_so_is_marked(results, put, story):
    put(story("x", title="Bundestag and Bundesrat", paragraphs=("The BUNDESBANK and others.",)))

    (hit,) = results("bundes*").hits

    marked = [piece.text for piece in (*hit.title, *hit.extracts[0]) if piece.is_hit]
    assert marked == ["Bundestag", "Bundesrat", "BUNDESBANK"]


def test_a_text_of_two_megabytes_is_found_and_shown(results, put, story):
    put(story("long", title="Long", paragraphs=("lorem ipsum " * 200_000 + "zebras",)))

    for query in ("zebras", "zebra*"):
        (hit,) = results(query).hits
        assert 0 < len(hit.extracts[0][0].text) < 2_000


def test_similar_stories_are_of_other_clusters(reader, put, story):
    text = "The harbour master closed the northern pier after the storm damaged the crane."
    put(
        story("a", paragraphs=(text,), cluster="one"),
        story("b", paragraphs=(text,), cluster="one"),
        story("c", paragraphs=("The crane on the northern pier fell in the storm.",)),
        story("d", title="Chess", paragraphs=("The chess club won its match.",)),
    )

    assert [hit.id for hit in find_similar(reader, reader.get("a"))] == ["c"]
