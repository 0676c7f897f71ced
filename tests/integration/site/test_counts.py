"""Counts over time: as JSON, as a table, on the page."""

import csv
import io

import pytest

from workers.adapters.elasticsearch.reader import SearchReader

pytestmark = pytest.mark.elasticsearch


def rows(http, **params):
    answer = http.get("/api/counts", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()["rows"]


def test_each_period_has_a_row_with_its_share_of_all_coverage(http):
    found = rows(http, q="river", on="2026-03-01..2026-03-03", unit="day", lang="en")

    assert [row["start"] for row in found] == ["2026-03-01", "2026-03-02", "2026-03-03"]
    second = found[1]
    whole = http.get("/api/search", params={"on": "2026-03-02", "lang": "en"}).json()["total"]
    hits = http.get("/api/search", params={"q": "river", "on": "2026-03-02", "lang": "en"}).json()
    assert (second["articles"], second["coverage"]) == (hits["total"], whole)
    assert second["share"] == round(hits["total"] / whole, 6)


def test_groups_are_counted_apart_beside_their_own_coverage(http):
    found = rows(http, q="report", by="outlet", unit="month")

    outlets = {row["group"] for row in found}
    assert outlets == {"eastmarch-courier", "northpoint-post", "weir-gazette"}
    for outlet in outlets:
        own = [row for row in found if row["group"] == outlet]
        total = http.get("/api/search", params={"outlet": outlet, "reprints": "true"}).json()
        assert sum(row["articles"] for row in own) == 16
        assert sum(row["coverage"] for row in own) <= total["total"]
        assert {row["start"] for row in own} == {row["start"] for row in found}


def test_the_coverage_keeps_the_fields_of_the_query(http):
    found = rows(http, q="report outlet:weir-gazette", unit="year")

    whole = http.get("/api/search", params={"outlet": "weir-gazette"}).json()
    assert sum(row["coverage"] for row in found) == whole["total"]


def test_several_queries_have_one_axis(http):
    found = rows(http, q="haushalt", vs=["council", "zzzz"], unit="week")

    by_query = {
        query: [row["start"] for row in found if row["query"] == query]
        for query in ("haushalt", "council", "zzzz")
    }
    assert by_query["haushalt"] == by_query["council"] == by_query["zzzz"] != []
    assert sum(row["articles"] for row in found if row["query"] == "zzzz") == 0


@pytest.mark.parametrize("unit", ["day", "month"])
def test_the_table_is_that_of_the_json(http, unit):
    params = {"q": "report", "by": "outlet", "unit": unit}
    text = http.get("/api/counts", params={**params, "form": "csv"}).text
    table = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))

    assert [row["outlet"] for row in table] == [row["group"] for row in rows(http, **params)]
    assert [int(row["articles"]) for row in table] == [r["articles"] for r in rows(http, **params)]


BERLIN = {"Cookie": "presswire_zone=Europe/Berlin"}


def test_a_page_follows_its_reader_and_its_links_name_the_zone(http):
    page = http.get("/counts?q=report", headers=BERLIN).text

    assert "/api/counts?q=report&amp;zone=Europe%2FBerlin&amp;form=csv" in page
    assert '<input type="hidden" name="zone" value="Europe/Berlin">' in page
    assert "Days on this page" not in page


def test_a_link_that_names_days_means_the_same_for_every_reader(http):
    page = http.get("/?q=river+on:2026-03-02", headers=BERLIN).text
    shared = http.get("/?q=river+on:2026-03-02&zone=Asia/Kathmandu", headers=BERLIN).text

    assert "Days on this page are days in UTC" in page
    assert "zone=Europe%2FBerlin" in page  # one click away
    assert "Days on this page are days in Asia/Kathmandu" in shared


def test_a_link_that_names_utc_or_days_of_another_query_is_no_readers(http):
    named = http.get("/?q=report&zone=UTC", headers=BERLIN).text
    beside = http.get("/counts?q=report&vs=river+on:2026-03-02", headers=BERLIN).text

    assert '<input type="hidden" name="zone" value="UTC">' in named
    assert "q=report&amp;zone=UTC" in named
    assert "Days on this page are days in UTC" in beside


def test_the_api_knows_no_reader(http):
    asked = {"q": "report", "unit": "day"}

    plain = http.get("/api/counts", params=asked, headers=BERLIN).text

    assert plain == http.get("/api/counts", params=asked).text
    assert plain != http.get("/api/counts", params={**asked, "zone": "Asia/Kathmandu"}).text


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("by=body", "by: takes one of outlet"),
        ("vs=a&vs=b&vs=c&vs=d&vs=e&q=f", "no more than 5"),
        ("q=flood&vs=outlt:x", "did you mean outlet:?"),
        ("after=1990&unit=day", "take week, month, year"),
        ("zone=Mars/Olympus", "no time zone 'Mars/Olympus'; give one like Europe/Berlin"),
    ],
)
def test_a_mistake_says_what_to_do(http, query, says):
    answer = http.get(f"/api/counts?{query}")

    assert answer.status_code == 400
    assert says in answer.json()["detail"]


def test_the_page_draws_a_line_for_each_query_and_keeps_the_filters(http):
    params = {"q": "river", "vs": ["council"], "lang": "en", "measure": "share"}
    page = http.get("/counts", params=params).text

    assert page.count("<polyline") == 2
    assert 'name="lang" value="en"' in page
    assert "/api/counts?q=river&amp;lang=en&amp;vs=council&amp;form=csv" in page
    assert "did you mean outlet:?" in http.get("/counts?q=outlt:x").text


def test_the_unit_of_the_chart_can_be_chosen(http):
    chosen = http.get("/api/search", params={"q": "report", "unit": "month"}).json()["timeline"]

    assert chosen["unit"] == "month"
    assert sum(bar["count"] for bar in chosen["bars"]) == 48


@pytest.mark.parametrize("unit", ["day", "week", "month", "year"])
def test_periods_of_every_unit_hold_all_articles(http, unit):
    params = {"q": "report", "vs": "outlet:weserblatt", "unit": unit}
    rows = http.get("/api/counts", params=params).json()["rows"]
    grouped = http.get("/api/counts", params={**params, "by": "lang"}).json()["rows"]

    assert sum(row["articles"] for row in rows if row["query"] == "report") == 48
    assert sum(row["articles"] for row in rows if row["query"] != "report") == 1
    assert sum(row["articles"] for row in grouped) == 49
    assert {row["start"] for row in grouped} <= {row["start"] for row in rows}


def test_what_compared_queries_have_in_common_is_asked_once(http, monkeypatch):
    asked, search = [], SearchReader.search
    monkeypatch.setattr(SearchReader, "search", lambda *given: asked.append(1) or search(*given))

    rows = http.get("/api/counts?q=council&vs=football&vs=weather&vs=harbour").json()["rows"]

    assert len(asked) == 5  # each query, and all coverage
    assert len({row["query"] for row in rows}) == 4
    assert len({(row["start"], row["coverage"]) for row in rows}) == len(rows) / 4
