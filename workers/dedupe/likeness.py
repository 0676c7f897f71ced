"""How much of their text two articles share, and where: the same answer whoever comes first."""

from msgspec import Struct

from workers.dedupe.record import Record

# The opening that tells whether a text begins with what it shares, in shingles.
OPENING = 48
OPENING_OF_OLD = 6
VALUES = 65_536
# Shared shingles stand in runs; below this density between the first and the last of them, the
# texts differ every few words: an edited copy, or a template with other figures.
DENSE = 0.8
FEWEST_SURE = 4


class Likeness(Struct, frozen=True):
    """Of the shorter and of the longer text (0..1): the part that stands in the other, and the
    part of the opening that does. `shared` is in words; `is_scattered` says that the shared part
    is broken by many small differences."""

    short: Record
    long: Record
    shared: float
    of_short: float
    of_long: float
    opening_of_short: float
    opening_of_long: float
    is_scattered: bool

    def of(self, record: Record) -> float:
        """The part of `record`, one of the two, that stands in the other."""
        return self.of_short if record is self.short else self.of_long

    def opening_of(self, record: Record) -> float:
        """The part of the opening of `record`, one of the two, that stands in the other."""
        return self.opening_of_short if record is self.short else self.opening_of_long


def likeness(a: Record, b: Record) -> Likeness:
    """Estimated from what both sketches are sure to hold."""
    is_ordered = (a.length, a.document_id) <= (b.length, b.document_id)
    short, long = (a, b) if is_ordered else (b, a)
    mask = max(a.rate, b.rate) - 1
    sure_short, sure_long = _sure(short, mask), _sure(long, mask)
    hits = _beyond_chance(sure_short, sure_long, mask + 1)
    lead_short, lead_long = set(short.values[: short.lead]), set(long.values[: long.lead])
    in_leads = len(lead_short & lead_long)
    of_short = max(_part(hits, len(sure_short)), _part(in_leads, short.length))
    if short.length <= short.lead:
        of_short = max(of_short, _part(in_leads, len(lead_short)))
    shared = max(of_short * short.length, in_leads)
    opening = max(4, min(OPENING, short.length * 4 // 5))
    is_in_leads = short.length <= short.lead * 3 // 2 and in_leads * 5 >= shared * 3
    places = (
        [value in lead_long for value in short.values[: short.lead]]
        if is_in_leads
        else [value in sure_long for value in short.values if not value & mask]
    )
    return Likeness(
        short,
        long,
        shared,
        of_short,
        max(_part(hits, len(sure_long)), _part(in_leads, long.length)),
        _opening(short, long, opening, mask),
        _opening(long, short, opening, mask),
        _density(places) < DENSE,
    )


def _sure(of: Record, mask: int) -> set[int]:
    return {value for value in of.values if not value & mask}


def _beyond_chance(one: set[int], other: set[int], rate: int) -> float:
    """Common values, less those that long sketches have in common by chance."""
    hits = len(one & other)
    chance = len(one) * len(other) * rate / VALUES
    return hits - chance if hits > chance + 2 * chance**0.5 else 0.0


def _part(of: float, whole: int) -> float:
    return min(1.0, of / whole) if whole else 0.0


def _opening(of: Record, other: Record, size: int, mask: int) -> float:
    """What stands beyond the other's lead is found only where the sketch is sure to have it."""
    opening = of.values[: min(size, of.lead or OPENING_OF_OLD)]
    there = set(other.values)
    found = _part(sum(value in there for value in opening), len(opening))
    sure = [value for value in opening if not value & mask]
    if len(sure) < FEWEST_SURE:
        return found
    return max(found, sum(value in there for value in sure) / len(sure))


def _density(places: list[bool]) -> float:
    """The part of the shingles between the first and the last shared one that are shared."""
    if sum(places) < FEWEST_SURE:
        return 0.0
    span = places[places.index(True) : len(places) - places[::-1].index(True)]
    return sum(span) / len(span)
