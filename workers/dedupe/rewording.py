"""Is one article the other one, reworded, or brought up to date by its own outlet?

What stands in a row no longer shows it, so long words in one order and numbers do as well. Each
rule here needs some of the text in a row, too: reports by two writers of one event have next to
none. Measured by tests/bench/dedupe/bench_desks.py.
"""

from msgspec import Struct

from workers.dedupe.long_words import SharedWords
from workers.dedupe.similarity import SHORT_TEXT_SHINGLES, Similarity

HOUR_SECONDS = 3_600.0
# An outlet brings a story up to date within a day; what comes later is a new one on the same event.
UPDATE_HOURS = 24.0
# Two forms filled in have few numbers in common, even if half of a story's are new. Where there is
# a number for every few long words, most of them must be the same.
FEW_NUMBERS, MIN_COMMON_NUMBERS = 3, 0.4
LONG_WORDS_A_NUMBER, MIN_COMMON_OF_MANY = 5, 0.75


class Resemblance(Struct, frozen=True):
    """What two texts must have in common at least: long words of the text with fewer, of the one
    with more, and in one order (shares of those of the text with fewer); the overlap of the
    shorter and of the longer text; and shared words in a row. `words`: of how many at least.
    `in_gaps`: how many of them, of the text with fewer, may be where nothing is in common."""

    words: int
    common: float
    in_order: float
    of_more: float = 0.0
    of_short: float = 0.0
    of_long: float = 0.0
    shared_words: int = 0
    in_gaps: float = 1.0

    def is_of(self, similarity: Similarity, shared: SharedWords) -> bool:
        """Return whether two texts have as much in common as this."""
        return (
            shared.fewer >= self.words
            and shared.common >= self.common * shared.fewer
            and shared.in_order >= self.in_order * shared.fewer
            and shared.common >= self.of_more * shared.more
            and similarity.overlap_of_short >= self.of_short
            and similarity.overlap_of_long >= self.of_long
            and similarity.shared_words >= self.shared_words
            and shared.in_gaps <= self.in_gaps * shared.fewer
        )


# What has something in common all over; a form, or a block that two pages print, leaves gaps.
MAX_IN_GAPS = 0.3
# A copy that a desk reworded; one that a machine misread, whose words stay in order.
REWORDED = Resemblance(30, 0.5, in_order=0.45, of_more=0.3, of_short=0.25, in_gaps=MAX_IN_GAPS)
# The fewer words are common, the more must there be to tell it from a form.
MISREAD = (
    Resemblance(30, 0.5, in_order=0.4, of_more=0.3, of_short=0.1, in_gaps=MAX_IN_GAPS),
    Resemblance(60, 0.4, in_order=0.3, of_more=0.3, of_short=0.1, in_gaps=MAX_IN_GAPS),
)
MISREAD_IN_ORDER = 0.75
# An outlet's own update: more of the text than any boilerplate or form has.
LONG_UPDATE = Resemblance(0, 0.0, 0.0, of_short=0.4, of_long=0.25, shared_words=300)
# Less, if the numbers are the same: nearly as much; the whole subject; or something all over.
UPDATES = (
    Resemblance(20, 0.5, in_order=0.45, of_short=0.4, of_long=0.3, shared_words=230),
    Resemblance(15, 0.7, in_order=0.55, of_more=0.35),
    Resemblance(15, 0.5, in_order=0.4, of_more=0.4, in_gaps=MAX_IN_GAPS),
)
# A first take, of which a much longer one begins with the text.
FIRST_TAKE = Resemblance(15, 0.75, in_order=0.6, of_more=0.15, of_short=0.6)
FIRST_TAKE_OPENING = 0.3
# The same with other figures, if the rest is in one piece.
UPDATE_OF_FIGURES = Resemblance(20, 0.7, in_order=0.6, of_short=0.6, of_long=0.45)


def is_reworded(similarity: Similarity) -> bool:
    """Return whether one of two outlets' articles is the other one in other words."""
    shared = similarity.shared_long_words
    keeps_order = shared.in_order >= MISREAD_IN_ORDER * shared.common
    kinds = MISREAD if keeps_order else (REWORDED,)
    return _share_numbers(similarity) and any(kind.is_of(similarity, shared) for kind in kinds)


def is_update(similarity: Similarity) -> bool:
    """Return whether two articles of one outlet are versions of one story, hours apart."""
    hours = abs(similarity.short.published - similarity.long.published) / HOUR_SECONDS
    if hours > UPDATE_HOURS:
        return False
    kinds = [LONG_UPDATE]
    if not similarity.is_scattered:
        kinds.append(UPDATE_OF_FIGURES)
    if _share_numbers(similarity):
        kinds += UPDATES
        if similarity.opening_overlap_of_long >= FIRST_TAKE_OPENING:
            kinds.append(FIRST_TAKE)
    shared = similarity.shared_long_words
    return any(kind.is_of(similarity, shared) for kind in kinds)


def _share_numbers(similarity: Similarity) -> bool:
    """Return whether the text with fewer numbers shares enough of them, or has hardly any."""
    fewest = similarity.fewer_numbers
    has_many = fewest * LONG_WORDS_A_NUMBER > similarity.shared_long_words.fewer
    is_short = similarity.short.length < SHORT_TEXT_SHINGLES
    least = MIN_COMMON_OF_MANY if has_many and is_short else MIN_COMMON_NUMBERS
    return fewest < FEW_NUMBERS or similarity.common_numbers >= least * fewest
