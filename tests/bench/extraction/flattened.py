"""An extractor for the scorer that reads pages as flattened text.

It throws the markup of a page away as a scraper would, keeps menus and all, and reads the rest.
"""

from selectolax.lexbor import LexborHTMLParser

from workers.exceptions import PermanentFailure
from workers.parse.html import decoding, tree
from workers.parse.plaintext import reader

EMPTY: dict[str, object] = {"title": None, "body": "", "authors": [], "published": None}


def dump(html: bytes | str) -> str:
    """Return the page's visible lines."""
    body = LexborHTMLParser(decoding.decode(html)).body
    runs = tree.build_tree(body).runs if body is not None else []
    return "\n".join(run.text for run in runs if run.kind == "text" and run.text)


def extract(html: bytes | str, url: str) -> dict[str, object]:
    """Return title, body, authors and published, as the scorer compares them."""
    try:
        article = reader.read(dump(html), url).article
    except PermanentFailure:
        return EMPTY
    return {
        "title": article.title,
        "body": article.body,
        "authors": list(article.authors),
        "published": article.published.isoformat() if article.published else None,
    }
