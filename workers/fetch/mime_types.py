"""What a Content-Type header means, and what a body is whose header means nothing (WHATWG MIME
Sniffing Standard)."""

import re

_WORD = r"[-!#$%&'*+.^_`|~0-9A-Za-z]+"
_TYPE = re.compile(rf"\s*({_WORD}/{_WORD})\s*(?:;(.*))?", re.DOTALL)
# section 7: what these name is found out from the body
_UNKNOWN = frozenset({"unknown/unknown", "application/unknown", "*/*"})
_SNIFFED_BYTES = 1445  # section 5.2
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:[a-z][a-z0-9:-]*[\s/>]|!doctype|!--|\?xml)", re.IGNORECASE
)
_PAGE_TAG = re.compile(rb"<(?:!doctype html|html|head|body|title|meta)[\s>]", re.IGNORECASE)
_UTF16_MARKUP = re.compile(rb"(?:\xff\xfe(?:[\t\n\f\r ]\0)*<\0|\xfe\xff(?:\0[\t\n\f\r ])*\0<)")


def declared_type(content_type: str) -> str:
    """Return type, subtype and parameters of the header, of which there may be several values with
    commas between them: the last readable one counts, with the charset of one before it that names
    the same type. Empty if none says anything."""
    essence = parameters = ""
    for value in content_type.split(","):
        found = _TYPE.fullmatch(value)
        if found is None or (kind := found[1].lower()) in _UNKNOWN:
            continue
        if kind != essence or "charset" in (found[2] or "").lower():
            parameters = (found[2] or "").strip()
        essence = kind
    return f"{essence}; {parameters}" if parameters else essence


def essence_of(content_type: str) -> str:
    """Return only type and subtype, in lower case."""
    return declared_type(content_type).partition(";")[0]


def is_markup(body: bytes) -> bool:
    """Return whether a body without a declared type is HTML or XML, by its first bytes."""
    start = body[:_SNIFFED_BYTES]
    return bool(_MARKUP.match(start) or _UTF16_MARKUP.match(start) or _PAGE_TAG.search(start))
