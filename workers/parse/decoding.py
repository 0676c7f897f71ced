"""Bytes and their Content-Type header in, the page's text out."""

import re
from typing import Final

from charset_normalizer import from_bytes
from w3lib.encoding import (
    html_body_declared_encoding,
    http_content_type_encoding,
    read_bom,
    to_unicode,
)

LARGEST_PAGE: Final = 8_000_000
_SAMPLE: Final = 60_000
# Python has codecs that are no character sets too (base64, idna, unicode_escape).
_CHARACTER_SETS: Final = (
    "ascii big5 cp euc gb iso2022 iso8859 johab koi8 kz1048 mac shift tis utf-16 utf-32 utf-8"
).split()


def decode(html: bytes | str, content_type: str = "") -> str:
    """The page as text, cut at `LARGEST_PAGE` characters; undecodable bytes become U+FFFD.

    Order of belief as in the HTML standard: byte order mark, header, meta, then detection.
    """
    if isinstance(html, str):
        return html[:LARGEST_PAGE]
    raw = html[:LARGEST_PAGE]
    encoding, text = _decoded(raw, content_type)
    # A page that names the wrong character set shows it by what could not be decoded.
    if encoding != "utf-8" or "\ufffd" in text[:_SAMPLE]:
        text = _second_thought(raw, text)
    return text


def _decoded(raw: bytes, content_type: str) -> tuple[str, str]:
    mark, sign = read_bom(raw)
    if mark and sign:
        return mark, to_unicode(raw[len(sign) :], mark)
    encoding = (
        _character_set(http_content_type_encoding(content_type or None))
        or _character_set(html_body_declared_encoding(raw))
        or _detect(raw)
        or "utf-8"
    )
    return encoding, to_unicode(raw, encoding)


def _character_set(name: str | None) -> str | None:
    return name if name and name.startswith(tuple(_CHARACTER_SETS)) else None


def _detect(raw: bytes) -> str | None:
    if _is_utf8(raw):
        return "utf-8"
    best = from_bytes(raw[:_SAMPLE]).best()
    return best.encoding if best else None


def _second_thought(raw: bytes, text: str) -> str:
    if not raw.isascii() and _is_utf8(raw):
        return raw.decode("utf-8", "replace")
    return text


def _is_utf8(raw: bytes) -> bool:
    """True for valid UTF-8, but for a character that the size limit cut at the end."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(raw) - 4 and len(raw) == LARGEST_PAGE
    return True


_SUSPICIOUS: Final = 6_000
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)")
# Without an end tag of their own, or with one that may be left out.
_FLAT: Final = frozenset(
    "area base br col embed hr img input link meta param source track wbr p li dt dd tr td th "
    "thead tbody tfoot option optgroup colgroup rt rp path rect circle use script style".split()
)


def depth_of(text: str) -> int:
    """How deep elements are nested, at most: a tree builder's time grows with its square.

    0 for pages with too few tags to be worth the look.
    """
    if text.count("<") < _SUSPICIOUS:
        return 0
    depth = deepest = 0
    for match in _TAG.finditer(text):
        if match[2].lower() in _FLAT:
            continue
        depth = max(0, depth - 1) if match[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest
