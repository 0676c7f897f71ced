"""ETag and Last-Modified of what was fetched last, for conditional requests (RFC 9110, 13)."""

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from schemas.page import StoredPage
from workers import urls
from workers.adapters.redis.connection import RedisClient

KEPT = timedelta(days=35)  # longer than the last revisit of an article
LONGEST = 500


class Validators:
    """Headers by page: none for a page whose server names none."""

    def __init__(self, redis: RedisClient, prefix: str) -> None:
        self._redis = redis
        self._prefix = prefix

    def keep(self, page: StoredPage) -> None:
        """`page` is where it belongs: from now on only what differs from it is of interest."""
        named = {
            "if-none-match": page.header("etag"),
            "if-modified-since": page.header("last-modified"),
        }
        if kept := _sendable(named):
            self._redis.set(self._key(page.url), msgspec.json.encode(kept), ex=KEPT)

    def headers(self, url: str) -> Mapping[str, str]:
        """What to send along with a request for `url`."""
        raw = self._redis.get(self._key(url))
        return _sendable(msgspec.json.decode(raw, type=dict[str, str])) if raw else {}

    def _key(self, url: str) -> str:
        return f"{self._prefix}:validators:{urls.page_id(url)}"


def _sendable(named: Mapping[str, str]) -> dict[str, str]:
    """HTTP/1.1 takes no control characters, which HTTP/2 may have brought."""
    return {
        name: value
        for name, value in named.items()
        if 0 < len(value) <= LONGEST and value.isprintable()
    }
