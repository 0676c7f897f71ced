"""Feeds and sitemaps that are packed in themselves, whatever the headers of their response say."""

import zlib
from gzip import GzipFile
from io import BytesIO

from workers.discover.links import BadFeedError

MAGIC = b"\x1f\x8b"
CHUNK_BYTES = 65_536
MAX_LAYERS = 3  # some servers pack what is packed already


def unpack(body: bytes, max_bytes: int) -> bytes:
    """Return `body`, unpacked if it is gzip, once or several times. Of a file that is cut off or
    damaged further on, what could be unpacked.

    Raises:
        BadFeedError: nothing can be unpacked, or more than `max_bytes`.
    """
    for _ in range(MAX_LAYERS):
        if not body.startswith(MAGIC):
            break
        body = _unpack_once(body, max_bytes)
    return body


def _unpack_once(body: bytes, max_bytes: int) -> bytes:
    """Return what the members of a gzip file (RFC 1952 section 2.2) hold, one after the other.

    Raises:
        BadFeedError: nothing can be unpacked, or more than `max_bytes`.
    """
    parts: list[bytes] = []
    size = 0
    try:
        with GzipFile(fileobj=BytesIO(body)) as packed:
            while size <= max_bytes and (part := packed.read1(CHUNK_BYTES)):
                parts.append(part)
                size += len(part)
    except (EOFError, OSError, zlib.error) as error:
        parts = parts or [_unpack_damaged(body, max_bytes)]
        if not any(parts):
            raise BadFeedError(f"is bad gzip: {error}") from error
    if sum(map(len, parts)) > max_bytes:
        raise BadFeedError(f"unpacks to more than {max_bytes:,} bytes")
    return b"".join(parts)


def _unpack_damaged(body: bytes, room: int) -> bytes:
    """Return what stands before the damage in a gzip member."""
    unpacker, parts, size = zlib.decompressobj(wbits=31), [], 0
    try:
        for start in range(0, len(body), 1024):
            parts.append(unpacker.decompress(body[start : start + 1024], room + 1 - size))
            size += len(parts[-1])
            if size > room:
                break
    except zlib.error:
        pass
    return b"".join(parts)
