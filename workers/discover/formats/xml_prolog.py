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
_NAME = re.compile(rb"<(?:[\w.-]+:)?([\w.-]+)")
HEAD_BYTES = 4_000


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


def root_name(body: bytes) -> str:
    """Return the name of the first element, without prefix and in lower case; empty if `body` does
    not begin like XML."""
    head = body[:HEAD_BYTES].replace(b"\0", b"").lstrip(_LEADING + b"\xff\xfe")
    prolog = _PROLOG.match(head)
    found = _NAME.match(head, prolog.end() if prolog else 0)
    return found[1].decode("latin-1").lower() if found else ""
