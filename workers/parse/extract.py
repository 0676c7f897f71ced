"""Reads the article out of a page's HTML, step by step."""

from datetime import datetime
from functools import partial

from msgspec import Struct
from msgspec.structs import replace
from selectolax.lexbor import LexborHTMLParser, LexborNode

from schemas.article import INDEXED_KINDS, Article
from schemas.outlet import OutletLayout
from schemas.reasons import Reason
from workers import html_limits
from workers.exceptions import PermanentFailure
from workers.parse import outlet_selectors
from workers.parse.body import content, jsonld_fallback, script_state, selection
from workers.parse.body.content import Content
from workers.parse.fields import (
    byline,
    dateline,
    dates,
    headings,
    language,
    subtitle,
    title,
    topics,
)
from workers.parse.fields.extraction_result import Dropped, ExtractionResult
from workers.parse.html import decoding, metadata, shadow_dom, tree
from workers.parse.html.metadata import Metadata
from workers.parse.html.tree import PageTree
from workers.parse.layout.page_analysis import HeadHints, PageAnalysis
from workers.parse.outlet_selectors import SelectedFields
from workers.parse.page_type import page_type
from workers.parse.page_type.interstitials import PageFacts

_MIN_PROSE_CHARS = 400
_MIN_HIDDEN_RATIO = 1.2
_MAX_SHOWN_CHARS = 120
# Where byline and date may be: runs before the headline, after it, and after the end of the text.
_RUNS_BEFORE_HEADLINE = 6
_RUNS_AFTER_HEADLINE = 4
_RUNS_AFTER_TEXT = 8


class PreparedPage(Struct, frozen=True):
    """A page before its text is scored; fields come with their origins."""

    document: LexborHTMLParser
    head: Metadata
    analysis: PageAnalysis
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
    """Return the article of a page and where each of its fields was read.

    Pages that are no articles come back with their `kind`. No date is after `now`, if it is given.

    Raises:
        PermanentFailure: there is no text or no headline to return (UNREADABLE, NO_TITLE, NO_BODY).
    """
    result = read_fields(html, url, layouts, content_type, now)
    check(result.article)
    return result


def read_fields(
    html: bytes | str,
    url: str,
    layouts: tuple[OutletLayout, ...] = (),
    content_type: str = "",
    now: datetime | None = None,
) -> ExtractionResult:
    """Return the same as `read`, even if the page has no headline or no text.

    Raises:
        PermanentFailure: it cannot be parsed (UNREADABLE).
    """
    return _build_result(prepare(html, url, content_type, now), url, layouts, now)


def check(article: Article) -> None:
    """Check that an article has what is indexed of it.

    Raises:
        PermanentFailure: it has no headline or no text (NO_TITLE, NO_BODY).
    """
    if article.kind not in INDEXED_KINDS:
        return
    if not article.title:
        raise PermanentFailure(Reason.NO_TITLE, "no headline in head or body")
    if not article.body.strip():
        raise PermanentFailure(Reason.NO_BODY, "no running text on the page")


def extract(html: bytes | str, url: str) -> dict[str, object]:
    """Return title, body, authors and published (ISO 8601 or None), as benchmarks compare them.

    No other field is read, which saves time. The values are those of `read` but for one case: a
    list around a picture is two blocks there and one in this body. All are empty where `read`
    raises PermanentFailure.
    """
    try:
        page = prepare(html, url)
        body = content.build_text(
            page.analysis, selection.select(page.analysis), page.head, page.document
        )
        if not page.title[0] or not body:
            check(_build_result(page, url).article)
    except PermanentFailure:
        return {"title": None, "body": "", "authors": [], "published": None}
    published = page.published[0]
    return {
        "title": page.title[0],
        "body": body,
        "authors": list(page.authors[0]),
        "published": published.isoformat() if published else None,
    }


def list_dropped(story: Content) -> tuple[Dropped, ...]:
    """Return the beginnings of all that is not the story, in page order, with the reasons."""
    return tuple(
        Dropped(reason, text[:_MAX_SHOWN_CHARS]) for reason, text in story.explain_dropped()
    )


def prepare(
    html: bytes | str, url: str, content_type: str = "", now: datetime | None = None
) -> PreparedPage:
    """Return the page parsed and analysed, with title, authors and date of publication.

    Raises:
        PermanentFailure: it has no markup, or nests too deep (UNREADABLE).
    """
    document, body = _parse(decoding.decode(html, content_type))
    page = tree.build_tree(body)
    head = metadata.read_metadata(document, page.metadata_nodes, url)
    headline = title.find_title(page, head, url)
    hints = _head_hints(head, headline[0])
    is_paywalled = topics.find_paywall(head)[0] is True
    analysis = _with_hidden_parts(
        body, _analyse(page, hints, headline[0]), headline[0], is_paywalled=is_paywalled
    )
    headline = headline if headline[0] else title.find_title(analysis.page, head, url)
    window = _byline_window(analysis)
    last = analysis.prose_runs[-1] if analysis.prose_runs else len(analysis.page.runs)
    windows = (window, (last, last + _RUNS_AFTER_TEXT))
    authors = byline.find_authors(analysis.page, head, url, windows)
    full_names = tuple(name.lower() for name in authors[0] if " " in name)
    analysis.hints = replace(hints, authors=full_names)
    published = dates.find_published(analysis.page, head, url, windows, now)
    return PreparedPage(document, head, analysis, headline, authors, published)


def _parse(text: str) -> tuple[LexborHTMLParser, LexborNode]:
    """Return the document and its body.

    Raises:
        PermanentFailure: there is no markup, or building its tree would take too long
            (UNREADABLE).
    """
    if "<" not in text:
        raise PermanentFailure(
            Reason.UNREADABLE, "no markup in the input" if text.strip() else "empty input"
        )
    if excess := html_limits.find_excess(text):
        raise PermanentFailure(Reason.UNREADABLE, excess)
    document = LexborHTMLParser(shadow_dom.open_templates(text))
    body = document.body
    if body is None:
        raise PermanentFailure(Reason.UNREADABLE, "no body in the document")
    return document, body


def _head_hints(head: Metadata, headline: str) -> HeadHints:
    description = head.value("og:description", "description", "twitter:description")
    return HeadHints(" ".join(headline.lower().split()), description.lower())


def _analyse(page: PageTree, hints: HeadHints, headline: str) -> PageAnalysis:
    return PageAnalysis(page, hints, headings.find_heading_block(page, headline))


def _with_hidden_parts(
    body: LexborNode, analysis: PageAnalysis, headline: str, *, is_paywalled: bool
) -> PageAnalysis:
    """Return the analysis of the page with its hidden parts, if most of the text is there.

    Behind a paywall, a part of the text is enough. Otherwise `analysis` itself.
    """
    prose = analysis.core.prose
    if not analysis.page.skipped or (prose >= _MIN_PROSE_CHARS and not is_paywalled):
        return analysis
    whole = _analyse(tree.build_tree(body, include_hidden=True), analysis.hints, headline)
    min_prose = _MIN_HIDDEN_RATIO * prose if is_paywalled else 2 * prose + _MIN_PROSE_CHARS / 2
    return whole if whole.core.prose > min_prose else analysis


def _byline_window(analysis: PageAnalysis) -> tuple[int, int]:
    """Return the orders of the first and last run where byline and date may be."""
    headline = analysis.title_order
    first = analysis.prose_runs[0] if analysis.prose_runs else headline
    return headline - _RUNS_BEFORE_HEADLINE, max(first, headline) + _RUNS_AFTER_HEADLINE


def _build_result(
    page: PreparedPage,
    url: str,
    layouts: tuple[OutletLayout, ...] = (),
    now: datetime | None = None,
) -> ExtractionResult:
    selected = _select_fields(page, layouts, now)
    story = _build_content(page, selected, url)
    article, origins = _build_article(page, story, url, now)
    if selected is not None:
        article = replace(article, **selected.fields, notes=article.notes + selected.notes)
        origins |= selected.origins
    article, origins["kind"] = _with_kind(page, article, url)
    return ExtractionResult(article, origins, partial(list_dropped, story))


def _select_fields(
    page: PreparedPage, layouts: tuple[OutletLayout, ...], now: datetime | None
) -> SelectedFields | None:
    layout = outlet_selectors.choose_layout(layouts, page.published[0])
    if layout is None:
        return None
    return outlet_selectors.select_fields(page.document, layout, page.head.language or "", now)


def _build_content(page: PreparedPage, selected: SelectedFields | None, url: str) -> Content:
    if selected is not None and selected.body:
        part = _analyse(
            outlet_selectors.build_tree(selected.body), page.analysis.hints, page.title[0]
        )
        return content.build_content(part, selection.select_all(part), page.head, url)
    runs = selection.select(page.analysis)
    story = content.build_content(page.analysis, runs, page.head, url)
    if blocks := jsonld_fallback.article_body(page.head, story.blocks):
        return content.with_other_text(story, blocks, "json-ld articleBody")
    if blocks := script_state.article_body(page.document, story.blocks):
        return content.with_other_text(story, blocks, "state of a script")
    return story


def _build_article(
    page: PreparedPage, story: Content, url: str, now: datetime | None
) -> tuple[Article, dict[str, str]]:
    """Return the article, and the origin of each field that has a value."""
    head = page.head
    place, agency = dateline.parse_dateline(story.first_paragraph)
    fields: dict[str, tuple[object, str]] = {
        "title": page.title,
        "canonical_url": (metadata.declared_canonical_url(head, url), "link canonical"),
        "site_name": topics.find_site_name(head),
        "subtitle": subtitle.find_subtitle(page.analysis, head),
        "authors": page.authors,
        "published": page.published,
        "modified": dates.find_modified(head, page.published[0], now),
        "dateline": (place, "opening of the text"),
        "source": (agency, "opening of the text"),
        "section": _find_section(page, url),
        "tags": _find_tags(page),
        "language": language.find_language(head, story.text),
        "is_paywalled": topics.find_paywall(head),
        "blocks": (story.blocks, story.origin),
        "images": (story.images, "pictures beside the text"),
        "related": (story.related, "links to other stories"),
    }
    notes = ("page cut at a size limit",) if page.analysis.page.is_truncated else ()
    values = {name: value for name, (value, _) in fields.items()}
    article = Article(url=url, notes=notes, **values)  # type: ignore[arg-type]  # by the table above
    origins = {
        name: origin for name, (value, origin) in fields.items() if value not in (None, "", ())
    }
    return article, origins


def _find_section(page: PreparedPage, url: str) -> tuple[str | None, str]:
    declared = topics.find_section(page.head, url)
    if declared[0]:
        return declared
    if printed := topics.find_printed_section(page.document, page.title[0]):
        return printed, "breadcrumbs"
    folder = topics.find_section_of_url(url)
    return (folder, "address") if folder else (None, "")


def _find_tags(page: PreparedPage) -> tuple[tuple[str, ...], str]:
    declared = topics.find_tags(page.head)
    if declared[0]:
        return declared
    printed = topics.find_printed_tags(page.analysis.page)
    return (printed, "links marked as tags") if printed else ((), "")


def _with_kind(page: PreparedPage, article: Article, url: str) -> tuple[Article, str]:
    """Return the article with its kind, and what shows that kind."""
    facts = PageFacts(article.title, url, article.body, len(article.images))
    kind, origin = page_type.classify_page(page.analysis, page.head, facts)
    return replace(article, kind=kind), origin
