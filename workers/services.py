"""Settings → adapters: every tool a step may ask for, built once in each worker process."""

import logging
import os
import threading
from datetime import datetime
from functools import cache, cached_property
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Self

import httpx

from schemas.page import StoredPage
from workers import clock, settings
from workers.adapters.archive.archive import Archive, open_archive
from workers.adapters.browser.unusable import UnusableBrowserError
from workers.adapters.child_processes import MEBIBYTE, ChildProcesses
from workers.adapters.fingerprints.store import FingerprintStore
from workers.adapters.frontier.backfills import Backfills
from workers.adapters.frontier.feed_schedule import FeedSchedule
from workers.adapters.frontier.frontier import Frontier
from workers.adapters.frontier.host_throttle import HostThrottle
from workers.adapters.http import chain
from workers.adapters.http.downloader import Downloader, fetch_once
from workers.adapters.http.event_loop import LoopTransport
from workers.adapters.http.poll_session import FeedFetcher, PollSessions
from workers.adapters.http.redirect_chains import RedirectChains
from workers.adapters.http.robots import RobotsCache, product_token
from workers.adapters.http.validators import Validators
from workers.adapters.news_events.store import NewsEventStore
from workers.adapters.notify.smtp import SmtpClient
from workers.adapters.notify.webhook_client import WebhookClient
from workers.adapters.redis.connection import RETRY_FOREVER, RedisClient, connect
from workers.adapters.redis.counters import Counters
from workers.adapters.redis.delayed_events import DelayedEvents
from workers.adapters.redis.heartbeats import Heartbeats
from workers.adapters.redis.memory_mark import MemoryMark
from workers.adapters.redis.outbox import Outbox
from workers.adapters.redis.outlet_memory import OutletMemory
from workers.adapters.redis.page_ledger import PageLedger
from workers.adapters.redis.quarantine import Quarantine
from workers.adapters.redis.saved_searches import SavedSearches
from workers.adapters.redis.tokens import Tokens
from workers.adapters.redis.websub_subscriptions import WebSubSubscriptions
from workers.live_outlets import LiveOutlets
from workers.settings import Settings

if TYPE_CHECKING:
    from workers.adapters.browser.renderer import Renderer
    from workers.adapters.elasticsearch.client import SearchIndex
    from workers.adapters.telemetry import Tracer

log = logging.getLogger(__name__)
MAX_REJECTED = 100_000  # some 400 bytes each
# two, so that one that is stuck holds nobody up; a sitemap of 50 MB takes 20 s of a busy machine
PARSER_PROCESSES = 2
MAX_PARSER_SECONDS = 60.0
MAX_PARSER_BYTES = 1536 * MEBIBYTE
CLOSED_IN_ORDER = ("parsers", "browser", "network", "archive", "search", "redis")
LEASE_WORK_SECONDS = 1.0  # so long at most a thread waits for a host between the pages of a lease


class Services:
    """Each tool is made when it is first asked for: after the fork, and only where it is used."""

    def __init__(self, given: Settings, redis_retries: int = RETRY_FOREVER) -> None:
        self.settings = given
        self._redis_retries = redis_retries
        # set when this worker has been asked to stop: what takes long ends at its next step
        self.stopping = threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections, files and child processes that were made."""
        for name in CLOSED_IN_ORDER:
            if tool := self.__dict__.get(name):
                tool.close()

    def now(self) -> datetime:
        """Return the present moment, in UTC."""
        return clock.now()

    def digest(self, raw: bytes) -> str:
        """Return a short stable name for `raw`, as 16 hex digits."""
        return blake2b(raw, digest_size=8).hexdigest()

    @cached_property
    def redis(self) -> RedisClient:
        return connect(self.settings.redis_url, self.settings.ca_file, self._redis_retries)

    @cached_property
    def ledger(self) -> PageLedger:
        return PageLedger(self.redis, self.settings.prefix)

    @cached_property
    def quarantine(self) -> Quarantine:
        return Quarantine(self.redis, self.settings.prefix)

    @cached_property
    def rejected(self) -> Quarantine:
        """Return the newest rejected pages, which can be sent again."""
        return Quarantine(self.redis, self.settings.prefix, "rejected", MAX_REJECTED)

    @cached_property
    def heartbeats(self) -> Heartbeats:
        return Heartbeats(self.redis, self.settings.prefix)

    @cached_property
    def counters(self) -> Counters:
        return Counters(self.redis, self.settings.prefix)

    @cached_property
    def tracer(self) -> "Tracer | None":
        """Return what records traces, or None while tracing is off.

        Raises:
            SettingsError: an endpoint is set, and OpenTelemetry, an optional dependency, is not
                installed.
        """
        if not self.settings.otlp_endpoint:
            return None
        try:
            from workers.adapters.telemetry import Tracer  # noqa: PLC0415  optional
        except ImportError as error:
            raise settings.SettingsError(
                f"PRESSWIRE_OTLP_ENDPOINT is set, but {error.name} is not installed: "
                "pip install 'presswire[telemetry]'"
            ) from error
        return Tracer(self.settings.otlp_endpoint)

    @cached_property
    def memory_mark(self) -> MemoryMark:
        return MemoryMark(self.redis, self.settings.prefix)

    @cached_property
    def delayed_events(self) -> DelayedEvents:
        return DelayedEvents(self.redis, self.settings.prefix)

    @cached_property
    def frontier(self) -> Frontier:
        return Frontier(
            self.redis,
            self.settings.prefix,
            bound=self.settings.max_frontier_pages,
            max_attempts=self.settings.max_attempts,
            work_seconds=LEASE_WORK_SECONDS,
        )

    @cached_property
    def backfills(self) -> Backfills:
        return Backfills(self.redis, self.settings.prefix)

    @cached_property
    def feed_schedule(self) -> FeedSchedule:
        return FeedSchedule(self.redis, self.settings.prefix)

    @cached_property
    def websub_subscriptions(self) -> WebSubSubscriptions:
        return WebSubSubscriptions(self.redis, self.settings.prefix)

    @cached_property
    def host_throttle(self) -> HostThrottle:
        return HostThrottle(self.redis, self.settings.prefix)

    @cached_property
    def fingerprint_store(self) -> FingerprintStore:
        """Return the fingerprints for those who make them anew."""
        return FingerprintStore(self.redis, self.settings.prefix, self.settings.dedupe_window_days)

    @property
    def fingerprints(self) -> FingerprintStore:
        """Return the fingerprints, of all articles.

        Raises:
            TryAgain: Redis has lost them, and `presswire rebuild` has not been here yet.
        """
        self.memory_mark.check()
        return self._kept_fingerprints

    @cached_property
    def _kept_fingerprints(self) -> FingerprintStore:
        """Return the fingerprints as long as they are whole: a worker hears late of a loss."""
        return self.fingerprint_store.closed_while(self.memory_mark.lost_key)

    @property
    def relates_events(self) -> bool:
        """Return whether articles go through the stage relate."""
        return self.settings.relate_events

    @cached_property
    def news_event_store(self) -> NewsEventStore:
        """Return the events in the news for those who make them anew."""
        return NewsEventStore(self.redis, self.settings.prefix, self.settings.event_window_days)

    @property
    def news_events(self) -> NewsEventStore:
        """Return the events in the news.

        Raises:
            TryAgain: Redis has lost them, and `presswire rebuild` has not been here yet.
        """
        self.memory_mark.check()
        return self._kept_news_events

    @cached_property
    def _kept_news_events(self) -> NewsEventStore:
        """Return the events as long as they are whole: a worker hears late of a loss."""
        return self.news_event_store.closed_while(self.memory_mark.lost_key)

    @cached_property
    def outlets(self) -> LiveOutlets:
        return LiveOutlets(Path(self.settings.outlets), self.outlet_memory)

    @cached_property
    def outlet_memory(self) -> OutletMemory:
        return OutletMemory(self.redis, self.settings.prefix)

    @cached_property
    def parsers(self) -> ChildProcesses:
        """Return where feeds and the like are read: a thread could not be stopped."""
        return ChildProcesses(PARSER_PROCESSES, MAX_PARSER_SECONDS, MAX_PARSER_BYTES)

    @cached_property
    def archive(self) -> Archive:
        return open_archive(self.settings)

    @cached_property
    def robots_cache(self) -> RobotsCache:
        return RobotsCache(self.redis, self.settings.prefix)

    @cached_property
    def network(self) -> LoopTransport:
        """Requests without politeness: guarded and bounded only."""
        return chain.build_network(self.settings)

    @cached_property
    def polite_client(self) -> chain.PoliteClient:
        state = chain.PolitenessState(
            throttle=self.host_throttle,
            robots=self.robots_cache,
            chains=RedirectChains(self.redis, self.settings.prefix),
            outlets=self.outlets,
            archive=self.archive,
        )
        agent = product_token(self.settings.user_agent, self.settings.robots_name)
        return chain.build_polite_client(self.network, state, agent)

    @cached_property
    def browser(self) -> "Renderer":
        return self.new_browser(self.polite_client.transport)

    def new_browser(self, client: httpx.BaseTransport, threads: int = 6) -> "Renderer":
        """Return a browser, which starts with its first page; what pages ask for goes through
        `client`, from so many threads at once.

        Raises:
            UnusableBrowserError: Playwright, an optional dependency, is not installed.
        """
        try:
            from workers.adapters.browser.renderer import Renderer  # noqa: PLC0415  optional
        except ImportError as error:
            detail = f"{error.name} is not installed: pip install 'presswire[render]'"
            raise UnusableBrowserError(detail) from error
        return Renderer(self.settings, client, threads)

    @cached_property
    def downloader(self) -> Downloader:
        redis, prefix, settings = self.redis, self.settings.prefix, self.settings
        client = self.polite_client
        validators = Validators(redis, prefix)
        fetcher = FeedFetcher(client, validators, self.archive, settings.max_feed_bytes)
        sessions = PollSessions(redis, prefix, fetcher)
        return Downloader(client, validators, self.archive, sessions, settings.max_page_bytes)

    def one_page(self, url: str) -> StoredPage:
        """Return one page for one person, beside queues and clocks: guarded and bounded like the
        rest."""
        return fetch_once(self.network, self.settings, url)

    @cached_property
    def search(self) -> "SearchIndex":
        # Elasticsearch's client is 0.9 s of a worker's start, and most of them need none
        from workers.adapters.elasticsearch.client import SearchIndex  # noqa: PLC0415

        return SearchIndex(self.settings)

    @cached_property
    def saved_searches(self) -> SavedSearches:
        return SavedSearches(self.redis, self.settings.prefix)

    @cached_property
    def tokens(self) -> Tokens:
        return Tokens(self.redis, self.settings.prefix)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self.redis, self.settings.prefix)

    @cached_property
    def webhook_client(self) -> WebhookClient:
        return WebhookClient(self.settings)

    @cached_property
    def smtp_client(self) -> SmtpClient:
        return SmtpClient(self.settings)


@cache
def get_settings() -> Settings:
    """Return the settings of this process' environment. What is set there under an old name is
    logged, once.

    Raises:
        SettingsError: a setting cannot be read.
    """
    loaded = settings.load(os.environ)
    for old, new in settings.renamed_variables(os.environ).items():
        log.warning("%s is now called %s; the old name is still read", old, new)
    return loaded


@cache
def get_services() -> Services:
    """Return the services of this process, created on first use."""
    return Services(get_settings())
