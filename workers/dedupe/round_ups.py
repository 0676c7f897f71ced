"""Round-ups: a piece that prints parts of several stories belongs to none of them."""

from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import chain
from operator import or_

from workers.dedupe.matching import HELD
from workers.dedupe.record import Record
from workers.dedupe.similarity import Similarity, is_much_the_same, similarity

# A part is worth noting when it is a sentence at least, and neither text is mostly the other.
MIN_WORDS = 15
OPENING_PRINTED = 0.5
OWN_PART = 0.7
PASSAGE_WORDS = 50
# What the openings must cover of a round-up, and what two strangers may share by chance.
COVERED = 0.35
COVERED_BY_OTHERS = 0.05
STRANGE_WORDS, STRANGE_PART = 12, 0.05
FEW = 2


def opens_in(part: Record, found: Similarity) -> bool:
    """Return whether the other of the two prints the opening of `part` and has much text of its
    own."""
    is_worth_it = found.shared >= MIN_WORDS and found.of_other(part) < OWN_PART
    return is_worth_it and found.opening_of(part) >= OPENING_PRINTED


def stands_in(part: Record, found: Similarity) -> bool:
    """Return whether the other of the two prints more of `part` than a quotation would, and has
    much text of its own. Pages of one outlet share a frame, and very long texts share a little by
    chance."""
    is_passage = found.shared >= PASSAGE_WORDS and found.of_short >= STRANGE_PART
    return is_passage and not found.is_of_one_outlet and found.of_other(part) < OWN_PART


def stories_told(
    whole: Record,
    parts: Sequence[Record],
    like_it: Iterable[Record],
    round_ups: Sequence[Record] = (),
    known: int = 0,
) -> int:
    """Return how many stories `whole` prints parts of, if that makes it a round-up; otherwise, or
    if it is `known` to print as many, 0.

    Those who quote a story do not make another: beside the story that covers most of it, others
    must cover a part of it, and no two articles of its cluster (`like_it`) that are not reprints
    may contain most of it. Two stories are enough only where it prints their openings and one goes
    on, nobody contains most of it, and no other part prints both, except those known as
    `round_ups`."""
    known_parts = [*parts, *round_ups]
    stories, bridges = _by_story(whole, known_parts)
    if len(stories) < FEW or len(stories) == known or covered(whole, known_parts) < COVERED:
        return 0
    largest = max(stories, key=lambda story: covered(whole, story))
    others = chain.from_iterable(story for story in stories if story is not largest)
    if covered(whole, others) < COVERED_BY_OTHERS:
        return 0
    holders = [found for found in _likenesses(whole, like_it) if found.of(whole) >= HELD]
    if len(stories) > FEW:
        longer = sum(found.of_other(whole) < HELD for found in holders)
        return 0 if longer > 1 else len(stories)
    told = [_printed(whole, story) for story in stories]
    is_bridged = any(bridge not in round_ups for bridge in bridges)
    goes_on = any(found.of(part) < HELD for story in told for part, found in story)
    return FEW if all(told) and goes_on and not holders and not is_bridged else 0


def _printed(whole: Record, story: Iterable[Record]) -> list[tuple[Record, Similarity]]:
    """Return the parts whose opening `whole` prints, each with its similarity."""
    found = ((part, similarity(whole, part)) for part in story)
    return [(part, shared) for part, shared in found if opens_in(part, shared)]


def _by_story(whole: Record, parts: Iterable[Record]) -> tuple[list[list[Record]], list[Record]]:
    """Return the parts of each story, and the parts that print several stories. The smallest shares
    count first, because another round-up shares several stories at once."""
    stories: list[list[Record]] = []
    bridges: list[Record] = []
    for part in sorted(parts, key=lambda part: _share(whole, part)):
        known = [story for story in stories if not _are_strangers(part, story[0])]
        if not known:
            stories.append([part])
        elif len(known) > 1:
            bridges.append(part)
        else:
            known[0].append(part)
    return stories, bridges


def _likenesses(whole: Record, others: Iterable[Record]) -> Iterable[Similarity]:
    return (similarity(whole, other) for other in others)


def _share(whole: Record, part: Record) -> tuple[float, str]:
    return similarity(whole, part).of(whole), part.document_id


def covered(whole: Record, parts: Iterable[Record]) -> float:
    """Return the share (0..1) of `whole` that any of `parts` contains."""
    there = reduce(or_, (part.bits for part in parts), 0)
    return (there & whole.bits).bit_count() / whole.bits.bit_count()


def are_apart(one: Record, other: Record) -> bool:
    """Return whether the two have next to nothing in common."""
    return similarity(one, other).of_short < STRANGE_PART


def _are_strangers(one: Record, other: Record) -> bool:
    if is_much_the_same(one, other):
        return False
    return similarity(one, other).shared < STRANGE_WORDS or are_apart(one, other)
