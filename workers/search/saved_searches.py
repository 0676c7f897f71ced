"""Saving a search: what may be saved, and under which ids."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from schemas.saved_search import SavedSearch
from workers.search.params import InvalidSearchError
from workers.search.query.compiler import compile_query
from workers.search.query.parser import parse_query

MAX_NAME_LENGTH: Final = 120
MAX_TARGET_LENGTH: Final = 500
MAX_TARGETS: Final = 5
_HOOK: Final = re.compile(r"https?://[^\s\x00-\x1f\x7f\"<>\\]+")
_MAIL: Final = re.compile(r"mailto:[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def new_saved_search(
    name: str, query: str, owner: str, created: datetime, secrets: tuple[str, str]
) -> SavedSearch:
    """Return a search to save, which has not alerted yet; `secrets` are its id and its feed's
    token.

    Raises:
        QueryError: the query is not valid.
        InvalidSearchError: the name is not valid.
    """
    compile_query(parse_query(query))
    named = " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())
    if not 0 < len(named) <= MAX_NAME_LENGTH:
        raise InvalidSearchError(f"name: takes 1 to {MAX_NAME_LENGTH} characters")
    return SavedSearch(secrets[0], named, query, owner, created, feed_token=secrets[1])


def targets(given: Sequence[str]) -> tuple[str, ...]:
    """Return the receivers of alerts: web addresses, and e-mail addresses with or without
    `mailto:`.

    Raises:
        InvalidSearchError: a receiver is not valid; nothing passes that could begin another header
            or argument.
    """
    found = tuple(dict.fromkeys(_target(each.strip()) for each in given if each.strip()))
    if len(found) > MAX_TARGETS:
        raise InvalidSearchError(f"notify: no more than {MAX_TARGETS} addresses")
    return found


def _target(text: str) -> str:
    written = f"mailto:{text}" if "@" in text and ":" not in text else text
    fits = _HOOK.fullmatch(written) or _MAIL.fullmatch(written)
    if not fits or len(written) > MAX_TARGET_LENGTH:
        raise InvalidSearchError(
            f"notify: {text[:60]!r} is neither an https:// nor an e-mail address"
        )
    return written
