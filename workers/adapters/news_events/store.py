"""News events in Redis: which articles have which terms, and which of them tell one event."""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from struct import Struct as Layout
from struct import pack
from typing import Any

from schemas.news_events import EventClaim, EventUpdate, RelatedArticle
from workers.adapters.news_events.common_terms import STEP, CommonTerms, parts_to_count
from workers.adapters.redis.connection import RedisClient
from workers.adapters.redis.records import RecordStore, print_of

COUNTERS = 2**20
# One more counter holds how many articles there are.
DOCUMENTS = COUNTERS
MAX_NEIGHBOURS = 5
# events that would have more articles together are not made one: a merge takes time for each
MAX_ARTICLES = 5_000
_TOLD = Layout("<IIB")
_SCRIPTS = Path(__file__).parent / "scripts"
# verb → what its script needs beside the head
_LIBRARIES: Mapping[str, tuple[str, ...]] = {
    "counts": (),
    "claim": ("tables",),
    "join": (),
    "members": (),
    "split": (),
    "unpublished": (),
}


class NewsEventStore(RecordStore):
    """The events that one deployment's articles tell."""

    def __init__(self, redis: RedisClient, prefix: str, window_days: int) -> None:
        super().__init__(redis, f"{prefix}:events", _SCRIPTS, _LIBRARIES)
        self._window = int(timedelta(days=window_days).total_seconds())
        self._common = CommonTerms()

    async def document_counts(
        self, terms: Sequence[int], now: datetime
    ) -> tuple[int, Sequence[int]]:
        """Return how many articles there are, and how many have each of the terms; at least so
        many, as two terms may share a counter."""
        epoch, places = self._epoch(now), [term % COUNTERS for term in terms]
        known = self._common.known(epoch)
        unknown = [place for place in places if place not in known]
        packed = await self._run("counts", epoch, _packed([DOCUMENTS, *unknown]))
        documents, *counts = array("I", packed)
        self._common.forget_old(documents)
        if len(unknown) < len(places) and known is not self._common.known(epoch):
            return await self.document_counts(terms, now)
        found = dict(zip(unknown, counts, strict=True))
        self._common.learn(found)
        return documents, [found[at] if at in found else known[at] for at in places]

    async def claim(  # noqa: PLR0913, PLR0917  the facts of one article
        self,
        document_id: str,
        original_id: str,
        keys: Sequence[tuple[int, int]],
        terms: Sequence[int],
        record: bytes,
        now: datetime,
    ) -> EventClaim:
        """Register an article; it is safe to repeat.

        Args:
            document_id: its id.
            original_id: that of its cluster's original, perhaps its own.
            keys: terms by which it is found, with their weights as bytes above zero.
            terms: all of its terms, to be counted.
            record: what others are compared with.
            now: the present moment.

        Returns:
            its number and event, and the articles to compare it with.

        Raises:
            TryAgain: the store is closed, as it is being made anew.
        """
        own, original = print_of(document_id.encode()), print_of(original_id.encode())
        weights = {own: 0, original: 0} | {_term_print(term): weight for term, weight in keys}
        prints = sorted(weights)
        place_of = {each: place for place, each in enumerate(prints, 1)}
        by_weight = sorted(prints, key=lambda each: -weights[each])
        epoch, places = self._epoch(now), [term % COUNTERS for term in terms]
        counted, counted_by_step = parts_to_count(document_id, places, self._common.known(epoch))
        number, event, cluster_event, unpublished, *rest = await self._claim(
            document_id,
            original_id,
            b"".join(prints),
            bytes(weights[each] for each in prints),
            place_of[own],
            place_of[original],
            record,
            self._window,
            epoch,
            _packed([DOCUMENTS, *counted]),
            _packed(counted_by_step),
            STEP,
            bytes(place_of[each] for each in by_weight),
        )
        return EventClaim(number, event, cluster_event, _articles(rest), bool(unpublished))

    async def join(
        self, number: int, neighbours: Sequence[tuple[int, int]], events: Iterable[int]
    ) -> EventUpdate:
        """Keep the article's nearest ones (number, similarity as a byte; highest first), and make
        its event and the others one, as long as that has `MAX_ARTICLES` at most.

        Returns:
            the event and what came to it.
        """
        flat = [part for pair in neighbours for part in pair]
        at, *rest = await self._run(
            "join",
            number,
            self._window,
            MAX_NEIGHBOURS,
            MAX_ARTICLES,
            len(neighbours),
            *flat,
            *events,
        )
        return _update(int(at), rest)

    async def members(self, event: int, most: int) -> tuple[RelatedArticle, ...]:
        """Return the articles that tell an event, those that came first in front."""
        return _articles(await self._run("members", event, most))

    async def split(
        self, shown_by: str, event: int, groups: Iterable[Sequence[int]]
    ) -> tuple[EventUpdate, ...]:
        """Make each of the groups of articles an event of its own; the event's first article stays.
        `shown_by` is the document id of the article that shows that they are several.

        Returns:
            the new events.
        """
        flat = [part for group in groups for part in (0, *group)]
        return _updates(await self._run("split", shown_by, event, self._window, *flat))

    async def unpublished(self, document_id: str) -> tuple[EventUpdate, ...]:
        """Return the events that the articles tell now that were moved because of this one, and of
        which `confirm` has not heard."""
        return _updates(await self._run("unpublished", document_id))

    def _epoch(self, now: datetime) -> int:
        """Return the number of the counters that are written at this moment."""
        return int(now.timestamp()) // self._window


def _packed(places: Iterable[int]) -> bytes:
    """Return the places of counters as the scripts read them."""
    return array("I", places).tobytes()


def _term_print(term: int) -> bytes:
    """Return the print of a term. Buckets are ranges of prints: the first byte spreads them."""
    return pack(">BI", term >> 7 & 255, term)


def _articles(packed: Sequence[bytes]) -> tuple[RelatedArticle, ...]:
    return tuple(_article(each) for each in packed)


def _article(packed: bytes) -> RelatedArticle:
    """Return an article of what `tell` in head.lua made."""
    number, event, length = _TOLD.unpack_from(packed)
    start = _TOLD.size + length
    return RelatedArticle(number, event, packed[start:], packed[_TOLD.size : start])


def _updates(answer: Sequence[Any]) -> tuple[EventUpdate, ...]:
    at, *events = answer
    return tuple(_update(int(at), each) for each in events)


def _update(at: int, answer: Sequence[Any]) -> EventUpdate:
    event, name, size, *moved = answer
    return EventUpdate(at, event, name.decode(), size, tuple(each.decode() for each in moved))
