"""What a page is: an article, or something that only looks like one."""

import re
from urllib.parse import urlsplit

from msgspec import Struct

from schemas.article import PageKind
from workers.parse import jsonld, lexicon
from workers.parse.body.scene import Scene
from workers.parse.metadata import Metadata

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
_SHORT = 600
_MANY_TEASERS = 12
_MANY_PICTURES = 6
_FEW_TIMES = 4
_SHORT_LINE = 60
_TIME = re.compile(r"\W*\d{1,2}[:.h]\d{2}\b")


class Facts(Struct, frozen=True):
    """What a kind is told by: the text that was kept, and how many pictures go with it."""

    headline: str
    url: str
    body: str
    pictures: int


def find(scene: Scene, head: Metadata, facts: Facts) -> tuple[PageKind, str]:
    """The kind and what showed it."""
    names = f"{facts.headline}\n{head.title}".lower()
    length = len(facts.body)
    start = f"{names}\n{facts.body[:_SHORT].lower()}"
    if length < 3 * _SHORT and (phrase := _says(start, "challenge")):
        return PageKind.BOT_CHALLENGE, f"says {phrase!r}"
    if length < 0.5 * _SHORT and (phrase := _says(names, "error")):
        return PageKind.ERROR, f"says {phrase!r}"
    types = {t for node in head.nodes for t in jsonld.types_of(node)}
    if "LiveBlogPosting" in types:
        return PageKind.LIVE_BLOG, "json-ld LiveBlogPosting"
    if length < _SHORT:
        return _of_short(scene, head, facts, types)
    is_live = _LIVE_URL.search(facts.url) or _LIVE.search(facts.headline)
    if is_live and _times(scene) > _FEW_TIMES:
        return PageKind.LIVE_BLOG, "headline or address, and many times of day"
    return PageKind.ARTICLE, "running text"


def _of_short(scene: Scene, head: Metadata, facts: Facts, types: set[str]) -> tuple[PageKind, str]:
    """Little text: pictures, a video, links to stories, or a short article."""
    is_told = bool(head.articles) or head.value("og:type").lower() == "article"
    path = urlsplit(facts.url).path
    if "video" in head.value("og:type").lower() or ("VideoObject" in types and not head.articles):
        return PageKind.VIDEO, "og:type or json-ld VideoObject"
    many = facts.pictures >= _MANY_PICTURES and _GALLERY.search(path)
    if types & {"ImageGallery", "MediaGallery"} or many:
        return PageKind.GALLERY, "many pictures, little text"
    if path.strip("/") in ("", "index.html", "index.php"):
        return PageKind.INDEX, "the site's first page"
    if types & {"CollectionPage", "SearchResultsPage", "ItemList"} and not is_told:
        return PageKind.INDEX, "json-ld type"
    teasers = scene.groups[0].teasers
    if not is_told and teasers >= _MANY_TEASERS and len(facts.body) < 0.5 * _SHORT:
        return PageKind.INDEX, "links to stories, little text"
    return PageKind.ARTICLE, "short text"


def _says(text: str, key: str) -> str:
    return next((p for p in lexicon.phrases("pages", key) if p in text), "")


def _times(scene: Scene) -> int:
    """How many short lines begin with a time of day."""
    lines = (run.text for run in scene.page.runs if len(run.text) < _SHORT_LINE)
    return sum(1 for line in lines if _TIME.match(line))
