"""How alike two articles are, and whether that is enough for them to tell one event."""

import math
from collections.abc import Iterable

from msgspec import Struct

from workers.relate.record import MAX_BYTE, MAX_WEIGHT, EventRecord

# Of how many nearest articles the mean similarity is an article's level.
NEIGHBOURS = 5
# An article that is like few others keeps at least this level, so that being like nothing much is
# not enough to be like anything.
MIN_LEVEL = 0.18
# Articles tell one event if they are so alike, and so much of their levels.
MIN_SIMILARITY, MIN_SHARE_OF_LEVEL = 0.16, 0.56
# Articles of one day are as close as they can be; after so many days more, half as close.
# So close at most are two articles, so that copies do not hold an event's other articles together.
MAX_CLOSENESS = 2.0
# How much shared words count by themselves.
MAX_WORDS_ALONE = 0.05
# the product of two weights of one byte each, as a share of one
_UNIT = (MAX_WEIGHT / MAX_BYTE) ** 2
FREE_DAYS, HALF_LIFE_DAYS = 1.0, 3.0
_DAY = 86_400


class Compared(Struct, frozen=True):
    """An article with the similarities of its nearest ones."""

    record: EventRecord
    level: float


def similarity(one: EventRecord, other: EventRecord) -> float:
    """Return how alike (0..1) the terms of two articles are.

    It is the cosine of the angle between them, except that shared words, which say what kind of
    event is told, count little where names and figures differ: two fires told in one agency's
    wording are not one fire.
    """
    mine, others = one.weights, other.weights
    words = facts = 0
    for term in mine.keys() & others.keys():
        if term & 1:
            words += mine[term] * others[term]
        else:
            facts += mine[term] * others[term]
    return facts * _UNIT + min(words * _UNIT, MAX_WORDS_ALONE + facts * _UNIT)


def level(similarities: Iterable[float]) -> float:
    """Return the mean of the highest similarities that an article has to others.

    Where many outlets tell a story at length, all of its articles are very alike, and much like its
    follow-ups; a short telling is not very like anything. So a similarity is judged by the levels
    of both articles (self-tuning: L. Zelnik-Manor and P. Perona, NIPS 2004).
    """
    nearest = sorted(similarities, reverse=True)[:NEIGHBOURS]
    return max(MIN_LEVEL, sum(nearest) / NEIGHBOURS)


def closeness(alike: float, one: Compared, other: Compared) -> float:
    """Return how close two articles are that are so `alike`: 1 or more if they tell one event."""
    by_level = alike / math.sqrt(one.level * other.level) / MIN_SHARE_OF_LEVEL
    days = abs(one.record.published - other.record.published) / _DAY
    decay: float = 0.5 ** (max(0.0, days - FREE_DAYS) / HALF_LIFE_DAYS)
    return min(by_level, alike / MIN_SIMILARITY, MAX_CLOSENESS) * decay
