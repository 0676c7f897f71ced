"""The parse stage: reads a stored page and passes on its article, or the reason for none."""

from collections.abc import Iterator
from typing import Any, Protocol

from msgspec.structs import asdict, replace
from selectolax.lexbor import LexborHTMLParser

from schemas.article import INDEXED_KINDS, Article, PageKind
from schemas.events import ArticleParsed, PageFetched, PageRejected, RenderDue
from schemas.outlet import Outlet, OutletLayout
from schemas.page import StoredPage
from schemas.reasons import Reason
from workers import urls
from workers.exceptions import PermanentFailure
from workers.parse import extract, shell
from workers.parse.fields.extraction_result import ExtractionResult
from workers.parse.html import decoding
from workers.parse.plaintext import reader

_REASONS = {
    PageKind.ERROR: Reason.ERROR_PAGE,
    PageKind.BOT_CHALLENGE: Reason.BOT_CHALLENGE,
}


class Archive(Protocol):
    """Where fetched pages are stored."""

    def read(self, key: str) -> StoredPage:
        """Return the page under a key."""


class Outlets(Protocol):
    """The outlets of this installation."""

    def get(self, outlet_id: str, /) -> Outlet | None:
        """Return an outlet, or None if there is none of that id."""


def parse(
    fetched: PageFetched, archive: Archive, outlets: Outlets
) -> Iterator[ArticleParsed | PageRejected | RenderDue]:
    """Yield the article of a fetched page, or its rejection if the page is of another kind. If only
    a script draws its text, and its outlet's file says so, the page is to be rendered.

    Raises:
        PermanentFailure: the page holds no article that can be read.
    """
    page = archive.read(fetched.archive_key)
    outlet = outlets.get(fetched.outlet)
    article = _read_unless_shell(fetched, page, outlet)
    if article is None:
        yield RenderDue(**asdict(fetched))
        return
    if article.published is None and fetched.announced_published is not None:
        article = replace(article, published=fetched.announced_published)
    ids: dict[str, Any] = {"page_id": fetched.page_id, "outlet": fetched.outlet, "url": fetched.url}
    if article.kind not in INDEXED_KINDS:
        reason = rejection_reason(article.kind)
        yield PageRejected(**ids, step="parse", reason=reason, detail=article.kind.value)
        return
    yield ArticleParsed(
        **ids, archive_key=fetched.archive_key, fetched_at=fetched.fetched_at, article=article
    )


def _read_unless_shell(
    fetched: PageFetched, page: StoredPage, outlet: Outlet | None
) -> Article | None:
    """Return the article of the page, or None if it is to be rendered first.

    Raises:
        PermanentFailure: the page holds no article that can be read.
    """
    layouts = outlet.layouts if outlet else ()
    may_render = outlet is not None and outlet.render != "never" and fetched.form == "html"
    try:
        article = read_page(page, fetched.form, layouts, fetched.announced_title).article
    except PermanentFailure as failure:
        is_empty = failure.reason in {Reason.NO_BODY, Reason.NO_TITLE}
        if may_render and is_empty and shell.is_shell(page.body, None):
            return None
        raise
    return None if may_render and shell.is_shell(page.body, article) else article


def rejection_reason(kind: PageKind) -> Reason:
    """Return why pages of a kind that is not indexed are rejected."""
    return _REASONS.get(kind, Reason.NOT_AN_ARTICLE)


def read_page(
    page: StoredPage, form: str, layouts: tuple[OutletLayout, ...], announced_title: str = ""
) -> ExtractionResult:
    """Return what is on the page with the origin of each field; `form` is "html" or "flattened".
    The article's address is the page's without the parameters with which it was announced; its
    title is the announced one if the page has none.

    Raises:
        PermanentFailure: the page holds no article that can be read.
    """
    content_type = page.header("content-type")
    if form == "flattened":
        text = decoding.decode(page.body, content_type)
        result = reader.read(text, page.final_url, page.fetched_at)
    else:
        arguments = (page.body, page.final_url, layouts, content_type, page.fetched_at)
        result = _with_title(extract.read_fields(*arguments), announced_title)
        extract.check(result.article)
    return replace(result, article=replace(result.article, url=urls.clean_url(page.final_url)))


def _with_title(result: ExtractionResult, announced: str) -> ExtractionResult:
    """Return the result with the title of the announcement, which may hold markup, if the page has
    none."""
    if result.article.title or not announced:
        return result
    body = LexborHTMLParser(announced).body
    title = " ".join(body.text().split()) if body else ""
    origins = result.origins | {"title": "announcement"}
    return replace(result, article=replace(result.article, title=title), origins=origins)
