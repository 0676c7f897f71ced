"""Whether bytes hold a page's markup or its text, flattened by some scraper."""

import re
from typing import Literal

from workers.parse.html import decoding

_SAMPLE = 64_000
_DOCUMENT = re.compile(r"(?i)<(?:!doctype\s+html|html|head|body|frameset)\b")
_ELEMENT = re.compile(
    r"(?i)<(?:p|div|h[1-6]|article|section|main|header|meta|link|title|script|span|ul|table|a)"
    r"(?:\s[^<>]*)?>"
)
_FEWEST_ELEMENTS = 3


def form_of(body: bytes) -> Literal["html", "flattened"]:
    """ "html" for a document or a piece of one; a tag or two in a text do not make it markup."""
    text = decoding.decode(body[:_SAMPLE])
    if _DOCUMENT.search(text):
        return "html"
    return "html" if len(_ELEMENT.findall(text)) >= _FEWEST_ELEMENTS else "flattened"
