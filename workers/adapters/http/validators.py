"""ETag and Last-Modified of the last response, for conditional requests (RFC 9110 section 13)."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import msgspec

from schemas.page import StoredPage
from workers import urls
from workers.adapters.redis.connection import RedisClient

TTL = timedelta(days=35)  # longer than the last revisit of an article
MAX_LENGTH = 500


class Validators:
    """The headers of conditional requests, by page; none for a page whose server names none."""

    def __init__(self, redis: RedisClient, prefix: str) -> None:
        self._redis = redis
        self._prefix = prefix

    def keep(self, pages: Sequence[StoredPage]) -> None:
        """Keep the validators of `pages`, which have been handed on: the next request of each asks
        only for what differs from it."""
        with self._redis.pipeline(transaction=False) as commands:
            for page in pages:
                headers = {
                    "if-none-match": page.header("etag"),
                    "if-modified-since": page.header("last-modified"),
                }
                if usable := _usable(headers):
                    commands.set(self._key(page.url), msgspec.json.encode(usable), ex=TTL)
            commands.execute()

    def headers(self, url: str) -> Mapping[str, str]:
        """Return the headers for a conditional request of `url`, by name."""
        raw = self._redis.get(self._key(url))
        return _usable(msgspec.json.decode(raw, type=dict[str, str])) if raw else {}

    def _key(self, url: str) -> str:
        return f"{self._prefix}:validators:{urls.page_id(url)}"


def _usable(headers: Mapping[str, str]) -> dict[str, str]:
    """Return those that HTTP/1.1 can carry: it takes no control characters, which HTTP/2 may have
    brought."""
    return {
        name: value
        for name, value in headers.items()
        if 0 < len(value) <= MAX_LENGTH and value.isprintable()
    }
