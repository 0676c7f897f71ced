"""Events in the news: the front of the search page, their own pages, and the API."""

import os
from datetime import timedelta

import httpx
import msgspec
import pytest

from schemas.events import Role
from tests.cleanup import delete_installation
from tests.integration.indexing import index_stories
from tests.stories import NOON, clustered_story
from workers.adapters.elasticsearch.client import SearchIndex
from workers.search.analysis import news_events
from workers.settings import Settings

pytestmark = pytest.mark.elasticsearch

FIRE = (
    ("courier", 0, "Fire in Merrow kills 24", "A blaze killed 24 workers, mayor Ilse Brandt said."),
    ("post", 2, "Merrow mourns", "Ilse Brandt spoke of 24 dead. Inspector Piet Hansen had warned."),
    ("blatt", 5, "Feuer in Merrow", "Bei dem Brand starben 25 Menschen, sagte Ilse Brandt."),
    (
        "times",
        6,
        "Sprinklers missing",
        "The halls of Quillworks in Merrow had none, Piet Hansen found.",
    ),
)


def told(name, hours, event, title, body, **more):
    at = NOON + timedelta(hours=hours)
    story = clustered_story(name, title=title, paragraphs=(body,), fetched_at=at, **more)
    return msgspec.structs.replace(story, news_event_id=event, related_at=1)


def newsroom():
    for outlet, hours, title, body in FIRE:
        language = "de" if outlet == "blatt" else "en"
        yield told(f"fire-{outlet}", hours, "fire", title, body, outlet=outlet, language=language)
    yield told("fire-copy", 7, "fire", *FIRE[0][2:], outlet="echo", cluster="fire-courier",
        role=Role.REPRINT, overlap=1.0)  # fmt: skip
    yield told("vote-post", 3, "vote", "Merrow votes for tram", "52 per cent.", outlet="post")
    yield told("vote-times", 4, "vote", "A tram after all", "Teles won.", outlet="times")
    yield told("lone", 8, "lone", "Cat found in Drumlin", "It was well.", outlet="post")
    yield told("old", -40, "old", "Old news", "Of before.", outlet="post")
    yield told("old-too", -39, "old", "Old news again", "Of before.", outlet="times")
    yield told("evil", 5, "evil/../<b>", "<script>alert(1)</script>", "x", outlet="post")
    yield clustered_story("unrelated", title="An article without an event", outlet="post")


@pytest.fixture(scope="module")
def settings(elasticsearch_url, redis_url):
    """Settings of an index whose articles tell events."""
    prefix = f"test-events-{os.getpid()}"
    settings = Settings(elasticsearch_url=elasticsearch_url, redis_url=redis_url, prefix=prefix)
    search = SearchIndex(settings)
    search.bootstrap()
    assert {result.state for result in index_stories(search, newsroom())} == {"done"}
    yield msgspec.structs.replace(settings, relate_events=True, site_searches_per_minute=100_000)
    delete_installation(search)


@pytest.fixture
def events_http(serve, settings):
    """A client of a site that relates events."""
    given = {name: getattr(settings, name) for name in settings.__struct_fields__}
    with httpx.Client(base_url=serve(**given), timeout=30) as client:
        yield client


def test_the_events_of_most_outlets_come_first_and_copies_are_folded(events_http):
    found = events_http.get("/api/events").json()
    assert [each["id"] for each in found["events"]] == ["fire", "vote", "evil/../<b>", "lone"]
    fire = found["events"][0]
    assert (fire["outlets"], fire["tellings"], fire["articles"]) == (5, 4, 5)
    assert sorted(fire["languages"]) == ["de", "en"]
    assert (fire["first"]["outlet"], fire["first"]["id"]) == ("courier", "fire-courier")
    assert sum(fire["growth"]) == 5


def test_hours_count_back_from_the_newest_article(events_http):
    assert "old" in {e["id"] for e in events_http.get("/api/events?hours=72").json()["events"]}
    assert "old" not in {e["id"] for e in events_http.get("/api/events").json()["events"]}
    assert "hours: from 1" in events_http.get("/api/events?hours=0").json()["detail"]


def test_a_search_has_the_events_that_its_articles_tell(events_http):
    found = events_http.get("/api/events", params={"q": "tram"}).json()
    assert [each["id"] for each in found["events"]] == ["vote"]
    assert events_http.get("/api/events", params={"q": "nobody"}).json()["events"] == []


def test_an_event_tells_who_was_first_and_what_each_adds(events_http):
    event = events_http.get("/api/events/fire").json()
    assert event["articles"] == 5
    assert event["languages"] == ["en", "de"]
    tellings = {each["outlet"]: each for each in event["tellings"]}
    assert [*tellings] == ["courier", "post", "blatt", "times"]
    assert tellings["courier"] | {"copies": 1} == tellings["courier"]
    assert tellings["post"]["adds"] == ["Inspector Piet Hansen"]
    assert tellings["blatt"]["adds"] == ["25"]
    assert tellings["times"]["adds"] == ["Quillworks"]


def test_an_event_of_many_articles_has_the_numbers_of_all_of_them(events_http, monkeypatch):
    monkeypatch.setattr(news_events, "MAX_TELLINGS", 2)
    event = events_http.get("/api/events/fire").json()
    assert (event["articles"], event["stories"], len(event["tellings"])) == (5, 4, 2)
    assert event["outlets"] == ["courier", "post", "blatt", "times", "echo"]
    assert event["languages"] == ["en", "de"]
    assert event["tellings"][0]["copies"] == 1
    page = events_http.get("/events/fire").text
    assert "5 outlets" in page
    assert "4 tellings, 1 copy<" in page
    assert "The first 2 tellings of 4." in page


def test_an_event_that_is_not_there_is_a_plain_error(events_http):
    assert events_http.get("/api/events/nothing").status_code == 404
    assert "There is no event" in events_http.get("/events/nothing").text


def test_the_front_shows_what_several_outlets_tell_and_a_search_does_not(events_http):
    front = events_http.get("/").text
    assert "Today’s events" in front
    assert front.index("Fire in Merrow kills 24") < front.index("Merrow votes for tram")
    assert 'href="/events/lone"' not in front
    assert "Today’s events" not in events_http.get("/?q=merrow").text
    assert "Today’s events" not in events_http.get("/?outlet=post").text


def test_where_events_are_not_related_the_front_is_as_before(http):
    assert "Today’s events" not in http.get("/").text
    assert "the stage relate is off" in http.get("/events").text


def test_the_pages_show_every_event_and_escape_what_outlets_write(events_http):
    page = events_http.get("/events?hours=72").text
    assert "Old news" in page
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page
    telling = events_http.get("/events/fire").text
    assert "told it first" in telling
    assert "4 tellings, 1 copy<" in telling
    assert "Hansen" in telling


def test_a_mistake_in_the_query_is_shown(events_http):
    assert events_http.get("/events", params={"q": "outlet:("}).status_code == 400
