"""The address that a page names as its own."""

from msgspec.structs import replace
from selectolax.lexbor import LexborHTMLParser

from schemas.page import StoredPage
from workers import urls
from workers.parse.html.decoding import decode

# selector, attribute: the first that holds an http address counts
_PLACES = (
    ("link[rel=canonical]", "href"),
    ('meta[property="og:url"]', "content"),
    ("link[rel=amphtml]", "href"),
)


def declared_url(html: bytes) -> str:
    """The canonical form of the address in `html`'s head; empty if it names none."""
    tree = LexborHTMLParser(decode(html))
    for selector, attribute in _PLACES:
        for node in tree.css(selector):
            value = (node.attributes.get(attribute) or "").strip()
            if not urls.url_error(value):
                return urls.canonical_url(value)
    return ""


def with_declared_url(page: StoredPage, form: str) -> StoredPage:
    """A page out of a file, under the address that it names itself."""
    if form == "flattened" or not page.url.startswith("file:"):
        return page
    address = declared_url(page.body) or page.url
    return replace(page, url=address, final_url=address)
