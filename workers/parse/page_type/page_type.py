"""What a page is: an article, or something that only looks like one."""

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
from workers.parse.page_type.interstitials import SHORT, PageFacts

_LIVE = re.compile(
    r"(?i)\blive[- ]?(?:blog|ticker|updates?|coverage)\b|\bticker\b|minute by minute|en direct|"
    r"en vivo|ao vivo|diretta"
)
_LIVE_URL = re.compile(
    r"(?i)/live[-_/]|liveblog|live-ticker|liveticker|/en-direct|/en-vivo|/ao-vivo"
)
_GALLERY = re.compile(
    r"(?i)/(?:photo-?gallery|galler(?:y|ies|ie|ia)|galeria|galerie|photos?|bilder(?:strecke|galerie)?|fotos?|fotostrecke|slideshow|diaporama)(?:[/_.-]|$)"
)
_LISTS = {"CollectionPage", "SearchResultsPage", "ItemList"}
_FIRST_PAGES = ("", "index.html", "index.php")
_MANY_ARTICLES = 5
_MANY_HEADINGS = 5
_TEASER = 400
_LINK = 0.8
_MANY_TEASERS = 12
_MANY_PICTURES = 6
_FEW_TIMES = 4
_SHORT_LINE = 60
_TIME = re.compile(r"\W*\d{1,2}[:.h]\d{2}\b")


def find(scene: PageAnalysis, head: Metadata, facts: PageFacts) -> tuple[PageKind, str]:
    """The kind and what showed it."""
    if refused := interstitials.find(scene, head, facts, is_told=_is_told(head)):
        return refused
    types = {t for node in head.nodes for t in jsonld.types_of(node)}
    if shown := _shows_index(scene, head, facts, types):
        return PageKind.INDEX, shown
    return _of_told(scene, head, facts, types)


def _of_told(
    scene: PageAnalysis, head: Metadata, facts: PageFacts, types: set[str]
) -> tuple[PageKind, str]:
    """A page with something of its own to tell."""
    if "LiveBlogPosting" in types:
        return PageKind.LIVE_BLOG, "json-ld LiveBlogPosting"
    if len(facts.body) < SHORT:
        return _of_short(scene, head, facts, types)
    is_live = _LIVE_URL.search(facts.url) or _LIVE.search(facts.headline)
    if is_live and _times(scene) > _FEW_TIMES:
        return PageKind.LIVE_BLOG, "headline or address, and many times of day"
    return PageKind.ARTICLE, "running text"


def _is_told(head: Metadata) -> bool:
    """True if the head says that the page itself is an article, and not only what it lists."""
    if head.value("og:type").lower() == "article":
        return True
    listed = {id(node) for node in _listed(head.nodes)}
    own = [node for node in head.articles if id(node) not in listed]
    return 0 < len(own) < _MANY_ARTICLES


def _listed(nodes: list[jsonld.Node]) -> Iterator[jsonld.Node]:
    """The objects within lists."""
    stack: list[object] = []
    for node in nodes:
        if _LISTS.intersection(jsonld.types_of(node)):
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


def _shows_index(scene: PageAnalysis, head: Metadata, facts: PageFacts, types: set[str]) -> str:
    """What shows that the page only leads to stories, however much of them it tells."""
    # A page may be served, or kept, under another address than its own.
    parts = urlsplit(metadata.canonical(head, facts.url) or facts.url)
    if parts.path.strip("/") in _FIRST_PAGES and not parts.query:
        return "the site's first page"
    if _is_told(head):
        return ""
    if types & _LISTS:
        return "json-ld type"
    told = _told_by_teasers(scene, facts)
    is_teased = len(told) >= _MANY_HEADINGS and max(told) < _TEASER
    return "teasers under links" if is_teased and 2 * sum(told) > len(facts.body) else ""


def _told_by_teasers(scene: PageAnalysis, facts: PageFacts) -> list[int]:
    """For each heading that links to a page of the site, how much of the text stands under it."""
    told: list[int] = []
    lines = frozenset(facts.body.splitlines()) - {""}
    is_teaser = False
    for run, size in zip(scene.page.runs, scene.measures, strict=True):
        if run.box.tag in subtree_totals.HEADINGS:
            is_teaser = size.linked > _LINK and _stays(run, facts.url)
            told += [0] if is_teaser else []
        if is_teaser and run.text.partition("\n")[0] in lines:
            told[-1] += len(run.text)
    return [length for length in told if length]


def _stays(run: TextRun, url: str) -> bool:
    links = (node.attributes.get("href") or "" for tag, node, _, _ in run.marks if tag == "a")
    return any(urlsplit(join_url(url, link)).netloc == urlsplit(url).netloc for link in links)


def _of_short(
    scene: PageAnalysis, head: Metadata, facts: PageFacts, types: set[str]
) -> tuple[PageKind, str]:
    """Little text: pictures, a video, links to stories, or a short article."""
    is_told = bool(head.articles) or head.value("og:type").lower() == "article"
    path = urlsplit(facts.url).path
    if "video" in head.value("og:type").lower() or ("VideoObject" in types and not head.articles):
        return PageKind.VIDEO, "og:type or json-ld VideoObject"
    many = facts.pictures >= _MANY_PICTURES and _GALLERY.search(path)
    if types & {"ImageGallery", "MediaGallery"} or many:
        return PageKind.GALLERY, "many pictures, little text"
    teasers = scene.groups[0].teasers
    if not is_told and teasers >= _MANY_TEASERS and len(facts.body) < 0.5 * SHORT:
        return PageKind.INDEX, "links to stories, little text"
    return PageKind.ARTICLE, "short text"


def _times(scene: PageAnalysis) -> int:
    """How many short lines begin with a time of day."""
    lines = (run.text for run in scene.page.runs if len(run.text) < _SHORT_LINE)
    return sum(1 for line in lines if _TIME.match(line))
