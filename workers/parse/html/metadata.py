"""What the page says about itself in its head: meta tags, links, JSON-LD."""

from html import unescape
from itertools import islice
from typing import Final
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from workers.parse.html import jsonld, jsonld_ownership
from workers.parse.html.markup import join_url

_LONGEST: Final = 20_000
_MAX_TAGS: Final = 2_000


class Metadata:
    """`meta` holds the contents by lower-case name or property, in order; `nodes` all objects of
    the JSON-LD, `own` those of this page, `articles` those of its story; `sites` what the site is
    called, once somebody asked."""

    canonical: str | None = None
    amp: str | None = None
    title: str = ""
    language: str | None = None
    sites: set[str] | None = None

    def __init__(self) -> None:
        self.meta: dict[str, list[str]] = {}
        self.nodes: list[jsonld.Node] = []
        self.own: list[jsonld.Node] = []
        self.articles: list[jsonld.Node] = []

    def first(self, *names: str) -> tuple[str, str] | None:
        """The first non-empty content under any of `names`, with the name it stood under."""
        for name in names:
            for value in self.meta.get(name, ()):
                if value:
                    return value, name
        return None

    def value(self, *names: str) -> str:
        """As `first`, without the name; empty if there is none."""
        found = self.first(*names)
        return found[0] if found else ""


def read(tree: LexborHTMLParser, loose: list[LexborNode], url: str = "") -> Metadata:
    """What the head of the page at `url` and the `loose` tags of its body tell; never raises for
    broken pages."""
    found = Metadata()
    scripts: list[str] = []
    head = tree.head
    in_head = list(islice(head.iter() if head else (), _MAX_TAGS))
    scopes: dict[int, bool] = {}
    for n, node in enumerate([*in_head, *loose[:_MAX_TAGS]]):
        tag = node.tag
        if tag == "meta":
            attributes = node.attributes
            if n < len(in_head) or "itemprop" not in attributes or _is_own(node, scopes):
                _take_meta(found, attributes)
        elif tag == "script":
            if "ld+json" in (node.attributes.get("type") or "").lower():
                scripts.append(node.text())
        elif tag == "link":
            _take_link(found, node.attributes)
        elif tag == "title" and not found.title:
            found.title = " ".join(node.text()[:_LONGEST].split())
    found.nodes = jsonld.read(scripts)
    page = jsonld_ownership.places([url, found.canonical, found.amp, found.value("og:url")])
    found.own = jsonld_ownership.own(found.nodes, page)
    found.articles = jsonld_ownership.articles(found.own, page)
    root = tree.root.attributes if tree.root else {}
    found.language = root.get("lang") or root.get("xml:lang")
    return found


def _is_own(meta: LexborNode, scopes: dict[int, bool]) -> bool:
    """True unless the item around a tag is a comment, a picture, a person; `scopes` has what was
    found for its neighbours."""
    box = meta.parent
    number = box.mem_id if box is not None else 0
    if number not in scopes:
        scopes[number] = _is_in_own(box)
    return scopes[number]


def _is_in_own(box: LexborNode | None) -> bool:
    while box is not None:
        attributes = box.attributes
        if "itemscope" in attributes:
            key, kind = attributes.get("itemprop") or "", attributes.get("itemtype") or ""
            return jsonld_ownership.is_own(key, kind)
        box = box.parent
    return True


def _take_meta(found: Metadata, attributes: dict[str, str | None]) -> None:
    content = attributes.get("content")
    if not content:
        return
    cleaned = " ".join(unescape(content[:_LONGEST]).split())
    for key in ("property", "name", "itemprop", "http-equiv"):
        name = attributes.get(key)
        if name:
            found.meta.setdefault(name.strip().lower(), []).append(cleaned)


def _take_link(found: Metadata, attributes: dict[str, str | None]) -> None:
    kinds = (attributes.get("rel") or "").lower().split()
    if "canonical" in kinds and not found.canonical:
        found.canonical = attributes.get("href")
    elif "amphtml" in kinds:
        found.amp = attributes.get("href")


def canonical(found: Metadata, url: str) -> str | None:
    """The address that the page calls its own, in full; None if it names none that can be true.

    Some sites name their first page on every page: that is not believed.
    """
    given = found.canonical or found.value("og:url")
    if not given:
        return None
    address = join_url(url, given.strip())
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return None
    if parts.path in ("", "/") and not parts.query and urlsplit(url).path not in ("", "/"):
        return None
    return address
