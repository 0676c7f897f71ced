"""A stored page in, a clean article out."""

from collections.abc import Iterator
from typing import Any, Protocol

from schemas.article import INDEXED_KINDS, PageKind
from schemas.events import ArticleParsed, PageFetched, PageRejected, Reason
from schemas.outlet import Outlet, OutletLayout
from schemas.page import StoredPage
from workers.parse import extract
from workers.parse.fields.extraction_result import ExtractionResult
from workers.parse.html import decoding
from workers.parse.plaintext import reader

REASON_OF_KIND = {
    PageKind.ERROR: Reason.ERROR_PAGE,
    PageKind.BOT_CHALLENGE: Reason.BOT_CHALLENGE,
}


class Archive(Protocol):
    def read(self, key: str) -> StoredPage: ...


class Outlets(Protocol):
    def get(self, outlet_id: str, /) -> Outlet | None: ...


def parse(
    fetched: PageFetched, archive: Archive, outlets: Outlets
) -> Iterator[ArticleParsed | PageRejected]:
    """Raises GiveUp where the page holds no article that can be read."""
    page = archive.read(fetched.archive_key)
    outlet = outlets.get(fetched.outlet)
    article = read_page(page, fetched.form, outlet.layouts if outlet else ()).article
    ids: dict[str, Any] = {"page_id": fetched.page_id, "outlet": fetched.outlet, "url": fetched.url}
    if article.kind not in INDEXED_KINDS:
        reason = REASON_OF_KIND.get(article.kind, Reason.NOT_AN_ARTICLE)
        yield PageRejected(**ids, step="parse", reason=reason, detail=article.kind.value)
        return
    yield ArticleParsed(
        **ids, archive_key=fetched.archive_key, fetched_at=fetched.fetched_at, article=article
    )


def read_page(page: StoredPage, form: str, layouts: tuple[OutletLayout, ...]) -> ExtractionResult:
    """What stands on the page, with the origin of each field; `form` is "html" or "flattened"."""
    content_type = page.header("content-type")
    if form == "flattened":
        text = decoding.decode(page.body, content_type)
        return reader.read(text, page.final_url, page.fetched_at)
    return extract.read(page.body, page.final_url, layouts, content_type, page.fetched_at)
