"""Which pages are shells: a script draws their text, the HTML itself has none."""

import re

from schemas.article import Article, PageKind
from schemas.page import MIN_TEXT_CHARS

# scripts that only hold data draw nothing
_SCRIPT = re.compile(
    rb"<script\b(?![^>]*\btype\s*=\s*[\"']?(?:application/(?:ld\+)?json|text/template))",
    re.IGNORECASE,
)


def is_shell(html: bytes, article: Article | None) -> bool:
    """Return whether only a script can tell the text of this page; `article` is what was read from
    its HTML, None if that has no text or no headline."""
    if article is not None and article.kind is not PageKind.ARTICLE:
        return False
    is_empty = article is None or len(article.body) < MIN_TEXT_CHARS
    return is_empty and bool(_SCRIPT.search(html))
