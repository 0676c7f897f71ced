"""Cursors: where a page of results ended. They are signed, so that nobody can send a forged one."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b, sha256
from typing import Any, Final

import msgspec
from msgspec import Struct

from workers.search.params import SearchParams
from workers.search.query.zones import UTC_ZONE

SIGNATURE_BYTES: Final = 16
MAX_CURSOR_LENGTH: Final = 8_000


class CursorError(ValueError):
    """The cursor was not made by us, or belongs to another search."""


class Cursor(Struct, frozen=True, array_like=True):
    """The next page begins `after` these sort values or, collapsed, at hit number `start`;
    `point` is the id of the point in time that the pages share, if one is open."""

    search: bytes
    start: int = 0
    after: tuple[Any, ...] = ()
    point: str = ""


def fingerprint(params: SearchParams) -> bytes:
    """Return a digest (8 bytes) of what must not change between pages: all but the page's size."""
    fixed = [params.query, sorted(params.filters), params.sort, params.is_collapsed]
    if params.zone != UTC_ZONE:
        fixed.append(params.zone.key)
    return blake2b(msgspec.json.encode(fixed), digest_size=8).digest()


def seal(cursor: Cursor, key: bytes) -> str:
    """Return the cursor, signed with `key`, as text that a URL can carry."""
    encoded = msgspec.msgpack.encode(cursor)
    return urlsafe_b64encode(_signature(encoded, key) + encoded).decode().rstrip("=")


def unseal(text: str, params: SearchParams, key: bytes) -> Cursor:
    """Return the cursor in `text`.

    Raises:
        CursorError: it was not signed with `key`, or was made for other `params`.
    """
    if len(text) > MAX_CURSOR_LENGTH or not text.isascii():
        raise CursorError("this is not a cursor")
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise CursorError("this is not a cursor") from None
    signature, encoded = raw[:SIGNATURE_BYTES], raw[SIGNATURE_BYTES:]
    if not hmac.compare_digest(signature, _signature(encoded, key)):
        raise CursorError("this cursor was changed on its way, or is from another server")
    cursor = msgspec.msgpack.decode(encoded, type=Cursor)
    if cursor.search != fingerprint(params):
        raise CursorError("this cursor belongs to another search: keep query, filters and sort")
    return cursor


def _signature(encoded: bytes, key: bytes) -> bytes:
    return hmac.digest(key, encoded, sha256)[:SIGNATURE_BYTES]
