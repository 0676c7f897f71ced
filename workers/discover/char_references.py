"""References to characters that there are none of: an emoji written as the two halves that UTF-16
has for it, half an emoji of a title that was cut."""

import re

MAX_CODE_POINT = 0x10FFFF
MAX_DIGITS = 8  # of a number that is surely greater
# those of UTF-16's halves (and their neighbours), and those beyond the last character
_NUMBER = (
    rb"(?:[xX]0*(?:[dD][89a-fA-F][0-9a-fA-F]{2}|[1-9a-fA-F][0-9a-fA-F]{5,})"
    rb"|0*(?:5[5-7][0-9]{3}|[1-9][0-9]{6,}))(?:;|(?![0-9a-fA-F]))"
)
_REFERENCES = re.compile(rb"&#%b(?:&#%b)*" % (_NUMBER, _NUMBER))
_REFERENCE = re.compile(rb"&#(?:[xX]0*([0-9a-fA-F]+)|0*([0-9]+))")
_HALF = rb"u[dD][89a-fA-F][0-9a-fA-F]{2}"
# a backslash that is itself escaped begins none
_ESCAPES = re.compile(rb"\\(?:\\|%b(?:\\%b)*)" % (_HALF, _HALF))


def repair(xml: bytes) -> bytes:
    """Return `xml` with surrogate pairs joined, and with U+FFFD for references that name no
    character."""
    return _REFERENCES.sub(_joined, xml)


def repair_json(body: bytes) -> bytes:
    """Return `body` with the escapes of JSON repaired in the same way."""
    return _ESCAPES.sub(_joined_escapes, body)


def _joined(found: re.Match[bytes]) -> bytes:
    numbers = [_number(*pair) for pair in _REFERENCE.findall(found[0])]
    return b"".join(b"&#%d;" % ord(sign) for sign in _whole(numbers))


def _number(hexadecimal: bytes, decimal: bytes) -> int:
    return int(hexadecimal[:MAX_DIGITS], 16) if hexadecimal else int(decimal[:MAX_DIGITS])


def _whole(numbers: list[int]) -> str:
    text = "".join(chr(number) if number <= MAX_CODE_POINT else "\ufffd" for number in numbers)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _joined_escapes(found: re.Match[bytes]) -> bytes:
    units = [int(unit, 16) for unit in found[0].split(rb"\u")[1:]]
    return _whole(units).encode() or found[0]
