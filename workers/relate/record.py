"""The record of an article that the store of events keeps: enough to compare it, in few bytes."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from struct import Struct as Layout
from struct import iter_unpack, pack

from msgspec import Struct

# Seconds since 1970, length of the id. The Lua scripts read both, and the id that follows.
_HEAD = Layout("<IB")
_TERM = "<IB"
# Weights and similarities as one byte: a weight is at most this, as few terms weigh more.
MAX_WEIGHT = 0.64
MAX_BYTE = 255
MAX_CACHED_RECORDS = 2_000


class EventRecord(Struct, frozen=True, eq=False):
    """One article: when it was published (seconds since 1970) and its terms with their weights as
    bytes: MAX_BYTE is MAX_WEIGHT."""

    document_id: str
    published: int
    weights: Mapping[int, int]


def encode_record(document_id: str, published: int, weights: Mapping[int, float]) -> bytes:
    """Return the record as the store keeps it."""
    name = document_id.encode()
    terms = b"".join(
        [
            pack(_TERM, term, min(MAX_BYTE, round(weight / MAX_WEIGHT * MAX_BYTE)))
            for term, weight in weights.items()
        ]
    )
    return _HEAD.pack(max(0, published), len(name)) + name + terms


@lru_cache(maxsize=MAX_CACHED_RECORDS)
def decode_record(raw: bytes) -> EventRecord:
    """Return the record that `encode_record` made these bytes of."""
    published, id_length = _HEAD.unpack_from(raw)
    start = _HEAD.size + id_length
    return EventRecord(
        document_id=raw[_HEAD.size : start].decode(),
        published=published,
        weights=dict(iter_unpack(_TERM, raw[start:])),
    )


def encode_similarity(similarity: float) -> int:
    """Return a similarity (0..1) as one byte."""
    return min(MAX_BYTE, round(similarity * MAX_BYTE))


def decode_neighbours(raw: bytes) -> Sequence[tuple[int, float]]:
    """Return an article's nearest ones (number, similarity), as the store keeps them."""
    return [(number, value / MAX_BYTE) for number, value in iter_unpack(_TERM, raw)]
