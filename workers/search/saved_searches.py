"""Validation of searches that are to be saved, and of the receivers of their alerts."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from schemas.json import Json
from schemas.saved_search import Digest, SavedSearch
from workers.search.params import InvalidSearchError, SearchParams, parse_zone
from workers.search.query.compiler import compile_query
from workers.search.query.parser import parse_query
from workers.search.query.zones import UTC_ZONE, find_zone

MAX_NAME_LENGTH: Final = 120
MAX_TARGET_LENGTH: Final = 500
MAX_TARGETS: Final = 5
DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOURS_IN_A_DAY: Final = 24
_WEBHOOK: Final = re.compile(r"https?://[^\s\x00-\x1f\x7f\"<>\\]+")
_MAIL: Final = re.compile(r"mailto:[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def new_saved_search(
    name: str, params: SearchParams, owner: str, created: datetime, secrets: tuple[str, str]
) -> SavedSearch:
    """Return a search to save, which has not alerted yet: the query and its zone. `secrets` are its
    id and its feed's token.

    Raises:
        QueryError: the query is not valid.
        InvalidSearchError: the name is not valid.
    """
    compile_query(params.parsed)
    shown_name = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not 0 < len(shown_name) <= MAX_NAME_LENGTH:
        raise InvalidSearchError(f"name: takes 1 to {MAX_NAME_LENGTH} characters")
    return SavedSearch(
        secrets[0],
        shown_name,
        params.query,
        owner,
        created,
        feed_token=secrets[1],
        zone=params.zone.key,
    )


def parse_targets(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the receivers of alerts, each once: web addresses, and e-mail addresses as `mailto:…`.

    Raises:
        InvalidSearchError: there are too many, or one is not an address. No character passes that
            could begin another mail header.
    """
    targets = tuple(dict.fromkeys(_parse_target(each.strip()) for each in texts if each.strip()))
    if len(targets) > MAX_TARGETS:
        raise InvalidSearchError(f"notify: no more than {MAX_TARGETS} addresses")
    return targets


def parse_digest(every: str, hour: int, weekday: str, zone: str) -> Digest | None:
    """Return when new hits are sent together, None for at once. `every` is none, daily or weekly.

    Raises:
        InvalidSearchError: there is no such hour, day or time zone.
    """
    if every == "none":
        return None
    if every not in {"daily", "weekly"}:
        raise InvalidSearchError(f"digest: {every[:60]!r} is not none, daily or weekly")
    if hour not in range(HOURS_IN_A_DAY):
        raise InvalidSearchError(f"hour: {hour} is not between 0 and 23")
    if weekday not in DAYS:
        raise InvalidSearchError(f"weekday: {weekday[:60]!r} is not one of {', '.join(DAYS)}")
    return Digest(hour, parse_zone(zone).key, DAYS.index(weekday) if every == "weekly" else None)


def saved_query(saved: SavedSearch) -> Json:
    """Return the Elasticsearch query of a saved search.

    Raises:
        QueryError: the query is no longer valid.
    """
    return compile_query(parse_query(saved.query, find_zone(saved.zone) or UTC_ZONE))


def _parse_target(text: str) -> str:
    target = f"mailto:{text}" if "@" in text and ":" not in text else text
    is_address = _WEBHOOK.fullmatch(target) or _MAIL.fullmatch(target)
    if not is_address or len(target) > MAX_TARGET_LENGTH:
        raise InvalidSearchError(
            f"notify: {text[:60]!r} is neither an https:// nor an e-mail address"
        )
    return target
