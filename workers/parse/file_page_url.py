"""Finds the address that a page declares as its own."""

from msgspec.structs import replace
from selectolax.lexbor import LexborHTMLParser

from schemas.page import StoredPage
from workers import html_limits, urls
from workers.parse.html.decoding import decode

# Selector and attribute; the first one with a valid address counts.
_DECLARATIONS = (
    ("link[rel=canonical]", "href"),
    ('meta[property="og:url"]', "content"),
    ("link[rel=amphtml]", "href"),
)


def declared_url(html: bytes) -> str:
    """Return the canonical form of the address that the page declares; empty if there is none."""
    text = decode(html)
    if html_limits.find_excess(text):  # it will be rejected, and its tree would take long
        return ""
    document = LexborHTMLParser(text)
    for selector, attribute in _DECLARATIONS:
        for node in document.css(selector):
            value = (node.attributes.get(attribute) or "").strip()
            if not urls.url_error(value):
                return urls.canonicalize(value)
    return ""


def with_declared_url(page: StoredPage, form: str) -> StoredPage:
    """Return a page from a file under the address that it declares; other pages as they are."""
    if form == "flattened" or not page.url.startswith("file:"):
        return page
    address = declared_url(page.body) or page.url
    return replace(page, url=address, final_url=address)
