"""How events become the bodies of messages: several in one, as JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from isal import isal_zlib
from kombu import compression, serialization

from schemas.events import Event, encode

# Brokers bear much more: RabbitMQ 16 MiB, Redis 512 MiB.
MAX_BYTES = 1_000_000
MIN_COMPRESSED_BYTES = 2000


def register_codecs() -> None:
    """Let Celery write and read JSON with msgspec, and deflate with ISA-L: the same bytes as
    before, in a tenth of the time."""
    encode_json: Any = msgspec.json.encode  # bytes, which kombu takes, too
    serialization.register("json", encode_json, msgspec.json.decode, "application/json", "utf-8")
    compression.register(
        isal_zlib.compress, isal_zlib.decompress, "application/x-gzip", aliases=["gzip", "zlib"]
    )


def bodies_of(events: Sequence[Event], most: int) -> Iterator[msgspec.Raw]:
    """Yield JSON lists of `events`, in their order, with `most` events and MAX_BYTES at most. An
    event that is larger than that has a message of its own."""
    parts, size = list[bytes](), 0
    for event in events:
        part = encode(event)
        if parts and (len(parts) >= most or size + len(part) > MAX_BYTES):
            yield _join(parts)
            parts, size = [], 0
        parts.append(part)
        size += len(part)
    if parts:
        yield _join(parts)


def _join(parts: Sequence[bytes]) -> msgspec.Raw:
    return msgspec.Raw(b"[" + b",".join(parts) + b"]")
