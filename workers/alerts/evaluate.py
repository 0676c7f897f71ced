"""Standing queries: each saved search that has somebody to tell is asked for what is new."""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any

from schemas.alert import Alert, AlertArticle
from schemas.saved_search import SavedSearch
from workers.adapters.redis.outbox import Halfway, Window
from workers.adapters.redis.saved_searches import owner_of_token
from workers.alerts import matching
from workers.exceptions import TryAgain
from workers.search.query.compiler import compiled
from workers.search.query.lexer import QueryError
from workers.services import Tools

ARTICLES_IN_AN_ALERT = 50
ROUND_SECONDS = 2.0  # leases and feeds wait meanwhile; 2 of 10 s leave fetching its pace
# new articles of one search, beyond which the others have their turn first
MANY_NEW = 1_000
# one slow search ends its round, and the next one begins behind it
TIMEOUT = "3s"


def find_new(tools: Tools) -> int:
    """Puts alerts for new hits into the outbox; how many. Each round goes on behind the search
    that the last one came to, so that all have their turn, however many there are."""
    until = time.monotonic() + ROUND_SECONDS
    searches = _with_receivers(tools)
    for gone in tools.outbox.searches() - searches.keys():
        tools.outbox.forget(gone)
    found = 0
    for saved in tools.saved_searches.in_turn(searches.values()):
        try:
            found += _told(tools, saved, until)
        except TryAgain:
            tools.outbox.note_trouble(saved.id, "the index did not answer in time", tools.now())
            break
        if time.monotonic() >= until:
            break
    return found


def _with_receivers(tools: Tools) -> dict[str, SavedSearch]:
    """By id; what was saved with a token rings as long as the token is valid."""
    now = tools.now()
    valid = [token.id for token in tools.tokens.all() if not token.expires or token.expires > now]
    owners = {owner_of_token(token_id) for token_id in valid}
    ringing = (saved for saved in tools.saved_searches if saved.notify and saved.owner in owners)
    return {saved.id: saved for saved in ringing}


def _told(tools: Tools, saved: SavedSearch, until: float) -> int:
    """A search that cannot be run keeps its place and notes why, and costs the others nothing."""
    from elasticsearch import ApiError  # noqa: PLC0415  slow to load, and only the ticks need it

    try:
        return _ask(tools, saved, until)
    except QueryError as error:
        tools.outbox.note_trouble(saved.id, error.message, tools.now())
    except ApiError as error:
        tools.outbox.note_trouble(saved.id, f"the index refuses it: {error}", tools.now())
    return 0


def _ask(tools: Tools, saved: SavedSearch, until: float) -> int:
    now = tools.now()
    window = tools.outbox.window(saved.id) or Window(saved.created)
    halfway = window.halfway or Halfway(now, [])
    ids, after = _new_ids(tools, saved, (window.since, halfway), until)
    alerts = list(_alerts(tools, saved, ids, now))
    window = _next(window.since, Halfway(halfway.began, after))
    return len(alerts) if tools.outbox.put(saved.id, alerts, window, now) else 0


def _next(since: datetime, halfway: Halfway) -> Window:
    """The rest of a window, or the one after it."""
    if halfway.after:
        return Window(since, halfway)
    return Window(max(since, matching.next_since(halfway.began)))


def _new_ids(
    tools: Tools, saved: SavedSearch, window: tuple[datetime, Halfway], until: float
) -> tuple[list[str], list[Any]]:
    """Ids that were not told yet, and the `sort` of the last hit if there are more to come."""
    query, ids = compiled(saved.query), list[str]()
    since, halfway = window
    after = halfway.after
    for _ in range(matching.MOST_PAGES):
        hits = _hits(tools, matching.new_ids(query, since, halfway.began, after))
        ids += tools.outbox.fresh(saved.id, [hit["_id"] for hit in hits])
        if len(hits) < matching.IDS_IN_A_PAGE:
            return ids, []
        after = hits[-1]["sort"]
        if len(ids) >= MANY_NEW or time.monotonic() >= until:
            break
    return ids, after


def _hits(tools: Tools, request: dict[str, Any]) -> list[dict[str, Any]]:
    whole = {**request, "allow_partial_search_results": False, "timeout": TIMEOUT}
    return list(tools.search.search(whole)["hits"]["hits"])


def _alerts(tools: Tools, saved: SavedSearch, ids: Sequence[str], now: datetime) -> Iterator[Alert]:
    """For each receiver the same articles, a bearable number in each alert."""
    for start in range(0, len(ids), ARTICLES_IN_AN_ALERT):
        articles = _shown(tools, ids[start : start + ARTICLES_IN_AN_ALERT])
        if not articles:
            continue
        for target in dict.fromkeys(saved.notify):
            yield Alert(
                id=_name(saved.id, target, articles),
                search_id=saved.id,
                search_name=saved.name,
                target=target,
                at=now,
                articles=articles,
            )


def _shown(tools: Tools, ids: Sequence[str]) -> tuple[AlertArticle, ...]:
    """In the order in which they came."""
    hits = {hit["_id"]: hit for hit in _hits(tools, matching.shown(list(ids)))}
    return tuple(matching.article(hits[each]) for each in ids if each in hits)


def _name(search_id: str, target: str, articles: Sequence[AlertArticle]) -> str:
    parts = (search_id, target, *(article.id for article in articles))
    return blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()
