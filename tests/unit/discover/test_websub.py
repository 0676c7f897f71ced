"""WebSub without a network: hubs that feeds name, what is requested, and what is believed."""

import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest

from schemas.events import FeedDue
from schemas.outlet import Outlet
from schemas.page import StoredPage
from schemas.subscription import Subscription
from workers.discover import websub
from workers.discover.feeds import Feed, read_feed
from workers.discover.hints import read_hints
from workers.discover.step import discover

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FEED = "https://www.gazette.example/feed.xml"
HUB, TOPIC = "https://hub.example/", "https://www.gazette.example/news.atom"
SUBSCRIPTION = Subscription("f" * 16, TOPIC, HUB, "key", "secret")
RSS = """<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>G</title>
<link>https://www.gazette.example/</link>
<atom:link rel="hub" href="https://hub.example/"/>
<atom:link rel="self" href="https://www.gazette.example/news.atom"/></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>G</title><link rel="hub"
href="https://hub.example/"/><link rel="self" href="https://www.gazette.example/news.atom"/></feed>
"""
JSON = """{"version":"https://jsonfeed.org/version/1.1","items":[],
"feed_url":"https://www.gazette.example/news.atom",
"hubs":[{"type":"WebSub","url":"https://hub.example/"}]}"""


def page(*links, body="", url=FEED):
    headers = tuple(("link", link) for link in links)
    return StoredPage(url, url, 200, headers, body.encode(), NOON)


@pytest.mark.parametrize("body", [RSS, ATOM, JSON])
def test_hub_and_topic_are_found_in_every_kind_of_feed(body):
    feed = read_feed(body.encode(), {}, FEED)
    assert websub.find_hub(feed, page()) == (HUB, TOPIC)
    hints = read_hints(feed, page())
    assert (hints.hub, hints.topic) == (HUB, TOPIC)


@pytest.mark.parametrize(
    "links",
    [
        (f'<{HUB}>; rel="hub"', f'<{TOPIC}>; rel="self"'),
        (f"<{HUB}>; rel=hub, <{TOPIC}>;rel=self",),
        (f'<{HUB}>; title="a, b; rel=self"; REL="preload Hub", <{TOPIC}>; rel="self"',),
        (f'<{HUB}>; rel="hub"', '</news.atom>; rel="self"'),
        (f'<{HUB}>; rel="hub", <https://second.example/>; rel="hub", <{TOPIC}>; rel="self"',),
    ],
)
def test_hub_and_topic_are_found_in_headers(links):
    other = Feed((), hub="https://other.example/", topic="https://other.example/feed")
    assert websub.find_hub(other, page(*links)) == (HUB, TOPIC)


def test_a_feed_without_its_own_address_is_known_by_the_one_that_was_asked():
    assert websub.find_hub(Feed((), hub=HUB), page()) == (HUB, FEED)


@pytest.mark.parametrize(
    "hub",
    [
        "",
        "ftp://hub.example/",
        "file:///etc/passwd",
        "https://user:password@hub.example/",
        "https://hub.example/\r\nHost: other.example",
        "https://hub.example/ ",
        "https://[hub",
        "https://hub.example/" + 2_000 * "a",
    ],
)
def test_what_is_no_address_of_the_web_is_no_hub(hub):
    assert websub.find_hub(Feed((), hub=hub), page()) == ("", "")


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "header", ["<" * 90_000, "<a>;" + '"' * 90_000, "<a>" + "; rel" * 20_000, "<http://[>; rel=hub"]
)
def test_a_header_made_to_do_harm_names_no_hub(header):
    assert websub.find_hub(Feed(()), page(header)) == ("", "")


class Shelf(dict):
    def get(self, url):
        return self[url]


class FakeSchedule:
    def record_hints(self, _due, hints):
        self.hints = hints


@pytest.mark.parametrize(("feeds", "hub"), [(1, HUB), (2, "")])
def test_a_hub_speaks_for_a_home_page_that_names_one_feed_and_for_no_more(feeds, hub):
    home = "https://www.gazette.example/"
    addresses = [f"{home}{n}.xml" for n in range(feeds)]
    named = [f'<link rel="alternate" type="application/rss+xml" href="{url}">' for url in addresses]
    shelf = Shelf({url: page(body=RSS, url=url) for url in addresses})
    shelf[home] = page(body=f"<html><head>{''.join(named)}</head></html>", url=home)
    schedule = FakeSchedule()
    outlets = {"gazette": Outlet(name="Gazette", home=home, language="en", id="gazette")}
    found = RSS.replace("</channel>", "<item><link>/a</link></item></channel>")
    for url in addresses:
        shelf[url] = page(body=found, url=url)
    list(discover(FeedDue(page_id="0" * 16, outlet="gazette", url=home), shelf, outlets, schedule))
    assert schedule.hints.hub == hub


def test_the_request_asks_for_pushes_to_an_address_that_only_the_hub_knows():
    form = parse_qs(websub.request_form("https://news.example/", SUBSCRIPTION).decode())
    assert form == {
        "hub.mode": ["subscribe"],
        "hub.topic": [TOPIC],
        "hub.callback": [f"https://news.example/websub/{SUBSCRIPTION.feed}/key"],
        "hub.secret": ["secret"],
        "hub.lease_seconds": ["604800"],
    }


def test_a_hub_that_does_not_confirm_is_asked_ever_more_rarely_and_daily_in_the_end():
    pauses = [websub.retry_pause(times) for times in (1, 2, 3, 20, 5_000)]
    assert pauses[:3] == [timedelta(minutes=minutes) for minutes in (10, 20, 40)]
    assert pauses[3:] == [timedelta(days=1)] * 2


def confirmation(**changed):
    given = {"mode": "subscribe", "topic": TOPIC, "challenge": "c", "lease_seconds": "600"}
    return {f"hub.{name}": value for name, value in (given | changed).items() if value is not None}


def test_what_was_asked_for_is_confirmed():
    word = websub.parse_hub_message(confirmation(), SUBSCRIPTION)
    assert (word.mode, word.challenge, word.lease) == ("subscribe", "c", timedelta(minutes=10))


@pytest.mark.parametrize(
    ("given", "days"), [(None, 7), ("", 7), ("-1", 7), ("1e9", 7), ("٣", 7), ("9" * 9, 30)]
)
def test_a_lease_is_a_number_of_bearable_size(given, days):
    assert websub.parse_hub_message(
        confirmation(lease_seconds=given), SUBSCRIPTION
    ).lease == timedelta(days=days)


@pytest.mark.parametrize(
    "changed",
    [
        {"topic": "https://other.example/"},
        {"topic": None},
        {"mode": "unsubscribe"},
        {"mode": None},
        {"challenge": ""},
        {"challenge": None},
        {"mode": "denied", "topic": "https://other.example/"},
    ],
)
def test_what_was_not_asked_for_is_not_confirmed(changed):
    assert websub.parse_hub_message(confirmation(**changed), SUBSCRIPTION) is None


def test_a_hub_may_deny():
    assert (
        websub.parse_hub_message(confirmation(mode="denied", challenge=None), SUBSCRIPTION).mode
        == "denied"
    )


def test_a_lease_is_renewed_before_it_ends_and_a_very_short_one_not_all_the_time():
    assert websub.renew_at(timedelta(days=10), NOON) == NOON + timedelta(days=8)
    assert websub.renew_at(timedelta(seconds=5), NOON) == NOON + timedelta(minutes=10)


def signed(body, method, key="secret"):
    return f"{method}={hmac.new(key.encode(), body, method).hexdigest()}"


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_each_method_of_the_specification_is_believed(method):
    assert websub.is_signed(b"news", signed(b"news", method), "secret")
    assert websub.is_signed(b"news", signed(b"news", method).upper(), "secret")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "sha256",
        "sha256=",
        "sha256=ä",
        signed(b"other", "sha256"),
        signed(b"news", "sha256", "wrong"),
        signed(b"news", "md5"),
        signed(b"news", "sha256").replace("sha256", "sha1"),
        signed(b"news", "sha256")[:-1],
    ],
)
def test_no_other_signature_is_believed(header):
    assert not websub.is_signed(b"news", header, "secret")


@pytest.mark.parametrize(
    ("left", "credit", "quiet"),
    [
        (86_400, 2, 7_200),  # pushed, and the news were found
        (86_400, 1, 7_200),  # once news were found that it did not push
        (86_400, 0, 0),  # twice; or it never pushed
        (86_400, 3, 0),  # pushed, and the news were not found yet
        (600, 2, 600),
        (-1, 2, 0),
    ],
)
def test_a_feed_is_polled_unless_its_hub_has_shown_that_it_pushes(left, credit, quiet):
    assert websub.polling_pause(NOON.timestamp() + left, credit, NOON) == quiet
