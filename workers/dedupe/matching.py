"""Are two articles one story? The rules that keep copies together and traps out.

Measured by tests/bench/dedupe. The traps are recurring briefs (one template, other numbers), an
outlet's boilerplate, quotations, and round-ups that print the openings of several stories.
Which cluster an article joins then is decided in `cluster_assignment.py`.
"""

from enum import IntEnum

from msgspec import Struct

from workers.dedupe.record import Record
from workers.dedupe.rewording import is_reworded, is_update
from workers.dedupe.similarity import (
    SHORT_TEXT_SHINGLES,
    Similarity,
    compare,
    is_filled_template,
    shares_only_tails,
)

DAY_SECONDS = 86_400.0

# One outlet prints one template around many stories: its own pages must be similar as a whole.
MIN_OVERLAP_IN_OUTLET = 0.75
MIN_FIRM_OVERLAP = 0.7
# A text of which so much is in another is contained in it.
CONTAINED_OVERLAP = 0.75
# A text that differs every few words must have the same numbers, unless it is long.
MIN_COMMON_NUMBERS = 0.75
# Two short texts that share more than this are no template filled in twice.
MAX_TEMPLATE_OVERLAP = 0.7
MIN_SHARED_WORDS = 10
# A sentence does not make a story where the other text is much longer than a cut story would be.
SENTENCE_WORDS, MIN_SENTENCE_OVERLAP = 20, 0.08
# More shared words than any block of boilerplate has.
BEYOND_BOILERPLATE_WORDS = 200


class Ramp(Struct, frozen=True):
    """A threshold for short texts, one for long ones, and a straight line between them."""

    short_words: int
    long_words: int
    short: float
    long: float

    def at(self, words: int) -> float:
        """Return the threshold for a text of so many words."""
        progress = (words - self.short_words) / (self.long_words - self.short_words)
        return self.short + (self.long - self.short) * min(1.0, max(0.0, progress))


# Near duplicates: the least overlap of both texts, and one sign more that it is not boilerplate.
NEAR_DUPLICATE = Ramp(60, 200, 0.6, 0.45)
NEAR_DUPLICATE_SCATTERED = Ramp(100, 250, 0.55, 0.45)
NEAR_DUPLICATE_OPENING, NEAR_DUPLICATE_OF_LONG = 0.2, 0.6

# Excerpts: the least overlap of the shorter text, and how much of the longer one's opening it has.
EXCERPT = Ramp(60, 150, 0.75, 0.57)
EXCERPT_SCATTERED = Ramp(100, 500, 0.72, 0.5)
EXCERPT_OPENING = 0.4
# The same if both begin with the shared text; templates differ every few words.
OPENING_EXCERPT, OPENING_EXCERPT_SCATTERED = 0.58, 0.6
OPENING_EXCERPT_OF_LONG, OPENING_EXCERPT_OF_SHORT = 0.5, 0.4


class Passage(Struct, frozen=True):
    """Least shared words, and the least overlap of the shorter and of the longer text."""

    words: int
    of_short: float
    of_long: float

    def is_shared(self, similarity: Similarity) -> bool:
        """Return whether two texts share as much as this."""
        return (
            similarity.shared_words >= self.words
            and similarity.overlap_of_short >= self.of_short
            and similarity.overlap_of_long >= self.of_long
        )


# An excerpt from elsewhere than the opening.
EMBEDDED_EXCERPTS = (
    Passage(110, 0.6, 0.05),
    Passage(60, 0.8, 0.35),
    Passage(BEYOND_BOILERPLATE_WORDS, 0.0, 0.15),
)
# Too long to be a quotation. Less is enough in runs: a template that others fill in is scattered,
# or repeats itself.
PASSAGE_IN_RUNS = Passage(80, 0.4, 0.3)
LONG_PASSAGES = (Passage(110, 0.4, 0.2), Passage(150, 0.4, 0.1), Passage(300, 0.3, 0.15))


class Match(IntEnum):
    """How two articles match; the numbers are known to adapters/fingerprints/scripts/join.lua.

    A FIRM match always holds, all others only if neither article is a round-up. An article that is
    contained in another is no round-up of two stories, even if it was taken for one.
    """

    NONE = 0
    LOOSE = 1
    FIRM = 2
    CONTAINED_IN_OTHER = 3
    CONTAINS_OTHER = 4
    CONTAINED_IN_EACH_OTHER = 5


def match(record: Record, other: Record, window_days: float) -> tuple[Match, Similarity]:
    """Return how `record` matches the other article, and what the two share."""
    similarity = compare(record, other)
    if abs(record.published - other.published) > window_days * DAY_SECONDS:
        return Match.NONE, similarity
    if record.digest == other.digest:
        return Match.FIRM, similarity
    if not (_is_one_story(similarity) or _is_version(similarity)):
        return Match.NONE, similarity
    if min(similarity.overlap_of_short, similarity.overlap_of_long) >= MIN_FIRM_OVERLAP:
        return Match.FIRM, similarity
    is_contained = similarity.overlap_of(record) >= CONTAINED_OVERLAP
    contains = similarity.overlap_of(other) >= CONTAINED_OVERLAP
    return {
        (True, True): Match.CONTAINED_IN_EACH_OTHER,
        (True, False): Match.CONTAINED_IN_OTHER,
        (False, True): Match.CONTAINS_OTHER,
    }.get((is_contained, contains), Match.LOOSE), similarity


def is_same_article(record: Record, other: Record) -> bool:
    """Return whether the texts of two addresses with one story number are one article: the same
    text, or one that has grown or been cut since. A template with other numbers is none."""
    if record.digest == other.digest:
        return True
    similarity = compare(record, other)
    if similarity.shared_words < MIN_SHARED_WORDS:
        return False
    if similarity.is_scattered and not _same_numbers(similarity):
        return False
    return similarity.overlap_of_short >= CONTAINED_OVERLAP


def _is_one_story(similarity: Similarity) -> bool:
    """Return whether two articles of different texts tell one story."""
    shared_words = similarity.shared_words
    if shared_words < MIN_SHARED_WORDS or (
        similarity.is_scattered and not _same_numbers(similarity)
    ):
        return False
    if shared_words < SENTENCE_WORDS and similarity.overlap_of_long < MIN_SENTENCE_OVERLAP:
        return False
    if similarity.is_same_outlet:
        overlap = min(similarity.overlap_of_short, similarity.overlap_of_long)
        return overlap >= MIN_OVERLAP_IN_OUTLET
    if not (
        _is_near_duplicate(similarity)
        or _is_excerpt(similarity)
        or _shares_long_passage(similarity)
    ):
        return False
    if _may_be_template(similarity) and is_filled_template(similarity):
        return False
    return shared_words >= BEYOND_BOILERPLATE_WORDS or not shares_only_tails(similarity)


def _is_version(similarity: Similarity) -> bool:
    """Return whether one of two articles is the other one in other words, or brought up to date."""
    if similarity.shared_words < MIN_SHARED_WORDS:
        return False
    return is_update(similarity) if similarity.is_same_outlet else is_reworded(similarity)


def _may_be_template(similarity: Similarity) -> bool:
    """Return whether the two are so short and so different that they may be one template."""
    is_short = similarity.short.length < SHORT_TEXT_SHINGLES and similarity.is_scattered
    overlap = min(similarity.overlap_of_short, similarity.overlap_of_long)
    return is_short and overlap < MAX_TEMPLATE_OVERLAP


def _same_numbers(similarity: Similarity) -> bool:
    """Return whether most numbers of one text are in the other; always so of long texts."""
    is_long = similarity.short.length >= SHORT_TEXT_SHINGLES
    return is_long or similarity.common_numbers >= MIN_COMMON_NUMBERS * similarity.fewer_numbers


def _is_near_duplicate(similarity: Similarity) -> bool:
    """Return whether large parts of both are the same, and not only their tails."""
    ramp = NEAR_DUPLICATE_SCATTERED if similarity.is_scattered else NEAR_DUPLICATE
    overlap = min(similarity.overlap_of_short, similarity.overlap_of_long)
    if overlap < ramp.at(similarity.short.length):
        return False
    opening = max(similarity.opening_overlap_of_short, similarity.opening_overlap_of_long)
    return (
        opening >= NEAR_DUPLICATE_OPENING
        or similarity.shared_words >= BEYOND_BOILERPLATE_WORDS
        or similarity.overlap_of_long >= NEAR_DUPLICATE_OF_LONG
    )


def _is_excerpt(similarity: Similarity) -> bool:
    """Return whether the shorter text is cut from the longer one's opening, or is a large part of
    it."""
    is_scattered, overlap = similarity.is_scattered, similarity.overlap_of_short
    opens_both = (
        similarity.opening_overlap_of_long >= OPENING_EXCERPT_OF_LONG
        and similarity.opening_overlap_of_short >= OPENING_EXCERPT_OF_SHORT
    )
    if opens_both and overlap >= (OPENING_EXCERPT_SCATTERED if is_scattered else OPENING_EXCERPT):
        return True
    if overlap < (EXCERPT_SCATTERED if is_scattered else EXCERPT).at(similarity.short.length):
        return False
    is_cut_from_opening = similarity.opening_overlap_of_long >= EXCERPT_OPENING
    return is_cut_from_opening or any(part.is_shared(similarity) for part in EMBEDDED_EXCERPTS)


def _shares_long_passage(similarity: Similarity) -> bool:
    """Return whether the two share too much for a quotation, though neither contains the other."""
    words_of_long = similarity.overlap_of_long * similarity.long.length
    in_runs = not similarity.is_scattered and words_of_long >= PASSAGE_IN_RUNS.words
    passages = (PASSAGE_IN_RUNS, *LONG_PASSAGES) if in_runs else LONG_PASSAGES
    return any(passage.is_shared(similarity) for passage in passages)
