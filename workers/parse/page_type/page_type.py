"""Classifies a page: an article, or another kind of page."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from schemas.article import PageKind
from workers.parse.html import jsonld, metadata
from workers.parse.html.markup import join_url
from workers.parse.html.metadata import Metadata
from workers.parse.html.tree import TextRun
from workers.parse.layout import subtree_totals
from workers.parse.layout.page_analysis import PageAnalysis
from workers.parse.page_type import interstitials
from workers.parse.page_type.interstitials import SHORT_TEXT_CHARS, PageFacts

_LIVE_HEADLINE = re.compile(
    r"(?i)\blive[- ]?(?:blog|ticker|updates?|coverage)\b|\bticker\b|minute by minute|en direct|"
    r"en vivo|ao vivo|diretta|as it happened|\blive\s*(?:[:–—|]|\s-\s|$)|"
    r"онлайн|на живо|直播|速報|실시간"
)
_LIVE_URL = re.compile(
    r"(?i)/live[-_/]|liveblog|live-ticker|liveticker|/en-direct|/en-vivo|/ao-vivo"
)
_GALLERY_URL = re.compile(
    r"(?i)/(?:photo-?gallery|galler(?:y|ies|ie|ia)|galeria|galerie|photos?|bilder(?:strecke|galerie)?|fotos?|fotostrecke|slideshow|diaporama)(?:[/_.-]|$)"
)
_LIST_TYPES = {"CollectionPage", "SearchResultsPage", "ItemList"}
_GALLERY_TYPES = {"ImageGallery", "MediaGallery"}
_FRONT_PAGE_PATHS = ("", "index.html", "index.php")
_MIN_LISTED_ARTICLES = 5
_MIN_TEASER_TEXTS = 5
_MAX_TEASER_CHARS = 399
_MIN_TEASER_LINK_DENSITY = 0.8
_MIN_TEASERS = 12
_MAX_INDEX_CHARS = SHORT_TEXT_CHARS // 2
_MIN_GALLERY_PICTURES = 6
_MIN_LIVE_BLOG_TIMES = 5
_MAX_TIME_LINE_CHARS = 59
_TIME = re.compile(r"\W*\d{1,2}[:.h]\d{2}\b")

Classification = tuple[PageKind, str]
"""The kind of a page, and what shows it."""


def classify_page(analysis: PageAnalysis, head: Metadata, facts: PageFacts) -> Classification:
    """Return the kind of the page, and what shows it."""
    is_declared = _is_declared_article(head)
    if found := interstitials.find_interstitial(analysis, head, facts, is_declared=is_declared):
        return found
    types = {name for node in head.nodes for name in jsonld.types_of(node)}
    if sign := _find_index_sign(analysis, head, facts, types):
        return PageKind.INDEX, sign
    return _classify_story(analysis, head, facts, types)


def _classify_story(
    analysis: PageAnalysis, head: Metadata, facts: PageFacts, types: set[str]
) -> Classification:
    """Return the kind of a page that has content of its own."""
    if "LiveBlogPosting" in types:
        return PageKind.LIVE_BLOG, "json-ld LiveBlogPosting"
    if len(facts.body) < SHORT_TEXT_CHARS:
        return _classify_short(analysis, head, facts, types)
    is_live = _LIVE_URL.search(facts.url) or _LIVE_HEADLINE.search(facts.headline)
    if is_live and _count_times(analysis) >= _MIN_LIVE_BLOG_TIMES:
        return PageKind.LIVE_BLOG, "headline or address, and many times of day"
    return PageKind.ARTICLE, "running text"


def _is_declared_article(head: Metadata) -> bool:
    """Return True if the head declares the page itself as an article, not only what it lists."""
    if head.value("og:type").lower() == "article":
        return True
    listed = {id(node) for node in _iter_listed(head.nodes)}
    own = [node for node in head.article_nodes if id(node) not in listed]
    return 0 < len(own) < _MIN_LISTED_ARTICLES


def _iter_listed(nodes: list[jsonld.Node]) -> Iterator[jsonld.Node]:
    """Yield the objects within lists."""
    stack: list[object] = []
    for node in nodes:
        if _LIST_TYPES.intersection(jsonld.types_of(node)):
            stack += node.values()
    for _ in range(jsonld.MAX_NODES):
        if not stack:
            break
        value = stack.pop()
        if isinstance(value, dict):
            yield value
            stack += value.values()
        elif isinstance(value, list):
            stack += value


def _find_index_sign(
    analysis: PageAnalysis, head: Metadata, facts: PageFacts, types: set[str]
) -> str:
    """Return what shows that the page only links to stories; empty if nothing does."""
    # A page may be served, or stored, under another address than its own.
    parts = urlsplit(metadata.declared_canonical_url(head, facts.url) or facts.url)
    if parts.path.strip("/") in _FRONT_PAGE_PATHS and not parts.query:
        return "the site's first page"
    if _is_declared_article(head):
        return ""
    if types & _LIST_TYPES:
        return "json-ld type"
    lengths, kept_chars = _measure_teasers(analysis, facts)
    has_teasers = len(lengths) >= _MIN_TEASER_TEXTS and max(lengths) <= _MAX_TEASER_CHARS
    return "teasers under links" if has_teasers and 2 * kept_chars > len(facts.body) else ""


def _measure_teasers(analysis: PageAnalysis, facts: PageFacts) -> tuple[list[int], int]:
    """Return two sizes, in characters, of the texts under headings that link to the same site.

    The first has the length of each text, the second is how much of them is in the body.
    """
    lengths: list[int] = []
    kept_chars = 0
    lines = frozenset(facts.body.splitlines()) - {""}
    is_teaser = False
    for run, measure in zip(analysis.page.runs, analysis.measures, strict=True):
        if run.block.tag in subtree_totals.HEADINGS:
            is_linked = measure.link_density > _MIN_TEASER_LINK_DENSITY
            is_teaser = is_linked and _links_to_same_site(run, facts.url)
            lengths += [0] if is_teaser else []
        if is_teaser:
            is_kept = run.text.partition("\n")[0] in lines
            lengths[-1] += len(run.text) if is_kept or measure.is_sentence else 0
            kept_chars += len(run.text) if is_kept else 0
    return [length for length in lengths if length], kept_chars


def _links_to_same_site(run: TextRun, url: str) -> bool:
    links = (node.attributes.get("href") or "" for tag, node, _, _ in run.spans if tag == "a")
    return any(urlsplit(join_url(url, link)).netloc == urlsplit(url).netloc for link in links)


def _classify_short(
    analysis: PageAnalysis, head: Metadata, facts: PageFacts, types: set[str]
) -> Classification:
    """Return the kind of a page with little text: pictures, a video, links, or a short article."""
    og_type = head.value("og:type").lower()
    is_declared = bool(head.article_nodes) or og_type == "article"
    if "video" in og_type or ("VideoObject" in types and not head.article_nodes):
        return PageKind.VIDEO, "og:type or json-ld VideoObject"
    has_pictures = facts.pictures >= _MIN_GALLERY_PICTURES
    if types & _GALLERY_TYPES or (has_pictures and _GALLERY_URL.search(urlsplit(facts.url).path)):
        return PageKind.GALLERY, "many pictures, little text"
    teasers = analysis.totals[0].teasers
    if not is_declared and teasers >= _MIN_TEASERS and len(facts.body) < _MAX_INDEX_CHARS:
        return PageKind.INDEX, "links to stories, little text"
    return PageKind.ARTICLE, "short text"


def _count_times(analysis: PageAnalysis) -> int:
    """Return how many short lines begin with a time of day."""
    return sum(
        1
        for run in analysis.page.runs
        if len(run.text) <= _MAX_TIME_LINE_CHARS and _TIME.match(run.text)
    )
