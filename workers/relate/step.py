"""The relate stage: a clustered article in, the same with the event that it tells out."""

from collections.abc import Callable, Iterator
from datetime import datetime

from msgspec.structs import asdict

from schemas.article import make_aware
from schemas.events import MAX_MOVED, ArticleClustered, NewsEventChanged, RelateDue
from workers.relate.event_assignment import EventAssignment, RelatedText, assign_event
from workers.relate.ports import NewsEvents


async def relate(
    due: RelateDue, news_events: NewsEvents, now: Callable[[], datetime]
) -> list[ArticleClustered | NewsEventChanged]:
    """Return the article with its event, then the changes of other articles' events.

    An article that was related before is related again: it stays where it is, and joins what has
    become close to it meanwhile.
    """
    article = due.article
    text = RelatedText(
        document_id=due.document_id,
        original_id=due.cluster_id,
        title=article.title,
        body=article.body,
        published=make_aware(article.plausible_published(due.fetched_at) or due.fetched_at),
        language=article.language,
    )
    assignment = await assign_event(text, news_events, now())
    fields = asdict(due) | {"news_event_id": assignment.event_id, "related_at": assignment.at}
    return [ArticleClustered(**fields), *_changes(due, assignment)]


def leave_unrelated(due: RelateDue) -> ArticleClustered:
    """Return the article as it goes on where the stage is off."""
    return ArticleClustered(**asdict(due))


def _changes(due: RelateDue, assignment: EventAssignment) -> Iterator[NewsEventChanged]:
    """Yield what tells the index of the other articles that moved, some of them at a time."""
    for change in assignment.changes:
        for start in range(0, len(change.moved), MAX_MOVED):
            yield NewsEventChanged(
                page_id=due.page_id,
                outlet=due.outlet,
                url=due.url,
                news_event_id=change.name,
                members=change.moved[start : start + MAX_MOVED],
                related_at=change.at,
            )
