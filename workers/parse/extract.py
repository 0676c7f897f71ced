"""A page's HTML in, a clean article out: the conductor of this folder."""

from datetime import datetime
from functools import partial

from msgspec import Struct
from msgspec.structs import replace
from selectolax.lexbor import LexborHTMLParser, LexborNode

from schemas.article import INDEXED_KINDS, Article
from schemas.events import Reason
from schemas.outlet import OutletLayout
from workers import html_depth
from workers.exceptions import PermanentFailure
from workers.parse import outlet_selectors
from workers.parse.body import content, jsonld_fallback, selection
from workers.parse.fields import byline, dateline, dates, language, subtitle, title, topics
from workers.parse.fields.extraction_result import Dropped, ExtractionResult
from workers.parse.html import decoding, metadata, tree
from workers.parse.layout import page_analysis
from workers.parse.page_type import page_type
from workers.parse.page_type.interstitials import PageFacts

_LITTLE = 400
_SHOWN = 120


class Prepared(Struct, frozen=True):
    """A page taken in, before its text is judged."""

    document: LexborHTMLParser
    head: metadata.Metadata
    scene: page_analysis.PageAnalysis
    title: tuple[str, str]
    authors: tuple[tuple[str, ...], str]
    published: tuple[datetime | None, str]


def read(
    html: bytes | str,
    url: str,
    layouts: tuple[OutletLayout, ...] = (),
    content_type: str = "",
    now: datetime | None = None,
) -> ExtractionResult:
    """Title, text and all else that the page tells about its story.

    Pages that are no articles come back with their `kind`. Raises GiveUp (UNREADABLE, NO_TITLE,
    NO_BODY) where there is nothing to come back with. No date is after `now`, if it is given.
    """
    return _read(prepare(html, url, content_type, now), url, layouts, now)


def _read(
    page: Prepared, url: str, layouts: tuple[OutletLayout, ...] = (), now: datetime | None = None
) -> ExtractionResult:
    override = _override(page, layouts, now)
    found = _content(page, override, url)
    article, origins = _article(page, found, url, now)
    if override is not None:
        article = replace(article, **override.fields, notes=article.notes + override.notes)
        origins |= override.origins
    article, shown = _with_kind(page, article, url)
    origins["kind"] = shown
    _check(article)
    return ExtractionResult(article, origins, partial(dropped, found))


def dropped(found: content.Content) -> tuple[Dropped, ...]:
    """What was passed over, and why, as readers of an explanation get it."""
    return tuple(Dropped(reason, text[:_SHOWN]) for reason, text in found.tell())


def prepare(
    html: bytes | str, url: str, content_type: str = "", now: datetime | None = None
) -> Prepared:
    """The page parsed and weighed, with title, authors and date. Raises GiveUp (UNREADABLE)."""
    text = decoding.decode(html, content_type)
    if "<" not in text:
        raise PermanentFailure(
            Reason.UNREADABLE, "no markup in the input" if text.strip() else "empty input"
        )
    if (depth := html_depth.depth_of(text)) > html_depth.MAX_DEPTH:
        raise PermanentFailure(Reason.UNREADABLE, f"elements nested {depth} deep")
    document = LexborHTMLParser(text)
    body = document.body
    if body is None:
        raise PermanentFailure(Reason.UNREADABLE, "no body in the document")
    page = tree.walk(body)
    head = metadata.read(document, page.loose, url)
    headline = title.find(page, head, url)
    clues = _clues(head, headline[0])
    found = _with_hidden(body, _look(page, clues, headline[0]), headline[0])
    headline = headline if headline[0] else title.find(found.page, head, url)
    window = _opening(found)
    authors = byline.find(found.page, head, url, window)
    known = tuple(name.lower() for name in authors[0] if " " in name)
    found.clues = replace(clues, authors=known)
    last = found.solid[-1] if found.solid else len(found.page.runs)
    published = dates.published(found.page, head, url, (window, (last, last + 8)), now)
    return Prepared(document, head, found, headline, authors, published)


def _clues(head: metadata.Metadata, headline: str) -> page_analysis.HeadHints:
    description = head.value("og:description", "description", "twitter:description")
    return page_analysis.HeadHints(" ".join(headline.lower().split()), description.lower())


def _look(
    page: tree.PageTree, clues: page_analysis.HeadHints, headline: str
) -> page_analysis.PageAnalysis:
    return page_analysis.PageAnalysis(page, clues, title.box_of(page, headline))


def _with_hidden(
    body: LexborNode, found: page_analysis.PageAnalysis, headline: str
) -> page_analysis.PageAnalysis:
    """The page with all that was left out, if the text is there; else as it was `found`."""
    if found.core.prose >= _LITTLE or not found.page.left_out:
        return found
    whole = _look(tree.walk(body, everything=True), found.clues, headline)
    return whole if whole.core.prose > 2 * found.core.prose + _LITTLE / 2 else found


def _opening(found: page_analysis.PageAnalysis) -> tuple[int, int]:
    """Where byline and date may stand: from a little before the headline to the first lines."""
    first = found.solid[0] if found.solid else found.title_at
    return found.title_at - 6, max(first, found.title_at) + 4


def _override(
    page: Prepared, layouts: tuple[OutletLayout, ...], now: datetime | None
) -> outlet_selectors.SelectedFields | None:
    layout = outlet_selectors.choose(layouts, page.published[0])
    if layout is None:
        return None
    return outlet_selectors.read(page.document, layout, page.head.language or "", now)


def _content(
    page: Prepared, override: outlet_selectors.SelectedFields | None, url: str
) -> content.Content:
    if override is None or not override.body:
        found = content.read(page.scene, selection.select(page.scene), page.head, url)
        told = jsonld_fallback.blocks(page.head, found.blocks)
        return content.told(found, told) if told else found
    part = outlet_selectors.page_of(override.body)
    own = _look(part, page.scene.clues, page.title[0])
    return content.read(own, selection.select_all(own), page.head, url)


def _article(
    page: Prepared, found: content.Content, url: str, now: datetime | None
) -> tuple[Article, dict[str, str]]:
    """The article, and where each of its fields was read."""
    head = page.head
    place, agency = dateline.read(found.first_paragraph)
    opening = "opening of the text"
    told: dict[str, tuple[object, str]] = {
        "title": page.title,
        "canonical_url": (metadata.canonical(head, url), "link canonical"),
        "site_name": topics.site_name(head),
        "subtitle": subtitle.find(page.scene, head),
        "authors": page.authors,
        "published": page.published,
        "modified": dates.modified(head, page.published[0], now),
        "dateline": (place, opening),
        "source": (agency, opening),
        "section": topics.section(head, url),
        "tags": topics.tags(head),
        "language": language.find(head, found.text),
        "is_paywalled": topics.is_paywalled(head),
        "blocks": (found.blocks, found.origin),
        "images": (found.images, "pictures beside the text"),
        "related": (found.related, "links to other stories"),
    }
    notes = ("page cut at a size limit",) if page.scene.page.cut else ()
    fields = {name: value for name, (value, _) in told.items()}
    article = Article(url=url, notes=notes, **fields)  # type: ignore[arg-type]  # by the table above
    origins = {
        name: origin for name, (value, origin) in told.items() if value not in (None, "", ())
    }
    return article, origins


def _with_kind(page: Prepared, article: Article, url: str) -> tuple[Article, str]:
    facts = PageFacts(article.title, url, article.body, len(article.images))
    found, shown = page_type.find(page.scene, page.head, facts)
    return replace(article, kind=found), shown


def _check(article: Article) -> None:
    if article.kind not in INDEXED_KINDS:
        return
    if not article.title:
        raise PermanentFailure(Reason.NO_TITLE, "no headline in head or body")
    if not article.body.strip():
        raise PermanentFailure(Reason.NO_BODY, "no running text on the page")


def extract(html: bytes | str, url: str) -> dict[str, object]:
    """The shape that benchmarks take: title, body, authors, published (ISO 8601 or None).

    Nothing else is looked for, which saves time. The values are those of `read`, but for one thing:
    a list with a picture in its midst is two lists there, and one in this body. All are empty where
    `read` raises GiveUp.
    """
    try:
        page = prepare(html, url)
        body = content.spoken(page.scene, selection.select(page.scene), page.head)
        if not page.title[0] or not body:
            _read(page, url)  # raises if it is an article that lacks them
    except PermanentFailure:
        return {"title": None, "body": "", "authors": [], "published": None}
    published = page.published[0]
    return {
        "title": page.title[0],
        "body": body,
        "authors": list(page.authors[0]),
        "published": published.isoformat() if published else None,
    }
