"""Standing queries: each saved search that has somebody to tell is asked for what is new."""

import time
from datetime import datetime
from typing import Any

from schemas.saved_search import SavedSearch
from workers.adapters.redis.outbox import Progress, RoundResult, SearchWindow
from workers.adapters.redis.saved_searches import owner_of_token
from workers.alerts import matching
from workers.alerts.digests import send_digest
from workers.alerts.news import ask_index, build_alerts, find_moved, show_articles, sort_news
from workers.alerts.stories import SETTLE
from workers.exceptions import TryAgain
from workers.search.query.lexer import QueryError
from workers.search.saved_searches import saved_query
from workers.services import Services

ROUND_SECONDS = 2.0  # leases and feeds wait meanwhile; 2 of 10 s leave fetching its pace
# new articles of one search, beyond which the others have their turn first
MANY_NEW = 1_000


def evaluate_saved_searches(services: Services) -> int:
    """Put alerts for new hits into the outbox. Each round begins behind the search that the last
    one reached, so that every search gets its turn, however many there are.

    Returns:
        the number of alerts.
    """
    deadline = time.monotonic() + ROUND_SECONDS
    searches = _with_receivers(services)
    for removed in services.outbox.searches() - searches.keys():
        services.outbox.forget(removed)
    count = 0
    for saved in services.saved_searches.in_turn(searches.values()):
        try:
            count += _evaluate(services, saved, deadline)
        except TryAgain:
            services.outbox.record_error(
                saved.id, "the index did not answer in time", services.now()
            )
            break
        if time.monotonic() >= deadline:
            break
    return count


def _with_receivers(services: Services) -> dict[str, SavedSearch]:
    """Return the saved searches that have receivers, by id; one that was saved with a token alerts
    as long as the token is valid."""
    now = services.now()
    valid = [
        token.id for token in services.tokens.all() if not token.expires or token.expires > now
    ]
    owners = {owner_of_token(token_id) for token_id in valid}
    alerting = (
        saved for saved in services.saved_searches if saved.notify and saved.owner in owners
    )
    return {saved.id: saved for saved in alerting}


def _evaluate(services: Services, saved: SavedSearch, deadline: float) -> int:
    """Return the number of alerts for one search. A search that cannot be run keeps its place and
    records why; the others go on, and its digest is sent."""
    count = _look(services, saved, deadline)
    return count + send_digest(services, saved)


def _look(services: Services, saved: SavedSearch, deadline: float) -> int:
    from elasticsearch import ApiError  # noqa: PLC0415  slow to load, and only the periodic tasks need it

    try:
        return _alert(services, saved, deadline)
    except QueryError as error:
        services.outbox.record_error(saved.id, error.message, services.now())
    except ApiError as error:
        services.outbox.record_error(saved.id, f"the index refuses it: {error}", services.now())
    return 0


def _alert(services: Services, saved: SavedSearch, deadline: float) -> int:
    now = services.now()
    window = services.outbox.window(saved.id, saved.created)
    progress = window.progress or Progress(now - SETTLE if saved.rings == "story" else now, [])
    ids, after = _find_new_ids(services, saved, (window.since, progress), deadline)
    found = [*show_articles(services, ids), *find_moved(services, saved, now)]
    articles = list({each.id: each for each in found}.values())
    waiting = services.outbox.waiting(saved.id) if saved.digest else []
    news = sort_news(services, saved, articles, waiting)
    result = RoundResult(
        alerts=[] if saved.digest else build_alerts(saved, news.stories, now),
        told=[] if saved.digest else news.ids,
        waiting=[each for story in news.stories for each in story] if saved.digest else [],
        joined=news.joined,
        window=_next_window(window.since, Progress(progress.began, after)),
    )
    return len(result.alerts) if services.outbox.put(saved.id, result, window.turn, now) else 0


def _next_window(since: datetime, progress: Progress) -> SearchWindow:
    """Return the rest of a window, or the window after it."""
    if progress.after:
        return SearchWindow(since, progress)
    return SearchWindow(max(since, matching.next_since(progress.began)))


def _find_new_ids(
    services: Services, saved: SavedSearch, window: tuple[datetime, Progress], deadline: float
) -> tuple[list[str], list[Any]]:
    """Return the ids that were not notified yet, and the `sort` of the last hit if there are
    more."""
    query, ids = saved_query(saved), list[str]()
    since, progress = window
    after = progress.after
    for _ in range(matching.MAX_PAGES):
        hits = ask_index(services, matching.new_ids(query, since, progress.began, after))
        ids += services.outbox.fresh(saved.id, [hit["_id"] for hit in hits])
        if len(hits) < matching.IDS_IN_A_PAGE:
            return ids, []
        after = hits[-1]["sort"]
        if len(ids) >= MANY_NEW or time.monotonic() >= deadline:
            break
    return ids, after
