"""Repair of character references that name no character: an emoji written as the two surrogates of
UTF-16, or half an emoji at the end of a title that was cut."""

import re

MAX_CODE_POINT = 0x10FFFF
MAX_DIGITS = 8  # a number of so many digits is beyond MAX_CODE_POINT
# surrogates of UTF-16 (and their neighbours), and numbers beyond the last character
_NUMBER = (
    rb"(?:[xX]0*(?:[dD][89a-fA-F][0-9a-fA-F]{2}|[1-9a-fA-F][0-9a-fA-F]{5,})"
    rb"|0*(?:5[5-7][0-9]{3}|[1-9][0-9]{6,}))(?:;|(?![0-9a-fA-F]))"
)
_REFERENCES = re.compile(rb"&#%b(?:&#%b)*" % (_NUMBER, _NUMBER))
_REFERENCE = re.compile(rb"&#(?:[xX]0*([0-9a-fA-F]+)|0*([0-9]+))")
_SURROGATE = rb"u[dD][89a-fA-F][0-9a-fA-F]{2}"
# an escaped backslash does not begin an escape
_ESCAPES = re.compile(rb"\\(?:\\|%b(?:\\%b)*)" % (_SURROGATE, _SURROGATE))


def repair(xml: bytes) -> bytes:
    """Return `xml` with surrogate pairs joined, and with U+FFFD for references that name no
    character."""
    return _REFERENCES.sub(_repair_references, xml)


def repair_json(body: bytes) -> bytes:
    """Return `body` with the escapes of JSON repaired in the same way."""
    return _ESCAPES.sub(_repair_escapes, body)


def _repair_references(found: re.Match[bytes]) -> bytes:
    """Return valid references for a run of surrogates and invalid numbers."""
    code_points = [_code_point(*groups) for groups in _REFERENCE.findall(found[0])]
    return b"".join(b"&#%d;" % ord(character) for character in _join_surrogates(code_points))


def _code_point(hexadecimal: bytes, decimal: bytes) -> int:
    """Return the number that one of the two digit strings stands for."""
    return int(hexadecimal[:MAX_DIGITS], 16) if hexadecimal else int(decimal[:MAX_DIGITS])


def _join_surrogates(code_points: list[int]) -> str:
    """Return the text of `code_points`, with U+FFFD for single surrogates and invalid numbers."""
    text = "".join(chr(each) if each <= MAX_CODE_POINT else "\ufffd" for each in code_points)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _repair_escapes(found: re.Match[bytes]) -> bytes:
    """Return the characters of a run of escaped surrogates; an escaped backslash stays as it is."""
    code_units = [int(unit, 16) for unit in found[0].split(rb"\u")[1:]]
    return _join_surrogates(code_units).encode() or found[0]
