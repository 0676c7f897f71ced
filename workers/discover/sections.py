"""Home and section pages: which of their links are articles, and which feeds they name."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from workers import html_limits, urls
from workers.discover.embedded_links import EmbeddedLink, find_embedded_links
from workers.discover.links import BadFeedError, Link, LinkHeader

FEED_TYPES = {
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/rdf+xml",
    "application/x-rss+xml",
    "application/x-atom+xml",
    "text/rss+xml",
    "text/atom+xml",
}
# What feeds are also called, and other files more often: tried last.
GENERIC_TYPES = {"text/xml", "application/xml", "application/json"}
_OTHER_FILE = re.compile(r"/wp-json/|oembed|opensearch|manifest|/xmlrpc|rsd", re.IGNORECASE)
_COMMENTS_FEED = re.compile(r"/comments?(/|\.|-|$)", re.IGNORECASE)
MIN_POINTS = 2  # a link with so many points is an article's
MIN_SLUG_SEPARATORS = 3
MIN_HEADLINE_WORDS = 4
LONG_HEADLINE_WORDS = 6
SHORT_HEADLINE_WORDS = 2
MIN_HEADLINE_CHARACTERS = 10
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5"))
HEADING_DEPTH = 3
_DATE = re.compile(r"/(19|20)\d\d[/-]?(0?[1-9]|1[0-2])([/-]|\b)")
_NUMBER = re.compile(r"\d{5,}")
_NOT_ARTICLE = re.compile(
    r"/(tags?|topics?|categor(y|ies)|authors?|search|login|account|subscribe|newsletters?"
    r"|contact|about|privacy|terms|shop|jobs|feeds?|rss|page)(/|$|\?)",
    re.IGNORECASE,
)
_FILE = re.compile(r"\.(jpe?g|png|gif|webp|svg|pdf|mp[34]|zip|css|js|xml|json)$", re.IGNORECASE)


def read_section(html: str, url: str) -> list[Link]:
    """Return the links of the page at `url` that look like articles, each once: those of its text
    in page order, then those that only its scripts name."""
    links: dict[str, Link] = {}
    tree = _parse(html)
    base = _base_url(tree, url)
    for anchor in tree.css("a[href]"):
        address = _resolve(base, anchor.attributes.get("href"))
        if not address or address in links:
            continue
        text = _link_text(anchor)
        if is_article_link(address, text, is_heading=_is_heading(anchor)):
            links[address] = Link(address, text or None)
    for embedded in find_embedded_links(tree):
        address = _resolve(base, embedded.address) if embedded.address else ""
        if address and address not in links and _is_embedded_article(address, embedded, url):
            links[address] = Link(address, embedded.title or None)
    return list(links.values())


def find_feeds(html: str, url: str, headers: Iterable[LinkHeader] = ()) -> list[str]:
    """Return the feeds that the page at `url` names in its head or in its Link headers
    (autodiscovery), the likeliest first."""
    tree = _parse(html)
    base = _base_url(tree, url)
    named = [(header.relations, header.type, _resolve(url, header.url)) for header in headers]
    for node in tree.css('link[rel][href], a[rel~="alternate"][href], a[rel~="feed"][href]'):
        relations = frozenset((node.attributes.get("rel") or "").lower().split())
        media_type = (node.attributes.get("type") or "").partition(";")[0].strip().lower()
        named.append((relations, media_type, _resolve(base, node.attributes.get("href"))))
    ranked = sorted(_rank_feeds(named), key=lambda each: each[0])
    return list(dict.fromkeys(address for _, address in ranked))


def _rank_feeds(named: Iterable[tuple[frozenset[str], str, str]]) -> Iterator[tuple[int, str]]:
    """Yield the addresses that may be feeds, with their ranks: 0 for one that says so, 1 for one
    of comments, 2 for one whose type is that of many files."""
    for relations, media_type, address in named:
        if not address:
            continue
        is_declared = media_type in FEED_TYPES and bool(relations & {"alternate", "feed"})
        if is_declared or ("feed" in relations and "stylesheet" not in relations):
            yield int(bool(_COMMENTS_FEED.search(urlsplit(address).path))), address
            continue
        is_generic = media_type in GENERIC_TYPES and "alternate" in relations
        if is_generic and not _OTHER_FILE.search(address):
            yield 2, address


def is_article_link(url: str, text: str, *, is_heading: bool = False) -> bool:
    """Return whether an address and its link text look like an article: a date, a long number or a
    slug in the path, and a text as long as a headline, which stands as a heading."""
    path = urlsplit(url).path
    if path in {"", "/"} or _FILE.search(path) or _NOT_ARTICLE.search(path):
        return False
    slug = path.rstrip("/").rpartition("/")[2]
    separators = slug.count("-") + slug.count("_")
    points = 2 * bool(_DATE.search(path)) + bool(_NUMBER.search(path))
    points += 2 if separators >= MIN_SLUG_SEPARATORS else bool(separators)
    points += path.endswith((".html", ".htm", ".shtml"))
    points += _headline_points(text, is_heading=is_heading)
    return points >= MIN_POINTS


def _headline_points(text: str, *, is_heading: bool) -> int:
    """Return the points of a link's text: it is as long as a headline, or stands as one."""
    words = len(text.split())
    points = int(_is_headline(text)) + int(words >= LONG_HEADLINE_WORDS)
    return points + int(is_heading and (words >= SHORT_HEADLINE_WORDS or points > 0))


def _is_heading(anchor: LexborNode) -> bool:
    """Return whether a link is in a heading, or is around one."""
    if anchor.css_first("h1, h2, h3, h4") is not None:
        return True
    node = anchor.parent
    for _ in range(HEADING_DEPTH):
        if node is None:
            break
        if node.tag in HEADINGS:
            return True
        node = node.parent
    return False


def _is_embedded_article(address: str, embedded: EmbeddedLink, page: str) -> bool:
    """Return whether a link of a script is an article's. What is listed as a story is one, unless
    its address is that of another kind of page."""
    if not embedded.is_listed:
        return is_article_link(address, embedded.title)
    path = urlsplit(address).path
    is_other = _FILE.search(path) or _NOT_ARTICLE.search(path)
    return not (path in {"", "/"} or is_other or address == page.partition("#")[0])


def _parse(html: str) -> LexborHTMLParser:
    """Return the parsed page.

    Raises:
        BadFeedError: the page is such that parsing would take too long.
    """
    if excess := html_limits.find_excess(html):
        raise BadFeedError(f"has {excess}")
    return LexborHTMLParser(html)


def _is_headline(text: str) -> bool:
    """Return whether a link's text is as long as a headline."""
    # Scripts without spaces say in 10 characters what takes 4 words elsewhere.
    has_spaces = text.isascii() or " " in text
    return (
        len(text.split()) >= MIN_HEADLINE_WORDS
        if has_spaces
        else len(text) >= MIN_HEADLINE_CHARACTERS
    )


def _link_text(node: LexborNode) -> str:
    """Return the text of an element, with single spaces."""
    return " ".join(node.text(deep=True, separator=" ").split())


def _base_url(tree: LexborHTMLParser, url: str) -> str:
    """Return the address that links are relative to: that of <base>, or the page's own."""
    node = tree.css_first("base[href]")
    return _resolve(url, node.attributes.get("href")) or url if node else url


def _resolve(base: str, href: str | None) -> str:
    """Return an absolute web address without fragment, or an empty string."""
    address = urls.join(base, href or "").partition("#")[0]
    return "" if urls.url_error(address) else address
