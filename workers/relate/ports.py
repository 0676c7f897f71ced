"""What the relate stage needs of the store of events."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from schemas.news_events import EventClaim, EventUpdate, RelatedArticle


class NewsEvents(Protocol):
    """Each coroutine is one atomic operation on what all workers share, and may be repeated."""

    async def document_counts(
        self, terms: Sequence[int], now: datetime, /
    ) -> tuple[int, Sequence[int]]:
        """Return how many articles are known, and how many have each of the terms."""

    async def claim(  # noqa: PLR0913, PLR0917  the facts of one article
        self,
        document_id: str,
        original_id: str,
        keys: Sequence[tuple[int, int]],
        terms: Sequence[int],
        record: bytes,
        now: datetime,
        /,
    ) -> EventClaim:
        """Register an article under its `keys` (term, weight as a byte). Return its number and the
        articles to compare it with."""

    async def join(
        self, number: int, neighbours: Sequence[tuple[int, int]], events: Iterable[int], /
    ) -> EventUpdate:
        """Keep the nearest articles (number, similarity as a byte), and make the article's event
        and the others one. Return what changed."""

    async def members(self, event: int, most: int, /) -> Sequence[RelatedArticle]:
        """Return articles that tell an event, at most so many."""

    async def split(
        self, shown_by: str, event: int, groups: Iterable[Sequence[int]], /
    ) -> Sequence[EventUpdate]:
        """Make each of the groups an event of its own; the document `shown_by` shows that they are
        several. Return the new events."""

    async def unpublished(self, document_id: str, /) -> Sequence[EventUpdate]:
        """Return the events that the articles tell now that were moved because of this one and of
        which the index may not know."""
