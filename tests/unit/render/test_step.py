"""The render step with a browser of the tests' own."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from schemas.events import PageFetched, PageRejected, RenderDue
from schemas.outlet import Outlet
from schemas.page import RenderedPage, StoredPage
from schemas.reasons import Reason
from workers.exceptions import TryAgain
from workers.render.step import RENDERED_TYPE, render

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
URL = "https://gazette.example/1"
OUTLETS = {"g": Outlet(name="G", home="https://gazette.example/", language="en", render="always")}
DUE = RenderDue(
    page_id="1" * 16,
    outlet="g",
    url=URL,
    archive_key="original",
    final_url=URL,
    fetched_at=NOON,
    content_type="text/html; charset=latin-1",
    announced_published=NOON,
)


class Archive:
    def read(self, key):
        headers = (("content-type", "text/html; charset=latin-1"), ("set-cookie", "a=b"))
        return StoredPage(URL, URL, 200, headers, key.encode(), NOON)

    def write_rendered(self, page, outlet, original_key):
        self.written = (page, outlet, original_key)
        return "drawn"


class Browser:
    def __init__(self, chars, missed=""):
        self.drawn = RenderedPage(b"<p>drawn</p>", chars, 2, missed)

    def render(self, page, outlet):
        assert (page.body, outlet) == (b"original", OUTLETS["g"])
        return self.drawn


def test_what_was_drawn_is_archived_beside_its_original_and_goes_on_to_parse():
    archive = Archive()
    (fetched,) = render(DUE, Browser(900), archive, OUTLETS)
    page, outlet, original_key = archive.written
    assert (page.body, page.headers) == (b"<p>drawn</p>", (("content-type", RENDERED_TYPE),))
    assert (outlet, original_key) == ("g", "original")
    assert type(fetched) is PageFetched
    assert (fetched.archive_key, fetched.form, fetched.content_type) == (
        "drawn",
        "rendered",
        RENDERED_TYPE,
    )
    assert (fetched.fetched_at, fetched.announced_published) == (NOON, NOON)


@pytest.mark.parametrize(("chars", "is_kept"), [(900, True), (20, False)])
def test_a_page_without_text_that_missed_data_is_drawn_again_later(chars, is_kept):
    browser = Browser(chars, "/api/1: it is not gazette.example's turn")
    if is_kept:
        assert len(list(render(DUE, browser, Archive(), OUTLETS))) == 1
        return
    with pytest.raises(TryAgain, match="it is not") as later:
        list(render(DUE, browser, Archive(), OUTLETS))
    assert later.value.reason is Reason.RENDER_FAILED
    assert later.value.counts_as_attempt


def test_a_page_goes_on_as_it_was_fetched_if_its_outlet_needs_no_browser_any_more():
    outlets = {"g": replace(OUTLETS["g"], render="never")}
    (fetched,) = render(DUE, None, None, outlets)
    assert (type(fetched), fetched.archive_key, fetched.form) == (PageFetched, "original", "html")


def test_a_page_whose_outlet_is_gone_is_rejected():
    (event,) = render(DUE, Browser(900), Archive(), {})
    assert isinstance(event, PageRejected)
    assert event.reason is Reason.OUTLET_UNKNOWN
