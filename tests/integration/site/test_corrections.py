"""Corrections: found by query, listed with their difference, as a feed, counted by outlet."""

import pytest
from defusedxml import ElementTree

pytestmark = pytest.mark.elasticsearch
ATOM = "{http://www.w3.org/2005/Atom}"


def ids(http, query):
    answer = http.get("/api/search", params={"q": query, "reprints": "true"})
    assert answer.status_code == 200, answer.text
    return {hit["id"] for hit in answer.json()["hits"]}


def test_changed_articles_are_found_by_time_size_and_place_of_the_change(http):
    for query in (
        "changes:1..",
        "changed:2026-03-02",
        "changed:2026-02-25..2026-03-03",
        "changed_words:1.. river",
        "changed_in:body",
    ):
        assert ids(http, query) == {"river"}
    for query in ("changes:2..", "changed:2026-03-03", "changed_words:50..", "changed_in:title"):
        assert ids(http, query) == set()


def test_a_hit_says_what_its_last_change_was(http):
    (hit,) = http.get("/api/search", params={"q": "changes:1.."}).json()["hits"]

    assert hit["changed_at"].startswith("2026-03-02T17:00")
    assert (hit["changes"], hit["changed_words"], hit["changed_in"]) == (1, 2, ["body"])


@pytest.mark.parametrize(
    "query", ["", "river", "outlet:eastmarch-courier", "changed:2026-02-25..2026-03-03"]
)
def test_corrections_are_listed_with_their_difference(http, query):
    found = http.get("/api/changes", params={"q": query}).json()

    (correction,) = found["corrections"]
    assert found["total"] == 1
    (paragraph,) = correction["change"]["paragraphs"]
    assert {"how": "removed", "text": "two"} in paragraph["parts"]
    page = http.get("/changes", params={"q": query}).text
    assert "<del>two</del><ins>three</ins>" in page


def test_outlets_are_counted_with_how_soon_they_change(http):
    rows = http.get("/api/changes/outlets").json()

    assert (rows[0]["outlet"], rows[0]["changed"]) == ("eastmarch-courier", 1)
    assert rows[0]["share"] == round(1 / rows[0]["articles"], 6)
    assert rows[0]["median_seconds"] == 0
    assert rows[1]["changed"] == 0


def entries(answer):
    assert answer.headers["content-type"] == "application/atom+xml"
    return list(ElementTree.fromstring(answer.text).iter(f"{ATOM}entry"))


def test_corrections_have_a_feed_with_an_entry_for_each_change(http):
    (entry,) = entries(http.get("/changes.atom", params={"outlet": "eastmarch-courier"}))

    assert entry.find(f"{ATOM}id").text == "urn:presswire:article:river:1"
    assert entry.find(f"{ATOM}summary").text == "2 words in body"
    assert entry.find(f"{ATOM}updated").text.startswith("2026-03-02T17:00")


def test_any_search_has_a_feed_with_its_filters(http):
    found = entries(http.get("/search.atom", params={"q": "river OR haushalt", "lang": "de"}))

    assert [entry.find(f"{ATOM}id").text for entry in found] == ["urn:presswire:article:haushalt"]
    assert http.get("/search.atom?q=outlt:x").status_code == 400
