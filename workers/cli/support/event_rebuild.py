"""Rebuild of the store of events in the news from the articles in the index, and of their
labels."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from schemas.json import Json
from workers.adapters.elasticsearch.bulk import DONE, WriteResult
from workers.adapters.elasticsearch.client import SearchIndex
from workers.adapters.news_events.store import NewsEventStore
from workers.adapters.redis.lockstep import run_alone
from workers.cli.support.cluster_rebuild import PAGE_SIZE, check_written
from workers.relate.event_assignment import EventAssignment, RelatedText, assign_event

ARTICLE_FIELDS = [
    *("document_id", "cluster_id", "title", "body"),
    *("time", "language", "event_id"),
]
ORDER = "fetched_at"  # an event is named after the article that came first


def rebuild_events(
    search: SearchIndex, events: NewsEventStore, now: datetime, window_days: int
) -> tuple[int, int]:
    """Bring the articles of the window to their events anew, in the order of their fetches, and
    write the labels that changed. A label that cannot be written does not keep the others from
    being written.

    Returns:
        the number of articles read, and of labels changed.

    Raises:
        CommandError: some labels could not be written.
    """
    events.forget()
    since = (now - timedelta(days=window_days)).isoformat()
    search.refresh()
    known, found, at = dict[str, str | None](), dict[str, str](), 0
    for article in search.scan({"range": {"fetched_at": {"gte": since}}}, ARTICLE_FIELDS, ORDER):
        name = article["document_id"]
        assignment = run_alone(assign_event(_text_of(article), events, now))
        events.confirm((name, change.at) for change in assignment.changes)
        known[name], at = article.get("event_id"), assignment.at
        found.update(_places(name, assignment))
    changed = {name: event for name, event in found.items() if known.get(name) != event}
    results = list(_update_labels(search, changed, at))
    check_written(results)
    return len(known), sum(result == DONE for _, result in results)


def _text_of(article: Json) -> RelatedText:
    return RelatedText(
        document_id=article["document_id"],
        original_id=article["cluster_id"],
        title=article["title"],
        body=article.get("body") or "",
        published=datetime.fromisoformat(article["time"]),  # no date in the future
        language=article.get("language"),
    )


def _places(document_id: str, assignment: EventAssignment) -> Iterator[tuple[str, str]]:
    """Yield which event an article tells, and those that have come to another because of it."""
    yield document_id, assignment.event_id
    for change in assignment.changes:
        yield from ((moved, change.name) for moved in change.moved)


def _update_labels(
    search: SearchIndex, changed: Mapping[str, str], at: int
) -> Iterator[tuple[str, WriteResult]]:
    rows = list(changed.items())
    for start in range(0, len(rows), PAGE_SIZE):
        some = rows[start : start + PAGE_SIZE]
        yield from zip(dict(some), search.update_news_events(some, at), strict=True)
