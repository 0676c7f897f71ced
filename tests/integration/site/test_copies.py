"""Who copies whom: stories by number of articles, lag by outlet, agencies by outlet."""

import pytest

pytestmark = pytest.mark.elasticsearch


def test_the_story_printed_most_often_comes_first(http):
    found = http.get("/api/search", params={"sort": "copies", "size": 2}).json()

    assert found["hits"][0]["id"] == "river-northpoint-post"
    assert found["hits"][0]["cluster"]["articles"] == 4
    assert found["hits"][1]["cluster"] is None


def test_pages_by_copies_follow_each_other(http):
    params = {"sort": "copies", "size": 20, "q": "report OR river"}
    seen, cursor = [], ""
    while cursor is not None:
        found = http.get("/api/search", params={**params, "cursor": cursor}).json()
        seen += [hit["id"] for hit in found["hits"]]
        cursor = found["cursor"]

    assert len(seen) == len(set(seen)) == 49
    assert seen[0] == "river-northpoint-post"


def test_an_export_by_copies_is_refused_with_advice(http):
    answer = http.get("/api/export", params={"sort": "copies"})

    assert answer.status_code == 400
    assert "take newest or oldest" in answer.json()["detail"]


def test_outlets_have_their_lag_after_the_first(http):
    found = http.get("/api/copies").json()

    (story,) = found["stories"]
    rows = {row["outlet"]: row for row in found["outlets"]}
    assert (story["id"], story["articles"], found["sampled_stories"]) == ("river", 4, 1)
    assert rows["northpoint-post"]["first"] == 1
    assert rows["northpoint-post"]["median_lag_seconds"] is None
    assert rows["weir-gazette"]["median_lag_seconds"] == 3 * 3600
    assert rows["harbour-times"]["own_share"] == 0.0
    assert rows["weserblatt"] | {"shared_stories": 0, "own_share": 1.0} == rows["weserblatt"]


def test_agencies_are_counted_by_outlet(http):
    rows = http.get("/api/copies").json()["agencies"]

    assert {"agency": "Eastmarch Courier", "outlet": "weir-gazette", "articles": 1} in rows
    assert len(rows) == 3


def test_stories_with_fewer_copies_can_be_left_out(http):
    assert http.get("/api/copies?copies=4").json()["stories"] != []
    assert http.get("/api/copies?copies=5").json()["stories"] == []
    assert "copies: from 2" in http.get("/api/copies?copies=1").json()["detail"]


def test_the_page_shows_all_three(http):
    page = http.get("/copies", params={"q": "river"}).text

    assert "4 articles of 4 outlets" in page
    assert "3 h" in page
    assert "<td>weir-gazette</td>" in page
    assert "did you mean outlet:?" in http.get("/copies?q=outlt:x").text


def test_a_reprint_is_seen_beside_its_original_with_what_was_cut_and_added(http):
    found = http.get("/api/articles/river/beside/river-weir-gazette").json()
    page = http.get("/articles/river/beside/river-weir-gazette").text

    (first, *cut) = found["changes"]["paragraphs"]
    assert [part["text"] for part in first["parts"] if part["how"] == "added"] == [
        " Schools were closed."
    ]
    assert {change["how"] for change in cut} == {"removed"}
    assert (found["kept"], found["added"]) == (11, 3)
    assert "<ins> Schools were closed.</ins>" in page
    assert "<del>Bridges closed</del>" in page
    assert http.get("/articles/river/beside/nobody").status_code == 404


def test_articles_without_a_language_are_seen_beside_each_other(http):
    found = http.get("/api/articles/evil/beside/formula")
    page = http.get("/articles/evil/beside/formula")

    assert (found.status_code, page.status_code) == (200, 200)
    assert found.json()["first"]["language"] is None
    assert "evil-echo kept" in page.text
    assert http.get("/articles/river/beside/formula").status_code == 200


def test_the_story_leads_to_each_reprint_beside_its_original(http):
    cluster = http.get("/clusters/river").text
    article = http.get("/articles/river-weir-gazette").text

    assert 'href="/articles/river/beside/river-harbour-times"' in cluster
    assert 'href="/articles/river/beside/river-weir-gazette"' in article
