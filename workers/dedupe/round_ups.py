"""Round-ups: a piece that prints parts of several stories belongs to none of them."""

from collections.abc import Iterable, Sequence
from itertools import chain

from workers.dedupe.likeness import Likeness, likeness
from workers.dedupe.record import Record
from workers.dedupe.ties import HELD

# A part is worth noting when it is a sentence at least, and neither text is mostly the other.
FEWEST_WORDS = 15
OPENING_PRINTED = 0.5
OWN_PART = 0.7
PASSAGE_WORDS = 50
# What the openings must cover of a round-up, and what two strangers may share by chance.
COVERED = 0.35
STRANGE_WORDS, STRANGE_PART = 12, 0.05
FEW = 2


def opens_in(part: Record, found: Likeness) -> bool:
    """Does the other of the two print the opening of `part`, and have much of its own?"""
    is_worth_it = found.shared >= FEWEST_WORDS and _has_its_own(part, found)
    return is_worth_it and found.opening_of(part) >= OPENING_PRINTED


def stands_in(part: Record, found: Likeness) -> bool:
    """Does the other of the two print more of `part` than anyone quotes, and have much of its own?
    Pages of one outlet share its frame."""
    is_one_outlet = found.short.outlet == found.long.outlet and found.short.outlet
    is_worth_it = found.shared >= PASSAGE_WORDS and not is_one_outlet
    return is_worth_it and _has_its_own(part, found)


def _has_its_own(part: Record, found: Likeness) -> bool:
    return found.of(found.long if part is found.short else found.short) < OWN_PART


def stories_told(whole: Record, parts: Sequence[Record], like_it: Iterable[Record]) -> int:
    """How many stories `whole` prints parts of, if that makes it a round-up; else 0. Two are
    enough only where it prints their openings, no article of its own cluster (`like_it`) holds
    most of it, and no other part tells both.

    The smallest shares count first: another round-up shares several stories at once.
    """
    stories: list[Record] = []
    bridges: list[Record] = []
    for part in sorted(parts, key=lambda part: _share(whole, part)):
        known = [story for story in stories if not _are_strangers(part, story)]
        if not known:
            stories.append(part)
        elif len(known) > 1:
            bridges.append(part)
    if len(stories) < FEW or _covered(whole, parts) < COVERED:
        return 0
    if len(stories) > FEW:
        return len(stories)
    if not all(opens_in(story, likeness(whole, story)) for story in stories):
        return 0
    is_held = any(likeness(whole, other).of(whole) >= HELD for other in like_it)
    return 0 if is_held or bridges else FEW


def _share(whole: Record, part: Record) -> tuple[float, str]:
    return likeness(whole, part).of(whole), part.document_id


def _covered(whole: Record, parts: Iterable[Record]) -> float:
    """The part of `whole` that stands in any of `parts`."""
    there = frozenset(chain.from_iterable(part.distinct for part in parts))
    return sum(value in there for value in whole.values) / len(whole.values)


def _are_strangers(one: Record, other: Record) -> bool:
    found = likeness(one, other)
    return found.shared < STRANGE_WORDS or found.of_short < STRANGE_PART
