"""Reads what a page says about itself: meta tags, links, JSON-LD."""

from html import unescape
from itertools import islice
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from workers import canonical_url
from workers.parse.html import jsonld, jsonld_ownership
from workers.parse.html.markup import join_url

_MAX_CONTENT_CHARS: Final = 20_000
_MAX_TAGS: Final = 2_000


class Metadata:
    """What the page says about itself.

    `meta` has the contents of meta tags by lower-case name or property, in order; `nodes` all
    objects of the JSON-LD, `own_nodes` those that describe the page, `article_nodes` those that
    describe its article; `site_names` the normalized names of the site, None until
    `title.site_names` is called.
    """

    canonical_href: str | None = None
    amp_href: str | None = None
    title: str = ""
    language: str | None = None
    site_names: set[str] | None = None

    def __init__(self) -> None:
        """Make one for a page that says nothing."""
        self.meta: dict[str, list[str]] = {}
        self.nodes: list[jsonld.Node] = []
        self.own_nodes: list[jsonld.Node] = []
        self.article_nodes: list[jsonld.Node] = []

    def find(self, *names: str) -> tuple[str, str] | None:
        """Return the first non-empty content of any of `names` and its name; None if all are."""
        for name in names:
            for value in self.meta.get(name, ()):
                if value:
                    return value, name
        return None

    def value(self, *names: str) -> str:
        """Return the first non-empty content of any of `names`; empty if there is none."""
        match = self.find(*names)
        return match[0] if match else ""


def read_metadata(
    document: LexborHTMLParser, body_nodes: list[LexborNode], url: str = ""
) -> Metadata:
    """Return what the page at `url` says about itself; never raises for broken pages.

    `body_nodes` are the meta, link, script and title elements outside the head.
    """
    head = Metadata()
    scripts: list[str] = []
    element = document.head
    in_head = list(islice(element.iter() if element else (), _MAX_TAGS))
    own_scopes: dict[int, bool] = {}
    for index, node in enumerate([*in_head, *body_nodes[:_MAX_TAGS]]):
        tag = node.tag
        if tag == "meta":
            attributes = node.attributes
            is_in_head = index < len(in_head)
            if is_in_head or "itemprop" not in attributes or _describes_page(node, own_scopes):
                _add_meta(head, attributes)
        elif tag == "script":
            if "ld+json" in (node.attributes.get("type") or "").lower():
                scripts.append(node.text())
        elif tag == "link":
            _add_link(head, node.attributes)
        elif tag == "title" and not head.title:
            head.title = " ".join(node.text()[:_MAX_CONTENT_CHARS].split())
    root = document.root.attributes if document.root else {}
    head.language = root.get("lang") or root.get("xml:lang")
    _add_jsonld(head, scripts, url)
    return head


def _add_jsonld(head: Metadata, scripts: list[str], url: str) -> None:
    addresses = [url, head.canonical_href, head.amp_href, head.value("og:url")]
    own_keys = jsonld_ownership.page_keys(addresses)
    head.nodes = jsonld.parse_scripts(scripts)
    head.own_nodes = jsonld_ownership.own_nodes(head.nodes, own_keys)
    head.article_nodes = jsonld_ownership.article_nodes(head.own_nodes, own_keys)


def _describes_page(meta: LexborNode, own_scopes: dict[int, bool]) -> bool:
    """Return False if the item around a meta tag is a comment, a picture or a person.

    `own_scopes` caches the answer by parent element.
    """
    parent = meta.parent
    key = parent.mem_id if parent is not None else 0
    if key not in own_scopes:
        own_scopes[key] = _is_own_scope(parent)
    return own_scopes[key]


def _is_own_scope(element: LexborNode | None) -> bool:
    """Return whether the innermost item at or around `element` describes the page."""
    while element is not None:
        attributes = element.attributes
        if "itemscope" in attributes:
            names, item_type = attributes.get("itemprop") or "", attributes.get("itemtype") or ""
            return jsonld_ownership.is_own_item(names, item_type)
        element = element.parent
    return True


def _add_meta(head: Metadata, attributes: dict[str, str | None]) -> None:
    content = attributes.get("content")
    if not content:
        return
    cleaned = " ".join(unescape(content[:_MAX_CONTENT_CHARS]).split())
    for key in ("property", "name", "itemprop", "http-equiv"):
        name = attributes.get(key)
        if name:
            head.meta.setdefault(name.strip().lower(), []).append(cleaned)


def _add_link(head: Metadata, attributes: dict[str, str | None]) -> None:
    relations = (attributes.get("rel") or "").lower().split()
    if "canonical" in relations and not head.canonical_href:
        head.canonical_href = attributes.get("href")
    elif "amphtml" in relations:
        head.amp_href = attributes.get("href")


def declared_canonical_url(head: Metadata, url: str) -> str | None:
    """Return the absolute address that the page declares as its own; None if that cannot be true,
    as `canonical_url.choose` says."""
    href = head.canonical_href or head.value("og:url")
    return canonical_url.choose(join_url(url, href.strip()), url) if href else None
