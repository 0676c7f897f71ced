"""The record of an article that the fingerprint store keeps: enough to compare it, in few bytes."""

from array import array
from collections.abc import Iterable
from datetime import datetime
from functools import cache, cached_property, lru_cache
from struct import Struct as Layout
from zlib import crc32

from msgspec import Struct

from schemas.article import make_aware
from schemas.fingerprints import StoredFingerprints
from workers.dedupe.long_words import NO_WORDS, LongWords, decode_words, encode_words
from workers.dedupe.signature import LEAD_SHINGLES, Signature

# Published and fetched in seconds, digest, length of the id, hash of the outlet, length, rate,
# number of numbers, lead. The Lua scripts read the first four.
_HEAD = Layout("<dd8sBIHBBH")
MAX_LENGTH = 0xFFFF
# How many times coarser the long-term sketch is than the one that is kept for two days.
_COARSENING = 2
# Copies of a story arrive close together, so a worker meets the same records again.
MAX_CACHED_RECORDS = 1_000
# Values of the sketch have 16 bits.
VALUE_COUNT = 65_536


class Record(Struct, frozen=True, eq=False, dict=True):
    """One article. `length` is in shingles. `values` of the sketch: all of the first `lead`
    shingles, then those divisible by `rate`; an old record has no lead, twice the rate, and no
    `words`."""

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
    words: LongWords = NO_WORDS

    @cached_property
    def distinct_values(self) -> frozenset[int]:
        """The values, each once."""
        return frozenset(self.values)

    @cached_property
    def lead_values(self) -> frozenset[int]:
        """The values of the lead, each once."""
        return frozenset(self.values[: self.lead])

    @cached_property
    def bitmap(self) -> int:
        """The values as bits of one integer, so that one `&` compares two sketches."""
        return _bitmap(self.values)

    @cached_property
    def lead_bitmap(self) -> int:
        """The values of the lead as bits of one integer."""
        return _bitmap(self.values[: self.lead])

    @cached_property
    def sample_size(self) -> int:
        """How many distinct values are in the sketch wherever in the text they occur."""
        return (self.bitmap & multiples_bitmap(self.rate)).bit_count()


class DocumentMetadata(Struct, frozen=True):
    """What dedupe needs of an article beside its text."""

    document_id: str
    published: datetime
    fetched: datetime
    outlet: str


def build_record(metadata: DocumentMetadata, signature: Signature) -> Record:
    """Return the record of an article that was just parsed."""
    return Record(
        document_id=metadata.document_id,
        published=_timestamp(metadata.published),
        fetched=_timestamp(metadata.fetched),
        digest=signature.digest,
        outlet=crc32(metadata.outlet.encode()),  # 0 for an unknown one
        length=signature.length,
        rate=signature.rate,
        lead=min(LEAD_SHINGLES, signature.length),
        values=signature.values,
        numbers=signature.numbers,
        words=signature.words,
    )


def encode(record: Record) -> tuple[bytes, bytes]:
    """Return the part that is kept for the window, and the finer sketch, kept for two days.

    The long words follow the finer sketch. They are odd and its last values even, so that a reader
    who does not know of them takes them for no part of the sample.
    """
    document_id = record.document_id.encode()
    rate = record.rate * _COARSENING
    head = _HEAD.pack(
        record.published,
        record.fetched,
        record.digest,
        len(document_id),
        record.outlet,
        min(record.length, MAX_LENGTH),
        rate.bit_length(),
        len(record.numbers),
        record.lead,
    )
    mask = rate - 1
    coarse = [value for value in record.values if not value & mask]
    rest = array("H", (*record.numbers, *coarse)).tobytes()
    finer = array("H", (*record.values, *encode_words(record.words))).tobytes()
    return head + document_id + rest, finer


@lru_cache(maxsize=MAX_CACHED_RECORDS)
def decode(long_term: bytes, short_term: bytes) -> Record:
    """Return the record that `encode` made these parts of; `short_term` is empty once expired."""
    head = _HEAD.unpack_from(long_term)
    published, fetched, digest, id_length, outlet, length, rate_bits, number_count, lead = head
    start = _HEAD.size + id_length
    numbers_and_coarse = tuple(array("H", long_term[start:]))
    fine, words = _split_finer(tuple(array("H", short_term)), lead)
    rate = 1 << rate_bits - 1
    return Record(
        document_id=long_term[_HEAD.size : start].decode(),
        published=published,
        fetched=fetched,
        digest=digest,
        outlet=outlet,
        length=length,
        rate=rate // _COARSENING if fine else rate,
        lead=lead if fine else 0,
        values=fine or numbers_and_coarse[number_count:],
        numbers=numbers_and_coarse[:number_count],
        words=words,
    )


def _split_finer(finer: tuple[int, ...], lead: int) -> tuple[tuple[int, ...], LongWords]:
    """Return the values of the sketch and the words that follow it; versions before 0.2 stored
    none, and what has a lead only ends with it."""
    if len(finer) <= lead:
        return finer, NO_WORDS
    words = decode_words(finer)
    count = len(words.hashes) + (words is not NO_WORDS)
    return finer[: len(finer) - count], words


def decode_stored(stored: StoredFingerprints) -> Record:
    """Return the record of an article that the fingerprint store holds."""
    return decode(stored.long_term, stored.short_term)


@cache
def multiples_bitmap(rate: int) -> int:
    """Return a bitmap of all values that are divisible by `rate`, a power of two."""
    return ((1 << VALUE_COUNT) - 1) // ((1 << rate) - 1)


def _bitmap(values: Iterable[int]) -> int:
    """Return an integer whose bit `n` is set where `n` is among the values."""
    marks = bytearray(VALUE_COUNT // 8)
    for value in values:
        marks[value >> 3] |= 1 << (value & 7)
    return int.from_bytes(marks, "little")


def _timestamp(value: datetime) -> float:
    """Return seconds since 1970; a date without a zone counts as UTC."""
    return make_aware(value).timestamp()
