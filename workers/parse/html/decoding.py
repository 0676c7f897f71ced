"""Decodes the bytes of a page, with its Content-Type header, to text."""

import re
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
_DETECTION_SAMPLE_BYTES: Final = 60_000
# Prefixes of names. Python also has codecs for other things (base64, idna, unicode_escape).
_CHARACTER_SETS: Final = tuple(
    "ascii big5 cp euc gb iso2022 iso8859 johab koi8 kz1048 mac shift tis utf-16 utf-32 utf-8 "
    "utf_".split()
)
_WIDE_ENCODINGS: Final = ("utf-16", "utf-32")
_MIN_UTF8_RATIO: Final = 4
_MARKS_OF_DOUBLE: Final = ("â€", "â\x80")
_MARK_CHARS: Final = 100_000
_DOUBLE_ENCODED: Final = re.compile("(?:[Â-ô][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]{1,3})+")


def decode(html: bytes | str, content_type: str = "") -> str:
    """Return the page as text, without double encoding; see `_decode_once`."""
    return mend_double_encoding(_decode_once(html, content_type))


def mend_double_encoding(text: str) -> str:
    """Return the text with UTF-8 that was read as Windows-1252 or Latin-1 and encoded again set
    right.

    "â€œNobodyâ€" becomes "“Nobody”". A text without such quotes in its beginning is left alone.
    """
    return (
        _DOUBLE_ENCODED.sub(_mend, text)
        if any(text.find(mark, 0, _MARK_CHARS) >= 0 for mark in _MARKS_OF_DOUBLE)
        else text
    )


def _mend(match: re.Match[str]) -> str:
    try:
        raw = b"".join(
            letter.encode("latin-1" if letter < "\u0100" else "cp1252") for letter in match[0]
        )
        return raw.decode("utf-8")
    except UnicodeError:
        return match[0]


def _decode_once(html: bytes | str, content_type: str) -> str:
    """Return the page as text, cut at `MAX_PAGE_BYTES`; undecodable bytes become U+FFFD.

    The first of these encodings counts: that of the byte order mark; UTF-8 if nearly all bytes are
    valid UTF-8, which is never so in other encodings; then, as in the HTML standard, that of the
    header, of the meta tag, and the detected one, unless most bytes cannot be decoded by it.
    """
    if isinstance(html, str):
        return html[:MAX_PAGE_BYTES]
    raw = html[:MAX_PAGE_BYTES]
    bom_encoding, bom = read_bom(raw)
    if bom_encoding and bom:
        return to_unicode(raw[len(bom) :], bom_encoding)
    utf8_text = raw.decode("utf-8", "replace")
    good, bad = _count_letters(utf8_text, raw)
    if good > _MIN_UTF8_RATIO * bad:
        return utf8_text
    for encoding in _candidate_encodings(raw, content_type):
        text = utf8_text if encoding == "utf-8" else to_unicode(raw, encoding)
        good, bad = _count_letters(text, raw)
        if bad <= good:
            return text
    return utf8_text


def _count_letters(text: str, raw: bytes) -> tuple[int, int]:
    """Return roughly how many non-ASCII letters were decoded, and how many were not."""
    if text.isascii():
        return 0, 0
    if "\ufffd" not in text:
        return len(text), 0
    # A U+FFFD in the page's own bytes was lost before we got the page.
    lost = max(0, text.count("\ufffd") - raw.count(b"\xef\xbf\xbd"))
    return len(text) - len(text.encode("ascii", "ignore")) - lost, lost


def _candidate_encodings(raw: bytes, content_type: str) -> Iterator[str]:
    """Yield the encodings that the page may have, most trusted first."""
    declared = (http_content_type_encoding(content_type or None), html_body_declared_encoding(raw))
    for name in declared:
        # Markup in UTF-16 and UTF-32 has zero bytes.
        if _is_character_set(name) and (b"\0" in raw or not name.startswith(_WIDE_ENCODINGS)):
            yield name
    detected = None if raw.isascii() else from_bytes(raw[:_DETECTION_SAMPLE_BYTES]).best()
    if detected and _is_character_set(detected.encoding):
        yield detected.encoding


def _is_character_set(name: str | None) -> TypeGuard[str]:
    return bool(name) and str(name).startswith(_CHARACTER_SETS)
