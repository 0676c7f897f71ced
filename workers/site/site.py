"""What the pages and the API work with, made once for the process."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from msgspec import Struct

from workers.adapters import clock
from workers.adapters.feed_clock import FeedClock
from workers.adapters.rate_limits import RateLimits
from workers.adapters.redis_connection import connect
from workers.adapters.saved_searches import SavedSearches
from workers.adapters.search import Search
from workers.adapters.search_reader import SearchReader
from workers.adapters.shared_secret import shared_secret
from workers.adapters.subscriptions import Subscriptions
from workers.adapters.tokens import Tokens
from workers.settings import Settings

# A reader is better told that the server is away than kept waiting.
RETRIES = 1


class Site(Struct, frozen=True):
    """`key` seals cursors; all processes of a deployment share it."""

    reader: SearchReader
    saved: SavedSearches
    tokens: Tokens
    limits: RateLimits
    subscriptions: Subscriptions
    feed_clock: FeedClock
    key: bytes
    settings: Settings
    now: Callable[[], datetime] = clock.now


def site_from(settings: Settings) -> Site:
    """The site of these settings' servers. Raises redis.exceptions.ConnectionError without
    Redis."""
    redis = connect(settings.redis_url, settings.ca_file, retries=RETRIES)
    prefix = settings.prefix
    return Site(
        reader=SearchReader(Search(settings)),
        saved=SavedSearches(redis, prefix),
        tokens=Tokens(redis, prefix),
        limits=RateLimits(redis, prefix),
        subscriptions=Subscriptions(redis, prefix),
        feed_clock=FeedClock(redis, prefix),
        key=shared_secret(redis, prefix, "cursors"),
        settings=settings,
    )


def _site(request: Request) -> Site:
    site: Site = request.app.state.site
    return site


TheSite = Annotated[Site, Depends(_site)]
