"""Bytes and their Content-Type header in, the page's text out."""

from collections.abc import Iterator
from typing import Final, TypeGuard

from charset_normalizer import from_bytes
from w3lib.encoding import (
    html_body_declared_encoding,
    http_content_type_encoding,
    read_bom,
    to_unicode,
)

MAX_PAGE_BYTES: Final = 8_000_000
_SAMPLE: Final = 60_000
# Python has codecs that are no character sets too (base64, idna, unicode_escape).
_CHARACTER_SETS: Final = tuple(
    "ascii big5 cp euc gb iso2022 iso8859 johab koi8 kz1048 mac shift tis utf-16 utf-32 utf-8 "
    "utf_".split()
)
_WIDE: Final = ("utf-16", "utf-32")
_UTF8: Final = 4


def decode(html: bytes | str, content_type: str = "") -> str:
    """The page as text, cut at `LARGEST_PAGE` characters; undecodable bytes become U+FFFD.

    Order of belief: byte order mark, then UTF-8 where the bytes are nearly all that, as those of
    other sets never are; then, as in the HTML standard, header, meta and detection, unless most
    could not be read so.
    """
    if isinstance(html, str):
        return html[:MAX_PAGE_BYTES]
    raw = html[:MAX_PAGE_BYTES]
    mark, sign = read_bom(raw)
    if mark and sign:
        return to_unicode(raw[len(sign) :], mark)
    text = raw.decode("utf-8", "replace")
    good, bad = _read_and_lost(text, raw)
    if good > _UTF8 * bad:
        return text
    for encoding in _candidates(raw, content_type):
        told = text if encoding == "utf-8" else to_unicode(raw, encoding)
        good, bad = _read_and_lost(told, raw)
        if bad <= good:
            return told
    return text


def _read_and_lost(text: str, raw: bytes) -> tuple[int, int]:
    """How many letters beyond ASCII could be read, roughly, and how many could not."""
    if text.isascii():
        return 0, 0
    if "\ufffd" not in text:
        return len(text), 0
    # Where the page itself says U+FFFD, an earlier hand lost the letter.
    lost = max(0, text.count("\ufffd") - raw.count(b"\xef\xbf\xbd"))
    return len(text) - len(text.encode("ascii", "ignore")) - lost, lost


def _candidates(raw: bytes, content_type: str) -> Iterator[str]:
    """The character sets that may be the page's, most trusted first."""
    named = (http_content_type_encoding(content_type or None), html_body_declared_encoding(raw))
    for name in named:
        # UTF-16 and UTF-32 write markup with zeros.
        if _is_character_set(name) and (b"\0" in raw or not name.startswith(_WIDE)):
            yield name
    best = None if raw.isascii() else from_bytes(raw[:_SAMPLE]).best()
    if best and _is_character_set(best.encoding):
        yield best.encoding


def _is_character_set(name: str | None) -> TypeGuard[str]:
    return bool(name) and str(name).startswith(_CHARACTER_SETS)
