"""What makes a result quick to read: times, marks, views, facets, suggestions, and why nothing was
found."""

import re

import pytest

pytestmark = pytest.mark.elasticsearch


def suggested(http, typed):
    return [each["query"] for each in http.get("/api/suggest", params={"q": typed}).json()]


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("outlet:", "outlet:eastmarch-courier"),
        ("outlet:north", "outlet:northpoint-post"),
        ("outlet:POST", "outlet:northpoint-post"),
        ("river -outlet:weir", "river -outlet:weir-gazette"),
        ("author:qui", 'author:"Ada Quill"'),
        ('author:"bo i', 'author:"Bo Inkwell"'),
        ("byline:inkw", 'byline:"Bo Inkwell"'),
        ("section:pol", "section:Politics"),
        ("agency:courier", 'agency:"Eastmarch Courier"'),
        ("lang:d", "lang:de"),
        ("role:ex", "role:excerpt"),
        ("missing:au", "missing:author"),
        ("river on:yes", "river on:yesterday"),
        ("changed_in:t", "changed_in:title"),
        ("flood river ris", 'flood "River rises in Eastmarch"'),
        ("outlet:x river", 'outlet:x "River rises in Eastmarch"'),
        ("council -outl", "council -outlet:"),
    ],
)
def test_a_field_suggests_its_values_and_any_word_what_begins_so(http, typed, wanted):
    assert wanted in suggested(http, typed)


@pytest.mark.parametrize(
    "typed", ["outlet:zzz", "outlet:a.*", "id:r", "words:1", "nosuch:x", "river ", "author:[", 'x"']
)
def test_what_has_no_suggestions_has_none(http, typed):
    assert [each for each in suggested(http, typed) if not each.endswith(":")] == []


def test_an_author_is_suggested_without_the_authors_beside_her(http):
    assert suggested(http, "author:ada") == ['author:"Ada Quill"']


def test_which_part_of_a_query_finds_nothing_is_said(http):
    found = http.get("/api/search", params={"q": 'river zebrafish "water board" -x'}).json()

    assert found["parts"] == [
        {"query": "river", "articles": 52},
        {"query": "zebrafish", "articles": 0},
        {"query": '"water board"', "articles": 52},
    ]
    page = http.get("/", params={"q": "river zebrafish"}).text
    assert "<code>zebrafish</code> <strong>nothing</strong>" in page
    assert 'href="/?q=river"' in page


@pytest.mark.parametrize(
    ("query", "parts"),
    [
        ("outlet:weserblatt section:Sport", ["outlet:weserblatt", "section:Sport"]),
        ('"zebra crossing"~3 author:="Bo Inkwell"', ['"zebra crossing"~3', 'author:="Bo Inkwell"']),
        ("zebraf* (lake OR pond)", ["zebraf*", "(lake OR pond)"]),
        ("zebrafish on:2026-03-01..2026-03-02", ["zebrafish", "on:2026-03-01..2026-03-02"]),
        ("zebrafish words:9000..", ["zebrafish", "words:9000.."]),
    ],
)
def test_parts_are_written_so_that_they_can_be_searched(http, query, parts):
    found = http.get("/api/search", params={"q": query}).json()["parts"]

    assert [part["query"] for part in found] == parts
    for part in found:
        assert (
            http.get("/api/search", params={"q": part["query"]}).json()["total"] == part["articles"]
        )


def test_a_filter_that_leaves_nothing_is_said(http):
    found = http.get("/api/search?q=haushalt&lang=en").json()

    assert found["parts"] == [{"query": "haushalt", "articles": 1}]
    assert http.get("/api/search?q=zebrafish").json()["parts"] == []
    assert http.get("/api/search?q=river").json()["parts"] == []


def test_nothing_is_never_exported(http):
    assert "Export all" not in http.get("/?q=zebrafish").text
    assert "Export all" in http.get("/?q=zebra").text


def test_marks_of_an_article_are_numbered(http):
    page = http.get("/articles/river", params={"q": "river OR bridges"}).text
    marks = re.findall(r'<mark id="hit-(\d+)">([^<]*)</mark>', page)

    assert [number for number, _ in marks] == [str(n) for n in range(1, len(marks) + 1)]
    assert {text for _, text in marks} == {"River", "river", "Bridges", "bridges"}
    assert f"{len(marks)} marks of" in page
    assert '<h1><mark id="hit-1">River</mark> rises in Eastmarch</h1>' in page


@pytest.mark.parametrize("query", ["", "outlet:x", "(", "nothinghere"])
def test_a_query_that_marks_nothing_shows_the_article_as_it_is(http, query):
    answer = http.get("/articles/river", params={"q": query})

    assert answer.status_code == 200
    assert "<mark" not in answer.text


def test_marks_let_no_markup_through(http):
    page = http.get("/articles/evil", params={"q": "zebra"}).text

    assert '<mark id="hit-1">zebra</mark>' in page
    assert "<script>document" not in page


def test_hits_lead_to_their_marks(http):
    assert '/articles/river?q=river%20rises"' in http.get("/?q=river%20rises").text


@pytest.mark.parametrize(("view", "sign"), [("compact", "hit-line"), ("table", "hit-table")])
def test_hits_are_shown_in_each_view_which_stays(http, view, sign):
    page = http.get(f"/?q=report&view={view}").text

    assert f'class="{sign}"' in page
    assert f"&amp;view={view}" in page
    assert http.get("/?view=mosaic").status_code == 400


def test_a_date_picker_takes_the_place_of_other_times(http):
    picked = http.get("/api/search?start=2026-03-01&end=2026-03-02&on=2020&after=2019").json()
    open_end = http.get("/api/search?start=2026-03-03").json()["total"]

    assert picked["total"] == http.get("/api/search?on=2026-03-01..2026-03-02").json()["total"] > 0
    assert open_end == http.get("/api/search?after=2026-03-03").json()["total"] == 1
    assert "on: takes" in http.get("/api/search?start=x").json()["detail"]
    page = http.get("/?q=river&start=2026-03-01&end=2026-03-02").text
    assert 'name="start" type="date" value="2026-03-01"' in page
    form = page.split('role="search"')[1].split("</form>")[0]
    assert 'type="hidden" name="on"' not in form


def test_all_filters_are_cleared_at_once(http):
    page = http.get("/?q=river&outlet=weir-gazette&section=Football").text

    assert '<a class="clear" href="/?q=river">Clear all</a>' in page


def test_facets_show_names_and_can_be_searched(http):
    page = http.get("/?q=").text
    found = http.get("/api/facets/author?begins=qui").json()

    assert ">German</span>" in page
    assert found == [{"value": "Ada Quill", "count": 1, "is_chosen": False, "name": ""}]
    assert "Northpoint" not in http.get("/facets/outlet?begins=weir").text
    assert "weir-gazette" in http.get("/facets/outlet?begins=weir&q=report").text
    assert "no facet is called x" in http.get("/api/facets/x").json()["detail"]
    assert http.get("/facets/x").status_code == 400


def test_a_facet_is_counted_under_all_other_filters(http):
    found = http.get("/api/facets/outlet?outlet=weserblatt&lang=en&q=report").json()

    assert [value["value"] for value in found] == [
        "eastmarch-courier",
        "northpoint-post",
        "weir-gazette",
    ]
