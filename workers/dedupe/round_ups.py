"""Round-ups: an article that prints parts of several stories belongs to none of them."""

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import chain
from operator import or_

from workers.dedupe.matching import CONTAINED_OVERLAP
from workers.dedupe.record import Record
from workers.dedupe.similarity import Similarity, compare, is_mostly_contained

# A part counts if it is a sentence at least, and neither text is mostly the other.
MIN_SHARED_WORDS = 15
MIN_OPENING_OVERLAP = 0.5
MAX_OVERLAP = 0.7
MIN_PASSAGE_WORDS = 50
# How much of a round-up its parts must cover, and all stories but the largest.
MIN_COVERED = 0.35
MIN_COVERED_BY_OTHERS = 0.05
# What unrelated articles may share by chance.
MAX_UNRELATED_WORDS, MAX_UNRELATED_OVERLAP = 12, 0.05
MIN_STORIES = 2


def is_opening_reprinted(part: Record, similarity: Similarity) -> bool:
    """Return whether the other of the two prints the opening of `part`, and much text beside it."""
    is_enough = similarity.shared_words >= MIN_SHARED_WORDS
    has_other_text = similarity.overlap_of_other(part) < MAX_OVERLAP
    return (
        is_enough and has_other_text and similarity.opening_overlap_of(part) >= MIN_OPENING_OVERLAP
    )


def is_passage_reprinted(part: Record, similarity: Similarity) -> bool:
    """Return whether the other of the two prints more of `part` than a quotation, and much text
    beside it.

    Pages of one outlet share its template, and very long texts share a little by chance.
    """
    is_enough = similarity.shared_words >= MIN_PASSAGE_WORDS
    is_related = similarity.overlap_of_short >= MAX_UNRELATED_OVERLAP
    has_other_text = similarity.overlap_of_other(part) < MAX_OVERLAP
    return is_enough and is_related and not similarity.is_same_outlet and has_other_text


def count_stories(
    candidate: Record,
    parts: Sequence[Record],
    related: Iterable[Record],
    round_ups: Sequence[Record] = (),
    known_stories: int = 0,
) -> int:
    """Return of how many stories `candidate` prints parts, if that makes it a round-up; else 0.

    The result is 0, too, if it is already known as a round-up of so many (`known_stories`).

    A story that others quote does not consist of them. So beside the story that covers most of the
    candidate, others must cover a part of it, and of the articles of its cluster (`related`) not
    more than one that is longer may contain most of it. Two stories are enough only if it prints
    their openings, one of them goes on elsewhere, no article contains most of it, and no other part
    tells both stories, except those that are known as `round_ups`.
    """
    all_parts = [*parts, *round_ups]
    stories, bridges = _group_by_story(candidate, all_parts)
    if len(stories) < MIN_STORIES or len(stories) == known_stories:
        return 0
    if covered_share(candidate, all_parts) < MIN_COVERED:
        return 0
    largest = max(stories, key=lambda story: covered_share(candidate, story))
    others = chain.from_iterable(story for story in stories if story is not largest)
    if covered_share(candidate, others) < MIN_COVERED_BY_OTHERS:
        return 0
    containers = list(_containers(candidate, related))
    if len(stories) > MIN_STORIES:
        longer = sum(each.overlap_of_other(candidate) < CONTAINED_OVERLAP for each in containers)
        return 0 if longer > 1 else len(stories)
    is_bridged = any(bridge not in round_ups for bridge in bridges)
    is_two = not containers and not is_bridged and _prints_two_openings(candidate, stories)
    return MIN_STORIES if is_two else 0


def covered_share(record: Record, parts: Iterable[Record]) -> float:
    """Return the share (0..1) of `record` that is in any of `parts`."""
    in_parts = reduce(or_, (part.bitmap for part in parts), 0)
    return (in_parts & record.bitmap).bit_count() / record.bitmap.bit_count()


def have_little_in_common(one: Record, other: Record) -> bool:
    """Return whether the two share no more of their text than chance explains."""
    return compare(one, other).overlap_of_short < MAX_UNRELATED_OVERLAP


def _containers(candidate: Record, related: Iterable[Record]) -> Iterator[Similarity]:
    """Yield the similarity to each article that contains most of the candidate."""
    for each in related:
        similarity = compare(candidate, each)
        if similarity.overlap_of(candidate) >= CONTAINED_OVERLAP:
            yield similarity


def _prints_two_openings(candidate: Record, stories: Iterable[Iterable[Record]]) -> bool:
    """Return whether the opening of each story is printed, and one of them goes on elsewhere."""
    openings = [list(_reprinted_openings(candidate, story)) for story in stories]
    goes_on = any(
        similarity.overlap_of(part) < CONTAINED_OVERLAP
        for story in openings
        for part, similarity in story
    )
    return all(openings) and goes_on


def _reprinted_openings(
    candidate: Record, story: Iterable[Record]
) -> Iterator[tuple[Record, Similarity]]:
    """Yield the parts of a story whose opening the candidate prints."""
    for part in story:
        similarity = compare(candidate, part)
        if is_opening_reprinted(part, similarity):
            yield part, similarity


def _group_by_story(
    candidate: Record, parts: Iterable[Record]
) -> tuple[list[list[Record]], list[Record]]:
    """Return the parts of each story, and the parts that tell several stories (bridges).

    The parts that the candidate has least of come first: another round-up shares several stories
    at once.
    """
    stories: list[list[Record]] = []
    bridges: list[Record] = []
    for part in sorted(parts, key=lambda part: _share_in_part(candidate, part)):
        same = [story for story in stories if not _are_unrelated(part, story[0])]
        if not same:
            stories.append([part])
        elif len(same) > 1:
            bridges.append(part)
        else:
            same[0].append(part)
    return stories, bridges


def _share_in_part(candidate: Record, part: Record) -> tuple[float, str]:
    """Return a sort key: the share of the candidate that is in the part; of equal ones, the id."""
    return compare(candidate, part).overlap_of(candidate), part.document_id


def _are_unrelated(one: Record, other: Record) -> bool:
    """Return whether two articles tell different stories."""
    if is_mostly_contained(one, other):
        return False
    shared_words = compare(one, other).shared_words
    return shared_words < MAX_UNRELATED_WORDS or have_little_in_common(one, other)
