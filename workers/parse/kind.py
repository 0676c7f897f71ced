"""What a page is: an article, or something that only looks like one."""

import re
from urllib.parse import urlsplit

from schemas.article import PageKind
from workers.parse import jsonld, lexicon
from workers.parse.body.scene import Scene
from workers.parse.metadata import Metadata

_LIVE = re.compile(
    r"(?i)\blive[- ]?(?:blog|ticker|updates?|coverage)\b|\bticker\b|minute by minute|en direct|en vivo|ao vivo|diretta"
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


def find(
    scene: Scene, head: Metadata, headline: str, url: str, body: str, pictures: int
) -> tuple[PageKind, str]:
    """The kind and what showed it. `body` is the text that was kept."""
    start = f"{headline}\n{head.title}\n{body[:_SHORT]}".lower()
    short = len(body) < _SHORT
    if short or len(body) < 3 * _SHORT:
        if phrase := _says(start, "challenge"):
            return PageKind.BOT_CHALLENGE, f"says {phrase!r}"
    if len(body) < 0.5 * _SHORT and (phrase := _says(f"{headline}\n{head.title}".lower(), "error")):
        return PageKind.ERROR, f"says {phrase!r}"
    types = {t for node in head.nodes for t in jsonld.types_of(node)}
    if "LiveBlogPosting" in types:
        return PageKind.LIVE_BLOG, "json-ld LiveBlogPosting"
    if not short and (_LIVE_URL.search(url) or _LIVE.search(headline)) and _times(scene) > 4:  # noqa: PLR2004
        return PageKind.LIVE_BLOG, "headline or address, and many times of day"
    if not short:
        return PageKind.ARTICLE, "running text"
    return _of_short(scene, head, url, types, body, pictures)


def _of_short(
    scene: Scene, head: Metadata, url: str, types: set[str], body: str, pictures: int
) -> tuple[PageKind, str]:
    """Little text: pictures, a video, links to stories, or a short article."""
    is_told = bool(head.articles) or head.value("og:type").lower() == "article"
    teasers = scene.groups[0].teasers
    if "video" in head.value("og:type").lower() or ("VideoObject" in types and not head.articles):
        return PageKind.VIDEO, "og:type or json-ld VideoObject"
    if types & {"ImageGallery", "MediaGallery"} or (
        pictures >= _MANY_PICTURES and _GALLERY.search(urlsplit(url).path)
    ):
        return PageKind.GALLERY, "many pictures, little text"
    path = urlsplit(url).path.strip("/")
    if not path or path in ("index.html", "index.php"):
        return PageKind.INDEX, "the site's first page"
    if (
        types & {"CollectionPage", "SearchResultsPage", "ItemList"}
        and not is_told
        and len(body) < _SHORT
    ):
        return PageKind.INDEX, "json-ld type"
    if not is_told and teasers >= _MANY_TEASERS and len(body) < 0.5 * _SHORT:
        return PageKind.INDEX, "links to stories, little text"
    return PageKind.ARTICLE, "short text"


def _says(text: str, key: str) -> str:
    return next((p for p in lexicon.phrases("pages", key) if p in text), "")


def _times(scene: Scene) -> int:
    """How many short lines begin with a time of day."""
    return sum(
        1
        for run in scene.page.runs
        if run.kind == "text"
        and len(run.text) < 60
        and re.match(r"\W*\d{1,2}[:.h]\d{2}\b", run.text)
    )
