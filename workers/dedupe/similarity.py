"""How much of their text two articles share, and where. The result is symmetric.

`overlap` is the share (0..1) of a text that is also in another: its containment, in the words of
A. Broder (On the resemblance and containment of documents, 1997).
"""

from functools import cached_property, lru_cache
from itertools import groupby

from msgspec import Struct

from workers.dedupe.long_words import SharedWords, share_words
from workers.dedupe.record import VALUE_COUNT, Record, multiples_bitmap

# The part of a text that counts as its opening, in shingles.
OPENING_SHINGLES, MIN_OPENING_SHINGLES = 48, 4
OPENING_VALUES_WITHOUT_LEAD = 6
# Shared shingles come in runs; below this density between the first and the last of them, the
# texts differ every few words: an edited copy, or a template with other numbers.
MIN_DENSITY = 0.8
MIN_SAMPLE = 4
# A template may be shorter than this, in shingles; a longer text is told by its words.
SHORT_TEXT_SHINGLES = 400
# Sketches with fewer common values are not compared any further.
MIN_COMMON_VALUES = 4
MOSTLY = 0.7
MAX_CACHED_PAIRS = 4_000
# Common values beyond this many standard deviations from chance count.
CHANCE_DEVIATIONS = 2
# The tail of a text begins at this share of it; so little of the shared text may be before it.
TAIL_START, MAX_SHARE_BEFORE_TAIL = 0.4, 0.1
# A word that was changed makes a gap of four shingles; a passage that was filled in, a longer one.
LONG_GAP_SHINGLES, MIN_LONG_GAPS, MIN_SHARE_OF_LONG_GAPS = 9, 2, 0.55


class SketchPair(Struct, frozen=True):
    """Two sketches compared.

    `common_in_leads` counts the values that are in both leads, `sampled_in_leads` those of them
    that are divisible by `rate`, and `sampled` all common values that are. A value divisible by
    `rate` is in a sketch wherever in the text it occurs, any other value only if it is in the lead.
    """

    short: Record
    long: Record
    rate: int
    common_in_leads: int
    sampled_in_leads: int
    sampled: int


class Similarity(Struct, frozen=True, dict=True):
    """What the shorter and the longer of two texts have in common; `pair` is None if nothing."""

    short: Record
    long: Record
    pair: SketchPair | None = None
    shared_words: float = 0.0
    overlap_of_short: float = 0.0
    overlap_of_long: float = 0.0

    def overlap_of(self, record: Record) -> float:
        """Return the share of `record`, one of the two, that is also in the other."""
        return self.overlap_of_short if record is self.short else self.overlap_of_long

    def overlap_of_other(self, record: Record) -> float:
        """Return the share of the other of the two that is also in `record`."""
        return self.overlap_of(self.long if record is self.short else self.short)

    @property
    def is_same_outlet(self) -> bool:
        """Whether both are from the same outlet; False if it is unknown."""
        return bool(self.short.outlet) and self.short.outlet == self.long.outlet

    @cached_property
    def opening_overlap_of_short(self) -> float:
        """The share of the shorter text's opening that is also in the other."""
        return _opening_overlap(self.short, self.pair) if self.pair else 0.0

    @cached_property
    def opening_overlap_of_long(self) -> float:
        """The share of the longer text's opening that is also in the other."""
        return _opening_overlap(self.long, self.pair) if self.pair else 0.0

    def opening_overlap_of(self, record: Record) -> float:
        """Return the share of the opening of `record`, one of the two, that is in the other."""
        if record is self.short:
            return self.opening_overlap_of_short
        return self.opening_overlap_of_long

    @cached_property
    def fewer_numbers(self) -> int:
        """How many distinct numbers the text with fewer of them has."""
        return min(len(set(self.short.numbers)), len(set(self.long.numbers)))

    @cached_property
    def common_numbers(self) -> int:
        """How many distinct numbers both have."""
        return len(set(self.short.numbers) & set(self.long.numbers))

    @cached_property
    def shared_long_words(self) -> SharedWords:
        """The long words that both have."""
        return share_words(self.short.words, self.long.words)

    @cached_property
    def is_scattered(self) -> bool:
        """Whether the shared text is broken by many small differences."""
        return self.pair is None or _density(self.pair, self.shared_words) < MIN_DENSITY


@lru_cache(maxsize=MAX_CACHED_PAIRS)
def compare(one: Record, other: Record) -> Similarity:
    """Return the similarity of two articles, estimated from their sketches.

    Cached, as every article that joins a cluster compares the same pairs again.
    """
    is_ordered = (one.length, one.document_id) <= (other.length, other.document_id)
    short, long = (one, other) if is_ordered else (other, one)
    common = short.bitmap & long.bitmap
    if common.bit_count() < min(MIN_COMMON_VALUES, short.length):
        return Similarity(short, long)
    rate = max(one.rate, other.rate)
    in_leads = short.lead_bitmap & long.lead_bitmap
    multiples = multiples_bitmap(rate)
    pair = SketchPair(
        short=short,
        long=long,
        rate=rate,
        common_in_leads=in_leads.bit_count(),
        sampled_in_leads=(in_leads & multiples).bit_count(),
        sampled=(common & multiples).bit_count(),
    )
    of_short, of_long = _overlaps(pair)
    shared_words = max(of_short * short.length, pair.common_in_leads)
    return Similarity(short, long, pair, shared_words, of_short, of_long)


def is_mostly_contained(one: Record, other: Record) -> bool:
    """Return whether most of the smaller sketch is in the other: a quick check."""
    common = (one.bitmap & other.bitmap).bit_count()
    return common >= MOSTLY * min(len(one.values), len(other.values))


def shares_only_tails(similarity: Similarity) -> bool:
    """Return whether all shared text is at the end of both, as an agency's notice or an author's
    biography is."""
    short, long = similarity.short, similarity.long
    return _shares_only_tail(short, long) and _shares_only_tail(long, short)


def _shares_only_tail(record: Record, other: Record) -> bool:
    """Return whether next to nothing before the tail of `record` is in the other."""
    tail_start = TAIL_START * record.length
    lead, rate = record.lead, record.rate
    shared = [at for at, value in enumerate(record.values) if value in other.distinct_values]
    in_lead = [at < tail_start for at in shared if at < lead]
    sampled = [lead + (at - lead) * rate < tail_start for at in shared if at >= lead]
    before_tail = sum(in_lead) + sum(sampled) * rate
    return before_tail <= MAX_SHARE_BEFORE_TAIL * (len(in_lead) + len(sampled) * rate)


def is_filled_template(similarity: Similarity) -> bool:
    """Return whether both leads interrupt the shared text with long passages of their own, as a
    horoscope does, whose template is filled in every day."""
    short, long = similarity.short, similarity.long
    return _has_long_gaps(short, long) and _has_long_gaps(long, short)


def _has_long_gaps(record: Record, other: Record) -> bool:
    """Return whether most text between shared runs of the lead is in long passages."""
    shared = [value in other.distinct_values for value in record.values[: record.lead]]
    runs = [(is_shared, len(list(run))) for is_shared, run in groupby(shared)]
    gaps = [size for is_shared, size in runs[1:-1] if not is_shared]
    long_gaps = [size for size in gaps if size >= LONG_GAP_SHINGLES]
    has_enough = len(long_gaps) >= MIN_LONG_GAPS
    return has_enough and sum(long_gaps) >= MIN_SHARE_OF_LONG_GAPS * sum(gaps)


def _overlaps(pair: SketchPair) -> tuple[float, float]:
    """Return the overlap of the shorter and of the longer text.

    What both leads hold is counted, and only the rest is sampled (stratified sampling), so that
    the overlap of a short text does not depend on chance.
    """
    in_leads = pair.common_in_leads
    short, long = (
        _sample_size(record, pair.rate) - pair.sampled_in_leads
        for record in (pair.short, pair.long)
    )
    common = _subtract_chance(pair.sampled - pair.sampled_in_leads, short, long, pair.rate)
    return (
        _stratified_overlap(pair.short, in_leads, _share(common, short)),
        _stratified_overlap(pair.long, in_leads, _share(common, long)),
    )


def _stratified_overlap(record: Record, in_leads: int, overlap_of_rest: float) -> float:
    """Return the overlap of a text from the count in the leads and the sample of the rest."""
    length = record.bitmap.bit_count() if record.length <= record.lead else record.length
    return _share(in_leads + (length - in_leads) * overlap_of_rest, length)


def _sample_size(record: Record, rate: int) -> int:
    """Return how many distinct values of the sketch are divisible by `rate`."""
    if record.rate == rate:
        return record.sample_size
    return (record.bitmap & multiples_bitmap(rate)).bit_count()


def _subtract_chance(common: int, short: int, long: int, rate: int) -> float:
    """Return the common values, less those that long sketches have in common by chance."""
    expected = short * long * rate / VALUE_COUNT
    is_significant = common > expected + CHANCE_DEVIATIONS * expected**0.5
    return common - expected if is_significant else 0.0


def _share(part: float, whole: int) -> float:
    """Return `part` of `whole` (0..1); 0 of nothing."""
    return min(1.0, part / whole) if whole else 0.0


def _opening_overlap(record: Record, pair: SketchPair) -> float:
    """Return the share of a text's opening that is also in the other.

    What is beyond the other's lead is found only by the values that its sketch is sure to have, so
    these count alone if they give more.
    """
    size = max(MIN_OPENING_SHINGLES, min(OPENING_SHINGLES, pair.short.length * 4 // 5))
    opening = record.values[: min(size, record.lead or OPENING_VALUES_WITHOUT_LEAD)]
    other = (pair.long if record is pair.short else pair.short).distinct_values
    overlap = _share(len([value for value in opening if value in other]), len(opening))
    sampled = [value in other for value in opening if not value % pair.rate]
    if len(sampled) < MIN_SAMPLE:
        return overlap
    return max(overlap, sum(sampled) / len(sampled))


def _density(pair: SketchPair, shared_words: float) -> float:
    """Return the share of shared shingles between the first and the last of them, 0 if unknown."""
    short, long = pair.short, pair.long
    if short.length <= short.lead * 3 // 2 and pair.common_in_leads * 5 >= shared_words * 3:
        is_shared = [value in long.lead_values for value in short.values[: short.lead]]
    else:
        sampled = [value for value in short.values if not value % pair.rate]
        is_shared = [value in long.distinct_values for value in sampled]
    if sum(is_shared) < MIN_SAMPLE:
        return 0.0
    span = is_shared[is_shared.index(True) : len(is_shared) - is_shared[::-1].index(True)]
    return sum(span) / len(span)
