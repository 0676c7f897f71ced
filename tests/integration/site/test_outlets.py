"""The page of each outlet, and collections of outlets."""

import os
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.cleanup import delete_installation
from tests.integration.indexing import index_stories
from tests.stories import NOON, clustered_story
from workers.adapters.elasticsearch.client import SearchIndex
from workers.adapters.elasticsearch.reader import SearchReader
from workers.search.analysis.outlets import find_silences, profile_outlet
from workers.search.params import SearchParams
from workers.settings import Settings

pytestmark = pytest.mark.elasticsearch
WIRES = ["northpoint-post", "weserblatt"]


@pytest.fixture
def signed(http, token):
    """The client with a token."""
    http.headers["Authorization"] = f"Bearer {token}"
    return http


@pytest.fixture
def wires(signed):
    """A collection that is there for one test."""
    answer = signed.put("/api/collections/wires", json={"outlets": WIRES})
    assert answer.json() == {"name": "wires", "outlets": WIRES}
    yield "wires"
    signed.delete("/api/collections/wires")


def outlets_of(http, **params):
    return {hit["outlet"] for hit in http.get("/api/search", params=params).json()["hits"]}


@pytest.mark.usefixtures("wires")
def test_a_collection_is_searched_by_its_name(http):
    everything = http.get("/api/search?outlet=northpoint-post&outlet=weserblatt").json()["total"]

    assert outlets_of(http, q="collection:wires", size=50) == {*WIRES}
    assert outlets_of(http, collection="wires", size=50) == {*WIRES}
    assert http.get("/api/search?q=collection:WIRES").json()["total"] == everything
    assert not outlets_of(http, q="-collection:wires", size=50) & {*WIRES}
    assert outlets_of(http, q="collection:(wires OR Wires) haushalt") == {"weserblatt"}


@pytest.mark.usefixtures("wires")
def test_a_collection_holds_in_counts_exports_facets_and_feeds(http):
    counts = http.get("/api/counts?q=collection:wires&by=outlet&unit=year").json()["rows"]
    export = http.get("/api/export?q=collection:wires&form=jsonl&fields=outlet").text
    facets = http.get("/api/search?collection=wires").json()["facets"]

    assert {row["group"] for row in counts} == {*WIRES}
    assert {*export.split()} == {'{"outlet":"northpoint-post"}', '{"outlet":"weserblatt"}'}
    assert {value["value"] for value in facets[0]["values"]} == {*WIRES}
    assert "Stadtrat" in http.get("/search.atom?q=collection:wires").text


@pytest.mark.usefixtures("wires")
def test_a_collection_that_changes_is_changed_in_every_search(signed):
    signed.put("/api/collections/wires", json={"outlets": ["weserblatt"]})

    assert outlets_of(signed, q="collection:wires", size=50) == {"weserblatt"}


@pytest.mark.usefixtures("wires")
@pytest.mark.parametrize("path", ["/api/search", "/api/export", "/api/words", "/api/copies"])
def test_a_collection_that_is_not_there_is_a_mistake_with_its_place(http, path):
    answer = http.get(path, params={"q": "river collection:wirse"})

    assert answer.status_code == 400
    assert answer.json()["detail"] == "no collection is called wirse; there are wires"
    assert http.get("/api/search?collection=wirse").status_code == 400
    assert http.get("/api/counts?q=river&vs=collection:wirse").status_code == 400
    assert http.get("/", params={"q": "collection:wirse"}).status_code == 400


@pytest.mark.usefixtures("wires")
def test_a_search_of_a_collection_can_be_saved_and_of_none_cannot(signed):
    saved = signed.post("/api/saved", json={"name": "w", "query": "collection:wires"})
    refused = signed.post("/api/saved", json={"name": "w", "query": "collection:wirse"})

    assert (saved.status_code, refused.status_code) == (201, 400)
    signed.delete(f"/api/saved/{saved.json()['id']}")


def test_only_who_has_a_token_changes_collections(http):
    http.headers.pop("Authorization", None)
    assert http.put("/api/collections/x", json={"outlets": ["a"]}).status_code == 401
    assert http.delete("/api/collections/x").status_code == 401
    assert http.post("/collections", data={"name": "x", "outlet": ["a"]}).status_code == 401


@pytest.mark.parametrize(
    ("name", "outlets"),
    [("Wires", ["a"]), ("w" * 41, ["a"]), ("-w", ["a"]), ("w", []), ("w", ["a b"]), ("w", [" "])],
)
def test_what_cannot_be_a_collection_is_refused(signed, name, outlets):
    answer = signed.put(f"/api/collections/{name}", json={"outlets": outlets})

    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(("name: ", "outlets: "))


def test_a_collection_is_made_changed_and_deleted_on_the_page(signed):
    made = signed.post("/collections", data={"name": "locals", "outlet": WIRES, "more": "a, b"})
    page = signed.get("/outlets?edit=locals").text

    assert made.headers["location"] == "/outlets#collections"
    assert '<a class="open" href="/?q=collection:locals">locals</a>' in page
    assert 'value="weserblatt" aria-label="weserblatt" checked' in page
    assert 'value="evil-echo" aria-label="evil-echo">' in page
    assert signed.post("/collections/locals/delete").status_code == 303
    assert signed.post("/collections/locals/delete").status_code == 404


def test_outlets_are_listed_with_their_last_article(http):
    rows = {row["outlet"]: row for row in http.get("/api/outlets").json()}

    assert rows["weserblatt"]["language"] == "de"
    assert rows["weserblatt"]["last"] == "2026-03-04T12:00:00+00:00"
    assert rows["eastmarch-courier"]["changed"] == 1
    assert rows["weserblatt"]["silent_seconds"] > 86_400
    assert http.get("/api/outlets?q=lang:de").json()[0]["outlet"] == "weserblatt"


def test_an_outlet_has_its_volume_hours_and_corrections(http):
    found = http.get("/api/outlets/eastmarch-courier").json()

    assert found["articles"] == 17
    assert sum(map(sum, found["hours"])) == 17
    assert found["hours"][0][17] == 1  # the river: Monday, 17:00
    assert sum(bar["count"] for bar in found["timeline"]["bars"]) == 17
    assert found["corrections"]["changed"] == 1
    assert {value["value"] for value in found["authors"]} >= {"Ada Quill", "Bo Inkwell"}
    assert found["silences"][0]["is_now"]


def test_hours_are_those_of_the_zone_that_is_asked_for(http):
    found = http.get("/api/outlets/eastmarch-courier?zone=asia/tokyo").json()

    assert found["zone"] == "Asia/Tokyo"
    assert found["hours"][1][2] == 1  # the river: Tuesday, 2:00
    assert "no time zone 'x'" in http.get("/api/outlets/weserblatt?zone=x").json()["detail"]


@pytest.mark.parametrize(
    ("zone", "at", "hour"),
    [
        ("Asia/Kolkata", "12:45", 18),
        ("Asia/Kolkata", "12:15", 17),
        ("Asia/Kathmandu", "12:20", 18),
        ("Australia/Lord_Howe", "12:15", 23),  # half an hour of summer time
        ("America/New_York", "12:59", 7),
    ],
)
def test_hours_of_zones_that_are_off_by_a_part_of_one_are_right(minutes, zone, at, hour):
    query = f"at{at.replace(':', '')}"
    now, asked = NOON + timedelta(days=1), SearchParams(query=query, zone=ZoneInfo(zone))
    found = profile_outlet(minutes, "eastmarch-courier", asked, now)

    assert [row.index(1) for row in found.hours if 1 in row] == [hour]
    assert found.silences[0].hours == 23
    assert found.silences[0].start == "2026-03-02T13:00:00+00:00"


@pytest.fixture(scope="module")
def minutes(elasticsearch_url):
    """The reader of an index with articles that are not of a whole hour."""
    settings = Settings(elasticsearch_url=elasticsearch_url, prefix=f"test-minutes-{os.getpid()}")
    search = SearchIndex(settings)
    search.bootstrap()
    stories = [
        clustered_story(f"m{m}", title=f"at12{m}", fetched_at=NOON + timedelta(minutes=m))
        for m in (15, 20, 45, 59)
    ]
    index_stories(search, stories)
    yield SearchReader(search)
    delete_installation(search)


def test_an_outlet_can_be_seen_in_a_range(http):
    found = http.get("/api/outlets/eastmarch-courier?on=2026-03-02").json()

    assert (found["articles"], len(found["timeline"]["bars"])) == (2, 1)


@pytest.mark.parametrize("time", ["on=2026-03-02", "before=2026-03-03", "q=on:2026-03-02"])
def test_a_past_range_ends_the_silence_of_an_outlet(http, time):
    found = http.get(f"/api/outlets/eastmarch-courier?{time}").json()
    rows = {row["outlet"]: row for row in http.get(f"/api/outlets?{time}").json()}

    # the river, at 17:00, is the last one in it
    assert found["silent_seconds"] == rows["eastmarch-courier"]["silent_seconds"] == 7 * 3600
    assert not any(each["is_now"] for each in found["silences"])
    assert all(each["end"] <= "2026-03-03" for each in found["silences"])


@pytest.mark.parametrize("path", ["/api/outlets/weserblatt", "/outlets/weserblatt"])
def test_the_page_of_an_outlet_is_of_no_other_outlet(http, path):
    alone, asked = http.get(path), http.get(f"{path}?outlet=northpoint-post&outlet=weserblatt")

    assert asked.status_code == 200
    if path.startswith("/api"):
        changing = {"silent_seconds": 0, "silences": []}
        assert asked.json() | changing == alone.json() | changing
    else:
        assert '<a href="/?outlet=weserblatt">1</a>' in asked.text


@pytest.mark.usefixtures("wires")
def test_a_page_shows_the_outlet_and_one_that_is_not_there_is_said(http):
    page = http.get("/outlets/northpoint-post").text

    assert "collection:wires" in page
    assert '<td class="heat-5">' in page
    assert "Eastmarch Courier" in page  # an agency
    assert http.get("/outlets/nobody").status_code == 404
    assert http.get("/api/outlets/nobody").status_code == 404


def test_times_are_shown_in_the_zone_of_the_reader(http):
    chosen = http.post("/zone", data={"zone": "europe/berlin", "back": "/outlets?q=lang:de"})
    page = http.get("/outlets", headers={"Cookie": "presswire_zone=Europe/Berlin"}).text

    assert chosen.headers["location"] == "/outlets?q=lang%3Ade&zone=Europe%2FBerlin"
    assert 'presswire_zone="Europe/Berlin"' in chosen.headers["set-cookie"]
    assert "4 Mar 2026, 13:00" in page
    assert 'value="Europe/Berlin"' in page
    assert http.post("/zone", data={"zone": "Nowhere/X"}).status_code == 400
    for back in ("//evil.example", "https://evil.example", "/\\evil.example"):
        answer = http.post("/zone", data={"zone": "UTC", "back": back})
        assert answer.headers["location"] == "/"


HOURS = [datetime(2026, 3, 2, tzinfo=UTC) + timedelta(hours=hour) for hour in (0, 1, 2, 26, 27)]


def test_a_silence_is_a_span_that_is_long_for_the_outlet():
    now = HOURS[-1] + timedelta(hours=3)

    (silence,) = find_silences(HOURS, now)

    assert (silence.hours, silence.is_now) == (23, False)
    assert silence.start == "2026-03-02T03:00:00+00:00"
    assert [each.is_now for each in find_silences(HOURS, now + timedelta(days=3))] == [True, False]
    assert [
        each.is_now for each in find_silences(HOURS, now + timedelta(days=3), lasts_on=False)
    ] == [False, False]
    assert find_silences(HOURS[::3], now) == []  # once in 26 hours is usual here
    assert find_silences([], now) == []
