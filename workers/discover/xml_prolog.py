"""What comes before a document: white space that parsers refuse, and XML declarations."""

import re

_LEADING = b"\xef\xbb\xbf \t\r\n"
_ENTITY = b"<!ENTITY"
# It does not match a DOCTYPE with a [: what that declares may be anywhere after it.
_PROLOG = re.compile(
    rb"(?:\s++|<\?.*?\?>|<!--.*?-->"
    rb"|<!DOCTYPE(?:[^\[\]\"'<>]++|\"[^\"]*+\"|'[^']*+')*+>)*+",
    re.DOTALL | re.IGNORECASE,
)
_ROOT = re.compile(rb"<\w")


def strip_leading(body: bytes) -> bytes:
    """Return `body` without the byte order mark and the white space that scripts print first."""
    return body.lstrip(_LEADING)


def declares_entities(xml: bytes) -> bool:
    """Return whether `xml`, in UTF-8, may declare entities. None can be declared once its root has
    begun: there such text belongs to an article about XML."""
    upper = xml.upper()
    if _ENTITY not in upper:
        return False
    prolog = _PROLOG.match(upper)
    root = prolog.end() if prolog else 0
    return _ENTITY in upper[:root] or not _ROOT.match(upper, root)
