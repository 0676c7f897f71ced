"""What the fingerprints keep of an article: enough to compare it, in few bytes."""

from array import array
from collections.abc import Iterable
from datetime import datetime
from functools import cache, cached_property, lru_cache
from struct import Struct as Layout
from zlib import crc32

from msgspec import Struct

from schemas.article import aware
from schemas.fingerprints import StoredFingerprints
from workers.dedupe.signature import LEAD, Signature

# Published and fetched in seconds, digest, length of the id, hash of the outlet, length, rate,
# figures, lead. The Lua side reads the first four.
_HEAD = Layout("<dd8sBIHBBH")
_COARSER = 2
# Copies of a story come close together, so a worker meets the same records again.
RECENT = 1_000
# Values of the sketch have 16 bits.
VALUES = 65_536


class Record(Struct, frozen=True, eq=False, dict=True):
    """One article. `values` of the sketch: all of the first `lead`, then those divisible by
    `rate`; an old record has no lead and twice the rate."""

    document_id: str
    published: float
    fetched: float
    digest: bytes
    outlet: int
    length: int
    rate: int
    lead: int
    values: tuple[int, ...]
    numbers: tuple[int, ...]

    @cached_property
    def distinct(self) -> frozenset[int]:
        """The values, each once."""
        return frozenset(self.values)

    @cached_property
    def leads(self) -> frozenset[int]:
        """The values of the lead, each once."""
        return frozenset(self.values[: self.lead])

    @cached_property
    def bits(self) -> int:
        """The values as bits of one number: two sketches are laid over each other in one step."""
        return _bits(self.values)

    @cached_property
    def lead_bits(self) -> int:
        """The same of the lead."""
        return _bits(self.values[: self.lead])

    @cached_property
    def sure(self) -> int:
        """How many of the values the sketch holds wherever they stand."""
        return (self.bits & multiples(self.rate)).bit_count()


class DocumentFacts(Struct, frozen=True):
    """What an article's text does not tell."""

    document_id: str
    published: datetime
    fetched: datetime
    outlet: str


def record(facts: DocumentFacts, of: Signature) -> Record:
    """Return the record of an article that has just been parsed."""
    return Record(
        document_id=facts.document_id,
        published=_seconds(facts.published),
        fetched=_seconds(facts.fetched),
        digest=of.digest,
        outlet=crc32(facts.outlet.encode()),  # 0 for an unknown one
        length=of.length,
        rate=of.rate,
        lead=min(LEAD, of.length),
        values=of.values,
        numbers=of.numbers,
    )


def encode(of: Record) -> tuple[bytes, bytes]:
    """Return the record as bytes in two parts: the long-term one, kept for the whole window, and
    the finer sketch, kept for two days."""
    name = of.document_id.encode()
    rate = of.rate * _COARSER
    head = _HEAD.pack(
        of.published,
        of.fetched,
        of.digest,
        len(name),
        of.outlet,
        min(of.length, 0xFFFF),
        rate.bit_length(),
        len(of.numbers),
        of.lead,
    )
    mask = rate - 1
    coarse = [v for v in of.values if not v & mask]
    lasting = array("H", (*of.numbers, *coarse)).tobytes()
    return head + name + lasting, array("H", of.values).tobytes()


@lru_cache(maxsize=RECENT)
def decode(lasting: bytes, fleeting: bytes) -> Record:
    """Return the record from its stored parts; the short-term one is empty once it has expired."""
    head = _HEAD.unpack_from(lasting)
    published, fetched, digest, name_length, outlet, length, bits, figures, lead = head
    start = _HEAD.size + name_length
    numbers, fine = tuple(array("H", lasting[start:])), tuple(array("H", fleeting))
    rate = 1 << bits - 1
    return Record(
        document_id=lasting[_HEAD.size : start].decode(),
        published=published,
        fetched=fetched,
        digest=digest,
        outlet=outlet,
        length=length,
        rate=rate // _COARSER if fine else rate,
        lead=lead if fine else 0,
        values=fine or numbers[figures:],
        numbers=numbers[:figures],
    )


def stored_record(stored: StoredFingerprints) -> Record:
    """Return the record of an article in the fingerprint store."""
    return decode(stored.long_term, stored.short_term)


@cache
def multiples(rate: int) -> int:
    """Return the bits of all values that `rate`, a power of two, divides."""
    return ((1 << VALUES) - 1) // ((1 << rate) - 1)


def _bits(values: Iterable[int]) -> int:
    marks = bytearray(VALUES // 8)
    for value in values:
        marks[value >> 3] |= 1 << (value & 7)
    return int.from_bytes(marks, "little")


def _seconds(value: datetime) -> float:
    return aware(value).timestamp()
