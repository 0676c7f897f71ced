"""What the fingerprints keep of an article: enough to compare it, in few bytes."""

from datetime import UTC, datetime
from struct import Struct as Layout
from struct import pack, unpack
from zlib import crc32

from msgspec import Struct

from workers.dedupe.signature import LEAD, Signature

# published, fetched: seconds; outlet, title: hashes. The Lua side reads the first four fields.
_HEAD = Layout("<dd8sBIIHBBH")
_COARSER = 2


class Record(Struct, frozen=True):
    """One article. `values` of the sketch: all of the first `lead`, then those divisible by
    `rate`; an old record has no lead and twice the rate."""

    document_id: str
    published: float
    fetched: float
    digest: bytes
    outlet: int
    title: int
    length: int
    rate: int
    lead: int
    values: tuple[int, ...]
    figures: tuple[int, ...]


class Facts(Struct, frozen=True):
    """What an article's text does not tell."""

    document_id: str
    title: str
    published: datetime
    fetched: datetime
    outlet: str


def record(facts: Facts, of: Signature) -> Record:
    """The record of an article just read."""
    return Record(
        document_id=facts.document_id,
        published=_seconds(facts.published),
        fetched=_seconds(facts.fetched),
        digest=of.digest,
        outlet=crc32(facts.outlet.encode()),  # 0 for an unknown one
        title=crc32(facts.title.strip().lower().encode()),
        length=of.length,
        rate=of.rate,
        lead=min(LEAD, of.length),
        values=of.values,
        figures=of.figures,
    )


def packed(of: Record) -> tuple[bytes, bytes]:
    """The part that lasts for the window, and the finer sketch that is kept for two days."""
    name = of.document_id.encode()
    rate = of.rate * _COARSER
    head = _HEAD.pack(
        of.published,
        of.fetched,
        of.digest,
        len(name),
        of.outlet,
        of.title,
        min(of.length, 0xFFFF),
        rate.bit_length(),
        len(of.figures),
        of.lead,
    )
    mask = rate - 1
    coarse = [v for v in of.values if not v & mask]
    lasting = pack(f"<{len(of.figures) + len(coarse)}H", *of.figures, *coarse)
    return head + name + lasting, pack(f"<{len(of.values)}H", *of.values)


def unpacked(lasting: bytes, fleeting: bytes) -> Record:
    """The record in what was stored; `fleeting` is empty when its time is over."""
    head = _HEAD.unpack_from(lasting)
    published, fetched, digest, name_length, outlet, title, length, bits, figures, lead = head
    start = _HEAD.size + name_length
    numbers = unpack(f"<{(len(lasting) - start) // 2}H", lasting[start:])
    fine = unpack(f"<{len(fleeting) // 2}H", fleeting)
    rate = 1 << bits - 1
    return Record(
        document_id=lasting[_HEAD.size : start].decode(),
        published=published,
        fetched=fetched,
        digest=digest,
        outlet=outlet,
        title=title,
        length=length,
        rate=rate // _COARSER if fine else rate,
        lead=lead if fine else 0,
        values=fine or numbers[figures:],
        figures=numbers[:figures],
    )


def moment(seconds: float) -> datetime:
    """The moment in a record."""
    return datetime.fromtimestamp(seconds, UTC)


def _seconds(value: datetime) -> float:
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
