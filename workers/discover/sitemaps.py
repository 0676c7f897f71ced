"""Sitemaps, news sitemaps and sitemap indexes: bytes → links (sitemaps.org 0.9)."""

from msgspec import Struct

from workers.discover import feeds
from workers.discover.formats import gzip_body, sitemap_xml, xml_prolog
from workers.discover.links import BadFeedError, Link, NewestLinks, keep_newest

MAX_BYTES = 50 * 1024 * 1024  # of the protocol
MAX_LINKS = 50_000
_SCHEMES = ("http://", "https://")


class Sitemap(Struct, frozen=True):
    """Links to pages, or (in an index) to further sitemaps, the newest MAX_LINKS of each;
    `left_out` is the number of the others. A link of a news sitemap has a title."""

    pages: tuple[Link, ...] = ()
    sitemaps: tuple[Link, ...] = ()
    left_out: int = 0


def read_sitemap(body: bytes, url: str = "") -> Sitemap:
    """Return the sitemap in `body`: packed or not, XML, one address a line, or a feed, which the
    protocol allows as well; the links of a feed are resolved against `url`.

    Raises:
        BadFeedError: it is none of these, declares entities, or is larger than the protocol allows.
    """
    text = xml_prolog.strip_leading(gzip_body.unpack(body, MAX_BYTES))
    if not text.startswith(b"<") and (addresses := _read_lines(text)):
        pages, left_out = keep_newest(map(Link, addresses), MAX_LINKS)
        return Sitemap(pages, left_out=left_out)
    try:
        return _read_xml(text)
    except BadFeedError:
        if not feeds.is_feed(text):
            raise
        feed = feeds.read_feed(text, {}, url)
        return Sitemap(feed.links, left_out=feed.left_out)


def is_sitemap(body: bytes) -> bool:
    """Return whether `body`, packed or not, begins like the XML of a sitemap.

    Raises:
        BadFeedError: it is packed and cannot be unpacked.
    """
    return sitemap_xml.is_sitemap(xml_prolog.strip_leading(gzip_body.unpack(body, MAX_BYTES)))


def _read_lines(text: bytes) -> list[str]:
    """Return the addresses of a text sitemap, one a line; none if most lines are none."""
    plain = sitemap_xml.decode(text).lstrip("\ufeff")
    words = [sitemap_xml.CONTROL.sub("", line).split() for line in plain.splitlines()]
    lines = [line[0] for line in words if line]
    addresses = [line for line in lines if line.lower().startswith(_SCHEMES)]
    return addresses if 2 * len(addresses) >= len(lines) else []


def _read_xml(text: bytes) -> Sitemap:
    """Return the sitemap in an XML text.

    Raises:
        BadFeedError: it is not a sitemap, or it declares entities.
    """
    pages, sitemaps = NewestLinks(MAX_LINKS), NewestLinks(MAX_LINKS)
    for kind, link in sitemap_xml.read_entries(text):
        (pages if kind == "url" else sitemaps).add(link)
    kept = Sitemap(pages.links, sitemaps.links)
    number_kept = len(kept.pages) + len(kept.sitemaps)
    return Sitemap(kept.pages, kept.sitemaps, pages.number + sitemaps.number - number_kept)
