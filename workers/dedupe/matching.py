"""Are two articles one story? The rules that keep copies together and traps out.

Measured by tests/bench/dedupe; the traps are recurring briefs (one template, other figures), an
outlet's boilerplate, quotations, and round-ups that print the openings of several stories.
"""

from enum import IntEnum

from msgspec import Struct

from workers.dedupe.record import Record
from workers.dedupe.similarity import Similarity, is_filled_frame, is_in_tails, similarity

DAY_SECONDS = 86_400.0

# One outlet prints one frame around many stories: its own pages must be alike as a whole.
SAME_OUTLET = 0.75
FIRM = 0.7
# A text that differs every few words must have the same figures, unless it is long.
SHORT = 400
FIGURES_AGREE = 0.75
# So alike are two short texts that are no frame filled in twice.
NO_FRAME = 0.7
MIN_WORDS = 10
# A sentence is no story's beginning where the other text is much longer than a story cut so short.
SENTENCE, SENTENCE_PART = 20, 0.08
# Shared words that are more than any block of boilerplate.
MUCH = 200


class Ramp(Struct, frozen=True):
    """A threshold for short texts, one for long ones, and a straight line between them."""

    short_words: int
    long_words: int
    short: float
    long: float

    def at(self, words: int) -> float:
        """Return the threshold for a text of `words` words."""
        way = (words - self.short_words) / (self.long_words - self.short_words)
        return self.short + (self.long - self.short) * min(1.0, max(0.0, way))


ALIKE = Ramp(60, 200, 0.6, 0.45)
ALIKE_SCATTERED = Ramp(100, 250, 0.55, 0.45)
WITHIN = Ramp(60, 150, 0.75, 0.57)
WITHIN_SCATTERED = Ramp(100, 500, 0.72, 0.5)

# What must be shared of a text when both begin with it; templates differ every few words.
OPENED, OPENED_SCATTERED = 0.58, 0.6
# Shared words, and what they are of the shorter and of the longer text. Fewer are enough in runs:
# a frame that others fill in is scattered, or repeats itself.
IN_RUNS = (80, 0.4, 0.3)
TOO_MUCH_TO_QUOTE = ((110, 0.4, 0.2), (150, 0.4, 0.1), (300, 0.3, 0.15))


class Match(IntEnum):
    """FIRM ties hold always, LOOSE ones unless one of the two articles is a round-up. The last
    three tell whose text stands for the most part in the other's: mine, the other's, both. Who is
    held so is no round-up of two stories, even if it was taken for one."""

    NONE = 0
    LOOSE = 1
    FIRM = 2
    MINE_HELD = 3
    OTHERS_HELD = 4
    BOTH_HELD = 5


HELD = 0.75


def match(mine: Record, other: Record, window_days: float) -> tuple[Match, Similarity]:
    """Return how two articles match, and what they share."""
    found = similarity(mine, other)
    if abs(mine.published - other.published) > window_days * DAY_SECONDS:
        return Match.NONE, found
    if mine.digest == other.digest:
        return Match.FIRM, found
    if not _is_one_story(found):
        return Match.NONE, found
    if found.of_short >= FIRM and found.of_long >= FIRM:
        return Match.FIRM, found
    held = (found.of(mine) >= HELD, found.of(other) >= HELD)
    return {
        (True, True): Match.BOTH_HELD,
        (True, False): Match.MINE_HELD,
        (False, True): Match.OTHERS_HELD,
    }.get(held, Match.LOOSE), found


def _is_one_story(found: Similarity) -> bool:
    short, long = found.short, found.long
    if found.shared < MIN_WORDS or (found.is_scattered and not _figures_agree(short, long)):
        return False
    if found.shared < SENTENCE and found.of_long < SENTENCE_PART:
        return False
    if found.is_of_one_outlet:
        return min(found.of_short, found.of_long) >= SAME_OUTLET
    if not (_is_alike(found) or _is_within(found) or _has_much(found)):
        return False
    if _may_be_a_frame(found) and is_filled_frame(found):
        return False
    return found.shared >= MUCH or not is_in_tails(found)


def _may_be_a_frame(found: Similarity) -> bool:
    is_short = found.short.length < SHORT and found.is_scattered
    return is_short and min(found.of_short, found.of_long) < NO_FRAME


def _figures_agree(short: Record, long: Record) -> bool:
    if short.length >= SHORT:
        return True
    few, many = sorted((set(short.numbers), set(long.numbers)), key=len)
    return len(few & many) >= FIGURES_AGREE * len(few)


def _is_alike(found: Similarity) -> bool:
    """Return whether both are the same in large part, and not only at their ends."""
    least = (ALIKE_SCATTERED if found.is_scattered else ALIKE).at(found.short.length)
    if min(found.of_short, found.of_long) < least:
        return False
    opening = max(found.opening_of_short, found.opening_of_long)
    return opening >= 0.2 or found.shared >= MUCH or found.of_long >= 0.6  # noqa: PLR2004


def _is_within(found: Similarity) -> bool:
    """Return whether the longer article contains the shorter: cut from its opening, or as a large
    part of it."""
    opens_both = found.opening_of_long >= 0.5 and found.opening_of_short >= 0.4  # noqa: PLR2004
    if opens_both and found.of_short >= (OPENED_SCATTERED if found.is_scattered else OPENED):
        return True
    least = (WITHIN_SCATTERED if found.is_scattered else WITHIN).at(found.short.length)
    if found.of_short < least:
        return False
    return found.opening_of_long >= 0.4 or _is_embedded(found)  # noqa: PLR2004


def _is_embedded(found: Similarity) -> bool:
    shared, is_whole = found.shared, found.of_short >= 0.8  # noqa: PLR2004
    return (
        (found.of_short >= 0.6 and shared >= 110 and found.of_long >= 0.05)  # noqa: PLR2004
        or (is_whole and shared >= 60 and found.of_long >= 0.35)  # noqa: PLR2004
        or (shared >= MUCH and found.of_long >= 0.15)  # noqa: PLR2004
    )


def _has_much(found: Similarity) -> bool:
    """Return whether the two share too much for a quotation, although neither contains the
    other."""
    shared_of_long = found.of_long * found.long.length
    in_runs = () if found.is_scattered or shared_of_long < IN_RUNS[0] else (IN_RUNS,)
    return any(
        found.shared >= shared and found.of_short >= short and found.of_long >= long
        for shared, short, long in (*in_runs, *TOO_MUCH_TO_QUOTE)
    )
