"""Digests: what has waited for its hour, as one mail with its stories."""

from datetime import datetime
from zoneinfo import ZoneInfoNotFoundError

from schemas.saved_search import SavedSearch
from workers.adapters.redis.outbox import RoundResult
from workers.alerts.digest_times import last_due
from workers.alerts.news import build_alerts, in_present_clusters, sort_news
from workers.services import Services

# beyond it a digest is sent before its hour, so that none grows without end
MAX_WAITING = 5_000


def send_digest(services: Services, saved: SavedSearch) -> int:
    """Put a search's digest into the outbox if its hour has come; what waits of a search that has
    no digest any more is sent at once.

    Returns:
        the number of alerts.
    """
    now = services.now()
    turn = services.outbox.window(saved.id, saved.created).turn
    due = _due(services, saved, now)
    waiting = services.outbox.waiting(saved.id)
    if not (due or len(waiting) >= MAX_WAITING or (waiting and not saved.digest)):
        return 0
    news = sort_news(services, saved, list(in_present_clusters(services, waiting)), waiting)
    result = RoundResult(
        alerts=build_alerts(saved, news.stories, now),
        joined=news.joined,
        released=[each.id for each in waiting],
        digested=due,
    )
    return len(result.alerts) if services.outbox.put(saved.id, result, turn, now) else 0


def _due(services: Services, saved: SavedSearch, now: datetime) -> datetime | None:
    """Return the moment of the digest that is to be sent now, or None."""
    if not saved.digest:
        return None
    try:
        due = last_due(saved.digest, now)
    except ZoneInfoNotFoundError:
        services.outbox.record_error(saved.id, f"no time zone {saved.digest.zone!r}", now)
        return None
    return due if due > (services.outbox.digested(saved.id) or saved.created) else None
