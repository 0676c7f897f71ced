"""The services that pages and API use, made once for the process."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from msgspec import Struct

from workers import clock
from workers.adapters.elasticsearch.client import SearchIndex
from workers.adapters.elasticsearch.reader import SearchReader
from workers.adapters.frontier.feed_schedule import FeedSchedule
from workers.adapters.redis.connection import RedisClient, connect
from workers.adapters.redis.outbox import Outbox
from workers.adapters.redis.rate_limits import RateLimits
from workers.adapters.redis.saved_searches import SavedSearches
from workers.adapters.redis.shared_secret import shared_secret
from workers.adapters.redis.tokens import Tokens
from workers.adapters.redis.websub_subscriptions import WebSubSubscriptions
from workers.settings import Settings

# A visitor gets an error at once instead of a long wait.
REDIS_RETRIES = 1


class SiteServices(Struct, frozen=True):
    """`key` signs cursors; all processes of a deployment share it."""

    reader: SearchReader
    saved: SavedSearches
    outbox: Outbox
    tokens: Tokens
    limits: RateLimits
    subscriptions: WebSubSubscriptions
    feed_schedule: FeedSchedule
    key: bytes
    settings: Settings
    redis: RedisClient
    now: Callable[[], datetime] = clock.now

    def close(self) -> None:
        """Close the connections to Redis and Elasticsearch."""
        self.reader.close()
        self.redis.close()


def connect_site_services(settings: Settings) -> SiteServices:
    """Return the site's services, connected to the servers of these settings.

    Raises:
        redis.exceptions.ConnectionError: Redis cannot be reached.
    """
    redis = connect(settings.redis_url, settings.ca_file, retries=REDIS_RETRIES)
    prefix = settings.prefix
    return SiteServices(
        reader=SearchReader(SearchIndex(settings, answer_seconds=settings.site_answer_seconds)),
        saved=SavedSearches(redis, prefix),
        outbox=Outbox(redis, prefix),
        tokens=Tokens(redis, prefix),
        limits=RateLimits(redis, prefix),
        subscriptions=WebSubSubscriptions(redis, prefix),
        feed_schedule=FeedSchedule(redis, prefix),
        key=shared_secret(redis, prefix, "cursors"),
        settings=settings,
        redis=redis,
    )


def _site(request: Request) -> SiteServices:
    site: SiteServices = request.app.state.site
    return site


SiteDep = Annotated[SiteServices, Depends(_site)]
