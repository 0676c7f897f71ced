"""Tells the markup of a page from its plain text, as some scraper has flattened it."""

import re
from typing import Literal

from workers.parse.html import decoding

_SAMPLE_BYTES = 64_000
_MIN_ELEMENTS = 3
_DOCUMENT = re.compile(r"(?i)<(?:!doctype\s+html|html|head|body|frameset)\b")
_ELEMENT = re.compile(
    r"(?i)<(?:p|div|h[1-6]|article|section|main|header|meta|link|title|script|span|ul|table|a)"
    r"(?:\s[^<>]*)?>"
)


def detect_form(body: bytes) -> Literal["html", "flattened"]:
    """Return "html" for a document or a fragment of one; a tag or two do not make a text HTML."""
    text = decoding.decode(body[:_SAMPLE_BYTES])
    if _DOCUMENT.search(text):
        return "html"
    return "html" if len(_ELEMENT.findall(text)) >= _MIN_ELEMENTS else "flattened"
