"""Where a page of results ended, sealed so that nobody can send a place of their own making."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b, sha256
from typing import Any, Final

import msgspec
from msgspec import Struct

from workers.search.params import SearchParams

SEAL_BYTES: Final = 16
LONGEST: Final = 8_000


class CursorError(ValueError):
    """A cursor that is not ours, or belongs to another search."""


class Cursor(Struct, frozen=True, array_like=True):
    """The next page begins `after` these sort values or, collapsed, at hit number `start`;
    `point` is the point in time that the pages share, if one is open."""

    search: bytes
    start: int = 0
    after: tuple[Any, ...] = ()
    point: str = ""


def fingerprint(params: SearchParams) -> bytes:
    """Return a digest of what must be the same on each page: all parameters but the page's size."""
    same = (params.query, sorted(params.filters), params.sort, params.is_collapsed)
    return blake2b(msgspec.json.encode(same), digest_size=8).digest()


def seal(cursor: Cursor, key: bytes) -> str:
    """Return the cursor as text for an address."""
    packed = msgspec.msgpack.encode(cursor)
    return urlsafe_b64encode(_signature(packed, key) + packed).decode().rstrip("=")


def unseal(text: str, params: SearchParams, key: bytes) -> Cursor:
    """Return the cursor in `text`.

    Raises:
        CursorError: it was not sealed with `key` for `params`.
    """
    if len(text) > LONGEST or not text.isascii():
        raise CursorError("this is no cursor")
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise CursorError("this is no cursor") from None
    signature, packed = raw[:SEAL_BYTES], raw[SEAL_BYTES:]
    if not hmac.compare_digest(signature, _signature(packed, key)):
        raise CursorError("this cursor was changed on its way, or is from another server")
    cursor = msgspec.msgpack.decode(packed, type=Cursor)
    if cursor.search != fingerprint(params):
        raise CursorError("this cursor belongs to another search: keep query, filters and sort")
    return cursor


def _signature(packed: bytes, key: bytes) -> bytes:
    return hmac.digest(key, packed, sha256)[:SEAL_BYTES]
