"""Every setting. An environment variable sets it: `PRESSWIRE_` and the field's name in upper case.
With `_FILE` after that the variable names a file that holds the value, as containers get secrets.
Wiring reads them once for a process."""

import re
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

PREFIX = "PRESSWIRE_"
# read where servers are started or modules imported, before there are settings
OF_THE_LAUNCHER = frozenset({"ES_HOME", "CACHE", "GOLDEN", "KIBANA_URL", "COMPILED"})
IN_FILE = "_file"
_PASSWORD = re.compile(r"(://[^/@:]*:)[^/]*@")


class SettingsError(ValueError):
    """A setting cannot be read; the message names it and what it takes."""


class Settings(Struct, frozen=True, kw_only=True):
    """Types, defaults and, in the comment above each, one line of help."""

    # Celery's broker: amqp://user:password@host:5672/vhost or redis://:password@host:6379/0
    broker_url: str = "redis://127.0.0.1:6379/0"
    # shared state: frontier, host clocks, fingerprints, ledger
    redis_url: str = "redis://127.0.0.1:6379/1"
    # https://user:password@host:9200
    elasticsearch_url: str = "http://127.0.0.1:9200"
    # PEM file of the authority that signed the servers' certificates; empty = the system's
    ca_file: str = ""
    # first part of every index, queue and key name
    prefix: str = "presswire"
    # folder of the outlets' TOML files
    outlets: str = "ops/outlets"
    # folder of the WARC files, or s3://bucket/prefix
    archive: str = ".presswire/archive"
    # who we are and how to reach us, sent with every request
    user_agent: str = "presswire/0.1 (+mailto:operator@example.org)"
    # networks that may be fetched although they are not public, as CIDR, comma-separated
    allow_networks: str = ""
    # PEM file of a further authority that web servers' certificates may be signed by
    web_ca_file: str = ""
    # seconds for one request, from connecting to its last byte
    request_seconds: float = 30.0
    # bytes of one page, packed and unpacked, beyond which it is refused
    page_bytes: int = 10_000_000
    # same for a feed or sitemap; 50 MiB is the bound of sitemaps.org
    feed_bytes: int = 52_428_800
    # how often an article is fetched again for corrections, ever more rarely; 0 = never, 6 at most
    revisits: int = 6
    # addresses that wait or are remembered, beyond which no new ones are taken
    frontier_bound: int = 10_000_000
    # days after which an address that no feed names any more is forgotten; 36 at least
    remember_days: int = 90
    # how long near-duplicate fingerprints are kept
    dedupe_window_days: int = 30
    # documents in one bulk request, and how long the first waits for company
    index_batch: int = 500
    index_wait_seconds: float = 1.0
    # a message that a live worker holds for longer goes to another (Redis protocol only; RabbitMQ
    # has its own bound, consumer_timeout, 30 minutes)
    visibility_seconds: float = 1800.0
    # names under which browsers may reach the search page, comma-separated
    site_hosts: str = "localhost,127.0.0.1"
    # must every search come with a token (`presswire token create`)?
    site_needs_token: bool = False
    # searches a minute of one address; a token has five times as many
    site_searches_per_minute: int = 120
    # our site's public address, where WebSub hubs push: https://news.example.org; empty = no push
    websub_callback: str = ""
    # mail server for alerts: smtp://user:password@host:587, or smtps://; empty = no e-mail
    smtp_url: str = ""
    # who alerts by e-mail come from
    mail_from: str = "presswire@localhost"
    # pages between fetch and index, wherever they wait, beyond which nothing more is fetched
    most_under_way: int = 4000
    # a fetch worker holds a host's pages for at most this long; begins on none after half of it
    lease_seconds: float = 120.0
    # a page that has not moved for so long, while its stage goes on, starts again
    stuck_seconds: float = 600.0
    # runs of one event in one step before it goes to quarantine
    max_attempts: int = 5

    def __repr__(self) -> str:
        """Without values: some of them hold passwords."""
        return "Settings(…)"


def load(environment: Mapping[str, str]) -> Settings:
    """Settings from `environment`. A value goes before a file, and a default stands for what has
    neither; names that are no settings do not count. Raises SettingsError for a value that does not
    fit, and for a file that cannot be read."""
    named = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX)
    }
    given = {name: value for name, value in named.items() if not _is_file(name)}
    for name in filter(_is_file, named):
        given.setdefault(name.removesuffix(IN_FILE), _content(name, named[name]))
    try:
        return msgspec.convert(given, Settings, strict=False)
    except msgspec.ValidationError as error:
        field = str(error).rpartition("$.")[2].rstrip("`")
        raise SettingsError(f"{PREFIX}{field.upper()}: {error}") from error


def unknown(environment: Mapping[str, str]) -> list[str]:
    """Variables that look like settings and are none: perhaps mistyped."""
    names = (name.removeprefix(PREFIX) for name in environment if name.startswith(PREFIX))
    return sorted(
        PREFIX + name
        for name in names
        if name.removesuffix(IN_FILE.upper()).lower() not in Settings.__struct_fields__
        and name not in OF_THE_LAUNCHER
        and not name.startswith("TEST_")
    )


def _is_file(name: str) -> bool:
    return name.endswith(IN_FILE) and name not in Settings.__struct_fields__


def _content(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        variable = f"{PREFIX}{name.upper()}"
        raise SettingsError(f"{variable}: cannot read {path}: {type(error).__name__}") from error


def without_password(url: str) -> str:
    """`url` as it may be shown."""
    return _PASSWORD.sub(r"\1***@", url)
