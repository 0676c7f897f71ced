"""Which way a fetched page goes on, and when it is asked for only if it has changed."""

from datetime import UTC, datetime

import pytest

from schemas.events import PageFetched, PageFound, RenderDue
from schemas.outlet import Outlet
from schemas.page import StoredPage
from workers.fetch.step import fetch

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
URL = "https://gazette.example/1"


class Downloader:
    def fetch(self, url, _judge, *, is_revisit):
        self.is_revisit = is_revisit
        headers = (("content-type", "text/html"),)
        return StoredPage(url, url, 200, headers, b"<html><p>news</p>", NOON)


class Archive:
    def write(self, *_page):
        return "key"


def fetched(render, visits=0):
    found = PageFound(page_id="1", outlet="g", url=URL, found_in=URL, title="T", visits=visits)
    outlets = {"g": Outlet(name="G", home=URL, language="en", render=render)} if render else {}
    downloader = Downloader()
    result = fetch(found, downloader, Archive(), outlets)
    return result.outcome, downloader.is_revisit


@pytest.mark.parametrize(
    ("render", "kind"),
    [("always", RenderDue), ("when_empty", PageFetched), ("never", PageFetched), ("", PageFetched)],
)
def test_a_page_goes_to_a_browser_if_its_outlet_always_needs_one(render, kind):
    outcome, _ = fetched(render)
    assert type(outcome) is kind
    assert (outcome.archive_key, outcome.announced_title) == ("key", "T")


@pytest.mark.parametrize(
    ("render", "visits", "is_conditional"),
    [
        ("never", 1, True),
        ("", 1, True),
        ("never", 0, False),
        ("always", 1, False),
        ("when_empty", 1, False),
    ],
)
def test_a_shell_is_asked_for_again_though_its_html_is_the_same(render, visits, is_conditional):
    assert fetched(render, visits)[1] == is_conditional
