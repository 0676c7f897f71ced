"""Standing queries: each saved search that has somebody to tell is asked for what is new."""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any

from schemas.alert import Alert, AlertArticle
from schemas.saved_search import SavedSearch
from workers.adapters.redis.outbox import Progress, SearchWindow
from workers.adapters.redis.saved_searches import owner_of_token
from workers.alerts import matching
from workers.exceptions import TryAgain
from workers.search.query.compiler import compile_query
from workers.search.query.lexer import QueryError
from workers.search.query.parser import parse_query
from workers.services import Services

ARTICLES_IN_AN_ALERT = 50
ROUND_SECONDS = 2.0  # leases and feeds wait meanwhile; 2 of 10 s leave fetching its pace
# new articles of one search, beyond which the others have their turn first
MANY_NEW = 1_000
# one slow search ends its round, and the next one begins behind it
TIMEOUT = "3s"


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
    records why; the others go on."""
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
    window = services.outbox.window(saved.id) or SearchWindow(saved.created)
    progress = window.progress or Progress(now, [])
    ids, after = _find_new_ids(services, saved, (window.since, progress), deadline)
    alerts = list(_build_alerts(services, saved, ids, now))
    window = _next_window(window.since, Progress(progress.began, after))
    return len(alerts) if services.outbox.put(saved.id, alerts, window, now) else 0


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
    query, ids = compile_query(parse_query(saved.query)), list[str]()
    since, progress = window
    after = progress.after
    for _ in range(matching.MAX_PAGES):
        hits = _search(services, matching.new_ids(query, since, progress.began, after))
        ids += services.outbox.fresh(saved.id, [hit["_id"] for hit in hits])
        if len(hits) < matching.IDS_IN_A_PAGE:
            return ids, []
        after = hits[-1]["sort"]
        if len(ids) >= MANY_NEW or time.monotonic() >= deadline:
            break
    return ids, after


def _search(services: Services, request: dict[str, Any]) -> list[dict[str, Any]]:
    complete = {**request, "allow_partial_search_results": False, "timeout": TIMEOUT}
    return list(services.search.search(complete)["hits"]["hits"])


def _build_alerts(
    services: Services, saved: SavedSearch, ids: Sequence[str], now: datetime
) -> Iterator[Alert]:
    """Yield the alerts: the same articles for each receiver, a bounded number in each alert."""
    for start in range(0, len(ids), ARTICLES_IN_AN_ALERT):
        articles = _articles(services, ids[start : start + ARTICLES_IN_AN_ALERT])
        if not articles:
            continue
        for target in dict.fromkeys(saved.notify):
            yield Alert(
                id=_alert_id(saved.id, target, articles),
                search_id=saved.id,
                search_name=saved.name,
                target=target,
                at=now,
                articles=articles,
            )


def _articles(services: Services, ids: Sequence[str]) -> tuple[AlertArticle, ...]:
    """Return what alerts show of these articles, in the given order."""
    hits = {hit["_id"]: hit for hit in _search(services, matching.shown(list(ids)))}
    return tuple(matching.article(hits[each]) for each in ids if each in hits)


def _alert_id(search_id: str, target: str, articles: Sequence[AlertArticle]) -> str:
    parts = (search_id, target, *(article.id for article in articles))
    return blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()
