"""Home and section pages: which of their links are articles, and which feeds they name."""

import re
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from workers import html_depth
from workers.discover.links import BadFeedError, Link

FEED_TYPES = {"application/rss+xml", "application/atom+xml", "application/feed+json"}
MIN_POINTS = 2  # a link with so many points is an article's
MIN_SLUG_SEPARATORS = 3
MIN_HEADLINE_WORDS = 4
MIN_HEADLINE_CHARACTERS = 10
_DATE = re.compile(r"/(19|20)\d\d[/-]?(0?[1-9]|1[0-2])([/-]|\b)")
_NUMBER = re.compile(r"\d{5,}")
_NOT_ARTICLE = re.compile(
    r"/(tags?|topics?|categor(y|ies)|authors?|search|login|account|subscribe|newsletters?"
    r"|contact|about|privacy|terms|shop|jobs|feeds?|rss|page)(/|$|\?)",
    re.IGNORECASE,
)
_FILE = re.compile(r"\.(jpe?g|png|gif|webp|svg|pdf|mp[34]|zip|css|js|xml|json)$", re.IGNORECASE)


def read_section(html: str, url: str) -> list[Link]:
    """Return the links of the page at `url` that look like articles, in page order, each once."""
    links: dict[str, Link] = {}
    tree = _parse(html)
    base = _base_url(tree, url)
    for anchor in tree.css("a[href]"):
        address = _resolve(base, anchor.attributes.get("href"))
        if address and address not in links and is_article_link(address, _link_text(anchor)):
            links[address] = Link(address, _link_text(anchor) or None)
    return list(links.values())


def find_feeds(html: str, url: str) -> list[str]:
    """Return the feeds that the page at `url` names in its head (autodiscovery)."""
    tree = _parse(html)
    base = _base_url(tree, url)
    links = tree.css('link[rel~="alternate"][href]')
    named = [n for n in links if (n.attributes.get("type") or "").strip().lower() in FEED_TYPES]
    addresses = [_resolve(base, node.attributes.get("href")) for node in named]
    return list(dict.fromkeys(address for address in addresses if address))


def is_article_link(url: str, text: str) -> bool:
    """Return whether an address and its link text look like an article: a date, a long number or a
    slug in the path, and a text as long as a headline."""
    path = urlsplit(url).path
    if path in {"", "/"} or _FILE.search(path) or _NOT_ARTICLE.search(path):
        return False
    slug = path.rstrip("/").rpartition("/")[2]
    points = 2 * bool(_DATE.search(path)) + bool(_NUMBER.search(path))
    points += 2 * (slug.count("-") + slug.count("_") >= MIN_SLUG_SEPARATORS)
    points += _is_headline(text) + path.endswith((".html", ".htm", ".shtml"))
    return points >= MIN_POINTS


def _parse(html: str) -> LexborHTMLParser:
    """Return the parsed page.

    Raises:
        BadFeedError: elements nest so deep that parsing would take too long.
    """
    if (depth := html_depth.measure_depth(html)) > html_depth.MAX_DEPTH:
        raise BadFeedError(f"has elements nested {depth} deep")
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
    try:
        address = urljoin(base, (href or "").strip()).partition("#")[0]
        return address if urlsplit(address).hostname and address.startswith("http") else ""
    except ValueError:
        return ""
