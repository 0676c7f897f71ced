"""The render stage: a page that a script writes, drawn by a browser and archived as it then is."""

from collections.abc import Iterator
from typing import Any, Protocol

from msgspec.structs import asdict, replace

from schemas.events import PageFetched, PageRejected, RenderDue
from schemas.outlet import Outlet
from schemas.page import MIN_TEXT_CHARS, RenderedPage, StoredPage
from schemas.reasons import Reason
from workers.exceptions import TryAgain

RENDERED_TYPE = "text/html; charset=utf-8"
RETRY_SECONDS = 60.0


class Browser(Protocol):
    """Draws pages; what their scripts ask for is asked politely, or not at all."""

    def render(self, page: StoredPage, outlet: Outlet) -> RenderedPage:
        """Return the page after its scripts have run; raises TryAgain and PermanentFailure."""


class Archive(Protocol):
    """Where pages are stored, as they were fetched and as they were drawn."""

    def read(self, key: str, /) -> StoredPage: ...

    def write_rendered(self, page: StoredPage, outlet: str, original_key: str, /) -> str: ...


class Outlets(Protocol):
    """The outlets of this installation."""

    def get(self, outlet_id: str, /) -> Outlet | None:
        """Return an outlet, or None if there is none of that id."""


def render(
    due: RenderDue, browser: Browser, archive: Archive, outlets: Outlets
) -> Iterator[PageFetched | PageRejected]:
    """Yield the page as its scripts have drawn it, as it was fetched if its outlet's file no longer
    asks for a browser, or its rejection if the outlet is gone.

    Raises:
        TryAgain: the browser failed, or the page lacks what its host did not give in time.
        PermanentFailure: the page is too large, or not in the archive.
    """
    outlet = outlets.get(due.outlet)
    if outlet is None:
        ids: dict[str, Any] = {"page_id": due.page_id, "outlet": due.outlet, "url": due.url}
        yield PageRejected(**ids, step="render", reason=Reason.OUTLET_UNKNOWN)
        return
    if outlet.render == "never":
        yield PageFetched(**asdict(due))
        return
    original = archive.read(due.archive_key)
    drawn = browser.render(original, outlet)
    if drawn.missed and drawn.text_chars < MIN_TEXT_CHARS:
        detail = f"{drawn.text_chars} characters of text; {drawn.missed}"
        raise TryAgain(detail, RETRY_SECONDS, Reason.RENDER_FAILED)
    page = replace(
        original, status=200, headers=(("content-type", RENDERED_TYPE),), body=drawn.html
    )
    key = archive.write_rendered(page, due.outlet, due.archive_key)
    fields = asdict(due) | {"archive_key": key, "content_type": RENDERED_TYPE, "form": "rendered"}
    yield PageFetched(**fields)
