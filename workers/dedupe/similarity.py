"""How much of their text two articles share, and where: the same answer whoever comes first."""

from functools import cached_property, lru_cache
from itertools import groupby

from msgspec import Struct

from workers.dedupe.record import VALUES, Record, multiples

# The opening that tells whether a text begins with what it shares, in shingles.
OPENING, MIN_OPENING = 48, 4
OPENING_OF_OLD = 6
# Shared shingles stand in runs; below this density between the first and the last of them, the
# texts differ every few words: an edited copy, or a template with other figures.
DENSE = 0.8
MIN_SURE = 4
# Fewer common values than this are no reason to look closer.
MIN_COMMON = 4
MUCH = 0.7
REMEMBERED = 4_000
# What stands behind this part of a text is its tail; so little of what is shared may be elsewhere.
TAIL, BEFORE_TAIL = 0.4, 0.1
# A word that was changed makes a gap of four shingles; a passage that was filled in, a longer one.
LONG_GAP, MIN_GAPS, MAX_SHARE_OF_GAPS = 9, 2, 0.55


class _Sketches(Struct, frozen=True):
    """Two sketches over each other: how many values both leads hold, and how many of these, and of
    all that both sketches hold, `rate` divides. Such a value is in both where it is in one,
    wherever it stands; the others are so only within the leads."""

    short: Record
    long: Record
    rate: int
    in_leads: int
    hits_in_leads: int
    hits: int


class Similarity(Struct, frozen=True, dict=True):
    """Of the shorter and of the longer text (0..1): the part that stands in the other. `shared` is
    in words."""

    short: Record
    long: Record
    pair: _Sketches | None = None
    shared: float = 0.0
    of_short: float = 0.0
    of_long: float = 0.0

    def of(self, record: Record) -> float:
        """Return the share (0..1) of `record`, one of the two, that the other contains."""
        return self.of_short if record is self.short else self.of_long

    def of_other(self, record: Record) -> float:
        """Return the share (0..1) of the other record that `record` contains."""
        return self.of(self.long if record is self.short else self.short)

    @property
    def is_of_one_outlet(self) -> bool:
        """Do both stand in the same outlet, as far as it is known?"""
        return bool(self.short.outlet) and self.short.outlet == self.long.outlet

    @cached_property
    def opening_of_short(self) -> float:
        """The part of the shorter one's opening that stands in the other."""
        return _opening(self.short, self.pair) if self.pair else 0.0

    @cached_property
    def opening_of_long(self) -> float:
        """The part of the longer one's opening that stands in the other."""
        return _opening(self.long, self.pair) if self.pair else 0.0

    def opening_of(self, record: Record) -> float:
        """Return the share (0..1) of the opening of `record`, one of the two, that the other
        contains."""
        return self.opening_of_short if record is self.short else self.opening_of_long

    @cached_property
    def is_scattered(self) -> bool:
        """Is the shared part broken by many small differences?"""
        return self.pair is None or _density(self.pair, self.shared) < DENSE


@lru_cache(maxsize=REMEMBERED)
def similarity(a: Record, b: Record) -> Similarity:
    """Return how similar two records are, estimated from what both sketches are sure to hold.
    Results are cached, because an article that joins a cluster is compared with the same pairs
    again."""
    is_ordered = (a.length, a.document_id) <= (b.length, b.document_id)
    short, long = (a, b) if is_ordered else (b, a)
    common = short.bits & long.bits
    if common.bit_count() < min(MIN_COMMON, short.length):
        return Similarity(short, long)
    rate = max(a.rate, b.rate)
    in_leads = short.lead_bits & long.lead_bits
    hits = ((bits & multiples(rate)).bit_count() for bits in (in_leads, common))
    return _measured(_Sketches(short, long, rate, in_leads.bit_count(), *hits))


def is_much_the_same(a: Record, b: Record) -> bool:
    """Return whether most of the shorter sketch lies in the other: a quick first test."""
    return (a.bits & b.bits).bit_count() >= MUCH * min(len(a.values), len(b.values))


def is_in_tails(found: Similarity) -> bool:
    """Return whether all that the two share is at the end of both: an agency's notice, a note about
    the author."""
    return _is_in_tail(found.short, found.long) and _is_in_tail(found.long, found.short)


def _is_in_tail(of: Record, other: Record) -> bool:
    end = TAIL * of.length
    shared = [at for at, value in enumerate(of.values) if value in other.distinct]
    lead = [at < end for at in shared if at < of.lead]
    rest = [of.lead + (at - of.lead) * of.rate < end for at in shared if at >= of.lead]
    before, whole = sum(lead) + sum(rest) * of.rate, len(lead) + len(rest) * of.rate
    return before <= BEFORE_TAIL * whole


def is_filled_frame(found: Similarity) -> bool:
    """Return whether both, as far as their leads reach, separate what they share by long passages
    of their own: a frame, such as that of a horoscope, filled in every day."""
    return _is_filled(found.short, found.long) and _is_filled(found.long, found.short)


def _is_filled(of: Record, other: Record) -> bool:
    shared = [value in other.distinct for value in of.values[: of.lead]]
    runs = [(is_shared, len(list(run))) for is_shared, run in groupby(shared)]
    gaps = [size for is_shared, size in runs[1:-1] if not is_shared]
    long_gaps = [size for size in gaps if size >= LONG_GAP]
    return len(long_gaps) >= MIN_GAPS and sum(long_gaps) >= MAX_SHARE_OF_GAPS * sum(gaps)


def _measured(pair: _Sketches) -> Similarity:
    of_short, of_long = _parts(pair)
    shared = max(of_short * pair.short.length, pair.in_leads)
    return Similarity(pair.short, pair.long, pair, shared, of_short, of_long)


def _parts(pair: _Sketches) -> tuple[float, float]:
    """Return the share of each text that the other contains. What both leads hold is counted, and
    only the rest is sampled (stratified sampling), so that a short text's share is not left to
    chance."""
    in_leads, counted, rate = pair.in_leads, pair.hits_in_leads, pair.rate
    short, long = _sure(pair.short, rate) - counted, _sure(pair.long, rate) - counted
    hits = _beyond_chance(pair.hits - counted, short, long, rate)
    return _of(pair.short, in_leads, _part(hits, short)), _of(
        pair.long, in_leads, _part(hits, long)
    )


def _of(record: Record, in_leads: int, rest: float) -> float:
    whole = record.bits.bit_count() if record.length <= record.lead else record.length
    return _part(in_leads + (whole - in_leads) * rest, whole)


def _sure(of: Record, rate: int) -> int:
    return of.sure if of.rate == rate else (of.bits & multiples(rate)).bit_count()


def _beyond_chance(hits: int, one: int, other: int, rate: int) -> float:
    """Return the number of common values, less those that long sketches have in common by
    chance."""
    chance = one * other * rate / VALUES
    return hits - chance if hits > chance + 2 * chance**0.5 else 0.0


def _part(of: float, whole: int) -> float:
    return min(1.0, of / whole) if whole else 0.0


def _opening(of: Record, pair: _Sketches) -> float:
    """Return the share of the opening that the other contains. Beyond the other's lead only what
    the sketch is sure to hold can be found."""
    size = max(MIN_OPENING, min(OPENING, pair.short.length * 4 // 5))
    opening = of.values[: min(size, of.lead or OPENING_OF_OLD)]
    other = (pair.long if of is pair.short else pair.short).distinct
    found = _part(len([value for value in opening if value in other]), len(opening))
    sure = [value in other for value in opening if not value % pair.rate]
    return max(found, sum(sure) / len(sure)) if len(sure) >= MIN_SURE else found


def _density(pair: _Sketches, shared: float) -> float:
    """Return the share of the shingles between the first and the last shared one that are
    shared."""
    short, long = pair.short, pair.long
    if short.length <= short.lead * 3 // 2 and pair.in_leads * 5 >= shared * 3:
        places = [value in long.leads for value in short.values[: short.lead]]
    else:
        places = [value in long.distinct for value in short.values if not value % pair.rate]
    if sum(places) < MIN_SURE:
        return 0.0
    span = places[places.index(True) : len(places) - places[::-1].index(True)]
    return sum(span) / len(span)
