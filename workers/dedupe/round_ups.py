"""Round-ups: a piece that prints the openings of several stories belongs to none of them."""

from collections.abc import Iterable, Sequence

from workers.dedupe.likeness import Likeness, likeness
from workers.dedupe.record import Record
from workers.dedupe.ties import HELD

# A part is worth noting when it is a sentence at least, and neither text is mostly the other.
FEWEST_WORDS = 15
OPENING_PRINTED = 0.5
OWN_PART = 0.7
# What the openings must cover of a round-up, and what two strangers may share by chance.
COVERED = 0.35
STRANGE_WORDS, STRANGE_PART = 12, 0.05
FEW = 2


def opens_in(part: Record, found: Likeness) -> bool:
    """Does the other of the two print the opening of `part`, and either have much of its own?"""
    is_one_text = max(found.of_short, found.of_long) >= OWN_PART
    is_worth_it = found.shared >= FEWEST_WORDS and not is_one_text
    return is_worth_it and found.opening_of(part) >= OPENING_PRINTED


def stories_told(whole: Record, parts: Sequence[Record], like_it: Iterable[Record]) -> int:
    """How many stories `whole` prints the openings of, if that makes it a round-up; else 0. Two
    are enough only where no article of its own cluster (`like_it`) holds most of it."""
    stories: list[Record] = []
    covered = 0.0
    shares = sorted(((likeness(whole, part).of(whole), part) for part in parts), key=_largest)
    for share, part in shares:
        if all(_are_strangers(part, story) for story in stories):
            stories.append(part)
            covered += share
    if len(stories) < FEW or covered < COVERED:
        return 0
    if len(stories) > FEW:
        return len(stories)
    is_held = any(likeness(whole, other).of(whole) >= HELD for other in like_it)
    return 0 if is_held else FEW


def _largest(row: tuple[float, Record]) -> tuple[float, str]:
    return -row[0], row[1].document_id


def _are_strangers(one: Record, other: Record) -> bool:
    found = likeness(one, other)
    return found.shared < STRANGE_WORDS or found.of_short < STRANGE_PART
