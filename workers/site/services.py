"""What the pages and the API work with, made once for the process."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from msgspec import Struct

from workers import clock
from workers.adapters.elasticsearch.client import Search
from workers.adapters.elasticsearch.reader import SearchReader
from workers.adapters.frontier.feed_schedule import FeedClock
from workers.adapters.redis.connection import connect
from workers.adapters.redis.rate_limits import RateLimits
from workers.adapters.redis.saved_searches import SavedSearches
from workers.adapters.redis.shared_secret import shared_secret
from workers.adapters.redis.tokens import Tokens
from workers.adapters.redis.websub_subscriptions import Subscriptions
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
