"""The extractor that a scorer takes, for flattened pages: a page's markup is thrown away, as a
scraper would, menus and all kept, and what is left is read as a dump."""

from selectolax.lexbor import LexborHTMLParser

from workers.exceptions import PermanentFailure
from workers.parse.html import decoding, tree
from workers.parse.plaintext import reader

NOTHING: dict[str, object] = {"title": None, "body": "", "authors": [], "published": None}


def dump(html: bytes | str) -> str:
    """The page's visible lines."""
    body = LexborHTMLParser(decoding.decode(html)).body
    runs = tree.walk(body).runs if body is not None else []
    return "\n".join(run.text for run in runs if run.kind == "text" and run.text)


def extract(html: bytes | str, url: str) -> dict[str, object]:
    """Title, body, authors and published, as the scorer compares them."""
    try:
        article = reader.read(dump(html), url).article
    except PermanentFailure:
        return NOTHING
    return {
        "title": article.title,
        "body": article.body,
        "authors": list(article.authors),
        "published": article.published.isoformat() if article.published else None,
    }
