"""The counts of common terms: most terms of an article are common, and to read and to add to each
one's counter cost more than all else that the store does.

So they are read again only as the articles have become some more, and of the articles that have
such a term one in `STEP` adds `STEP` to its counter (approximate counting: R. Morris, CACM 1978).
An estimate so made is off by a tenth, which changes the weight of a term by a fiftieth.
"""

from collections.abc import Mapping, Sequence
from zlib import crc32

# A counter that stands so high is one of a common term.
COMMON = 128
STEP = 8
# By what share more articles there may be until the counts are read again.
GROWTH = 1 / 32


class CommonTerms:
    """The common ones among counters, by their places, as this process has read them last."""

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}
        self._epoch = 0
        self._documents = 0

    def known(self, epoch: int) -> Mapping[int, int]:
        """Return what is known of the counters of an epoch."""
        if epoch != self._epoch:
            self._counts, self._epoch = {}, epoch
        return self._counts

    def forget_old(self, documents: int) -> None:
        """Forget what is known if it is not recent enough among so many articles; fewer of them
        than before are those of a store that was emptied."""
        if not self._documents <= documents <= self._documents * (1 + GROWTH):
            self._counts, self._documents = {}, documents

    def learn(self, counts: Mapping[int, int]) -> None:
        """Keep those of the counters that have just been read which are of common terms."""
        self._counts.update((place, count) for place, count in counts.items() if count >= COMMON)


def parts_to_count(
    document_id: str, places: Sequence[int], common: Mapping[int, int]
) -> tuple[list[int], list[int]]:
    """Return the counters to which an article adds 1, and those to which it adds `STEP`."""
    turn = crc32(document_id.encode())
    rare = [place for place in places if place not in common]
    chosen = [place for place in places if place in common and not (place + turn) % STEP]
    return rare, chosen
