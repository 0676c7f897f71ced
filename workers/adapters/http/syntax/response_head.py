"""The head of an HTTP/1 response as browsers and curl read it: h11 refuses the whole response for
one malformed line, and a server that sends such a line sends it with every page."""

import re

MAX_HEAD_BYTES = 102_400  # httpcore reads no longer one
_END = re.compile(rb"\n\r*\n")
_END_BYTES = 8  # so many bytes of an end may have come before its last one
_BLANK = re.compile(rb"[\r\n]*")
_VALUE = rb"[\t\x20-\x7e\x80-\xff]*"
_NAME = rb"[-!#$%&'*+.^_`|~0-9A-Za-z]+"
_WELL_FORMED = re.compile(
    rb"HTTP/1\.[01] [1-9][0-9]{2}(?: %b)?\r?\n(?:%b:%b\r?\n)*\r?\n" % (_VALUE, _NAME, _VALUE)
)
_STATUS = re.compile(
    rb"HTTP/?[ \t]*([0-9]?)\.?([0-9]?)[ \t]+([1-9][0-9]{2})(?![0-9])(.*)", re.IGNORECASE | re.DOTALL
)
_FIELD = re.compile(rb"(%b)[ \t]*:(.*)" % _NAME, re.DOTALL)
_ODD_SPACES = re.compile(rb"[\r\x0b\x0c]")
_CONTROLS = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


def repair_heads(received: bytes, searched: int = 0) -> tuple[bytes, bytes, bool]:
    """Return what of `received` h11 may read now, what has to wait for more, and whether the head
    of the response is still to come: interim ones come before it. In the first `searched` bytes no
    head ends."""
    ready = b""
    while end := _head_end(received, searched):
        head, received, searched = received[:end], received[end:], 0
        ready += repair(head)
        if not _is_interim(head):
            return ready + received, b"", False
    return ready, received, True


def repair(head: bytes) -> bytes:
    """Return `head` as h11 reads it: lines without a colon or with no possible name are left out,
    as browsers do, blanks before a colon and stray carriage returns are nothing. What begins with
    no status stays as it is."""
    if _WELL_FORMED.fullmatch(head):
        return head
    first, *lines = head[_blank_length(head) :].split(b"\n")
    status = _STATUS.fullmatch(first.rstrip(b"\r"))
    if status is None:
        return head
    kept = [_status_line(status)]
    is_kept = False  # whether a line that continues the one before belongs to anything
    for line in (each.rstrip(b"\r") for each in lines):
        if not line:
            break
        if line[:1] in {b" ", b"\t"}:
            if is_kept:
                kept[-1] += b" " + _value(line)
            continue
        field = _FIELD.fullmatch(line)
        is_kept = field is not None
        if field:
            kept.append(field[1] + b":" + _value(field[2]))
    return b"\r\n".join([*kept, b"", b""])


def _head_end(received: bytes, searched: int) -> int:
    found = _END.search(received, max(_blank_length(received), searched - _END_BYTES))
    return found.end() if found else 0


def _is_interim(head: bytes) -> bool:
    """Return whether another head follows this one (RFC 9110 section 15.2)."""
    status = _STATUS.match(head, _blank_length(head))
    return status is not None and status[3][:1] == b"1" and status[3] != b"101"


def _blank_length(received: bytes) -> int:
    blank = _BLANK.match(received)
    return blank.end() if blank else 0


def _status_line(status: re.Match[bytes]) -> bytes:
    minor = b"0" if (status[1], status[2]) == (b"1", b"0") else b"1"
    reason = _CONTROLS.sub(b"", status[4]).strip()
    return b"HTTP/1." + minor + b" " + status[3] + (b" " + reason if reason else b"")


def _value(text: bytes) -> bytes:
    return _ODD_SPACES.sub(b" ", text).strip(b" \t")
