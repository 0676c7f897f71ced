"""Every setting. An environment variable sets it: `PRESSWIRE_` and the field's name in upper case.
With `_FILE` after that the variable names a file that holds the value, as containers get secrets.
They are read once in each process (`workers.services.get_settings`)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from workers.server_urls import addresses_in, server_url_error

PREFIX = "PRESSWIRE_"
# read where servers are started or modules imported, before there are settings
LAUNCHER_VARIABLES = frozenset({"TOKEN", "ES_HOME", "CACHE", "KIBANA_URL", "COMPILED"})
FILE_SUFFIX = "_file"
# settings that had another name: their old variables are still read (see `renamed_variables`)
RENAMED = {
    "request_seconds": "request_timeout_seconds",
    "page_bytes": "max_page_bytes",
    "feed_bytes": "max_feed_bytes",
    "revisits": "max_revisits",
    "frontier_bound": "max_frontier_pages",
    "remember_days": "seen_retention_days",
    "index_batch": "index_batch_size",
    "visibility_seconds": "visibility_timeout_seconds",
    "most_under_way": "max_in_flight",
}
# settings that are addresses, and how those may begin; an empty one means that there is no server
ADDRESSES = {
    "broker_url": ("redis", "rediss", "amqp", "amqps"),
    "redis_url": ("redis", "rediss", "unix"),
    "elasticsearch_url": ("http", "https"),
    "smtp_url": ("smtp", "smtps"),
    "websub_callback": ("http", "https"),
    "otlp_endpoint": ("http", "https"),
}


class SettingsError(ValueError):
    """A setting cannot be read; the message names its variable and what it takes."""


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
    # OTLP receiver of traces, over HTTP: http://127.0.0.1:4318; empty = no tracing
    otlp_endpoint: str = ""
    # what workers log: text, or json with page, outlet and trace
    log_format: Literal["text", "json"] = "text"
    # first part of every index, queue and key name
    prefix: str = "presswire"
    # folder of the outlets' TOML files
    outlets: str = "ops/outlets"
    # folder of the WARC files, or s3://bucket/prefix
    archive: str = ".presswire/archive"
    # who we are and how to reach us, sent with every request
    user_agent: str = "presswire/0.1 (+mailto:operator@example.org)"
    # the name that robots.txt calls us by, one word; empty = the name in the user agent
    robots_name: str = ""
    # networks that may be fetched although they are not public, as CIDR, comma-separated
    allow_networks: str = ""
    # PEM file of a further authority that web servers' certificates may be signed by
    web_ca_file: str = ""
    # seconds for one request, from connecting to the last byte of its response
    request_timeout_seconds: float = 30.0
    # bytes of one page, compressed or not, beyond which it is refused
    max_page_bytes: int = 10_000_000
    # the same for a feed or sitemap; 50 MiB is the limit of sitemaps.org
    max_feed_bytes: int = 52_428_800
    # the browser for outlets whose pages a script writes
    chromium: str = "/usr/bin/chromium"
    # whether it keeps its own sandbox, with which it does not start as root
    chromium_sandbox: bool = True
    # seconds in which a page has to be drawn, the waiting for its host included; 60 at most
    render_timeout_seconds: float = 40.0
    # how often an article is fetched again for corrections, ever more rarely; 0 = never, 6 at most
    max_revisits: int = 6
    # pages that wait or are remembered, beyond which no new ones are taken
    max_frontier_pages: int = 10_000_000
    # days after which an address that no feed names any more is forgotten; 36 at least
    seen_retention_days: int = 90
    # days for which near-duplicate fingerprints are kept
    dedupe_window_days: int = 30
    # whether articles of several outlets are brought together that tell one event; a worker of the
    # stage relate has to run then
    relate_events: bool = False
    # days for which articles are remembered for that
    event_window_days: int = 14
    # documents in one bulk request, and seconds that the first of them waits for others
    index_batch_size: int = 500
    index_wait_seconds: float = 1.0
    # seconds after which a message that a live worker holds goes to another (Redis protocol only;
    # RabbitMQ has a limit of its own, consumer_timeout, 30 minutes)
    visibility_timeout_seconds: float = 1800.0
    # host names under which browsers may reach the search page, comma-separated
    site_hosts: str = "localhost,127.0.0.1"
    # origins whose pages may read the API in their visitors' browsers, comma-separated, as in
    # https://maps.example.org; * = any page; empty = none
    site_cors_origins: str = ""
    # whether every search needs a token (`presswire token create`)
    site_needs_token: bool = False
    # searches a minute of one address; a token has five times as many
    site_searches_per_minute: int = 120
    # how long the site waits for one answer of the search server, in seconds
    site_answer_seconds: float = 15.0
    # our site's public address, where WebSub hubs push: https://news.example.org; empty = no push
    websub_callback: str = ""
    # mail server for alerts: smtp://user:password@host:587, or smtps://; empty = no e-mail
    smtp_url: str = ""
    # the sender of alerts by e-mail
    mail_from: str = "presswire@localhost"
    # pages between fetch and index, wherever they wait, beyond which nothing more is fetched
    max_in_flight: int = 4000
    # seconds for which a fetch worker may hold a host's pages; it begins none after half of them
    lease_seconds: float = 120.0
    # seconds after which a page that has not moved, while its stage goes on, starts again
    stuck_seconds: float = 600.0
    # attempts of one event in one stage before it goes to quarantine
    max_attempts: int = 5

    def __repr__(self) -> str:
        """Return no values: some of them hold passwords."""
        return "Settings(…)"


def load(environment: Mapping[str, str]) -> Settings:
    """Return the settings of `environment`. A value goes before a file; what has neither keeps its
    default. Variables that name no setting are ignored (see `unknown_variables`).

    Raises:
        SettingsError: a value does not fit, an address is none, a file cannot be read, or a setting
            is given under its old name and its new one.
    """
    variables = _variables(environment)
    values = {name: value for name, value in variables.items() if not _names_file(name)}
    for name in filter(_names_file, variables):
        values.setdefault(name.removesuffix(FILE_SUFFIX), _read_file(name, variables[name]))
    try:
        settings = msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        field = str(error).rpartition("$.")[2].rstrip("`")
        raise SettingsError(f"{_variable(field)}: {error}") from error
    for name, schemes in ADDRESSES.items():
        for address in addresses_in(getattr(settings, name)):
            if reason := address and server_url_error(address, schemes):
                raise SettingsError(f"{_variable(name)}: its address {reason}")
    return settings


def renamed_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of `environment` that are read although their setting has another name
    by now, with their new names."""
    new_names = {name: _new_name(name) for name in _names(environment)}
    return {
        _variable(name): _variable(new) for name, new in sorted(new_names.items()) if new != name
    }


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """Return the variables that look like settings but are none: perhaps mistyped."""
    return sorted(
        _variable(name)
        for name in _names(environment)
        if _setting(_new_name(name)) not in Settings.__struct_fields__
        and name.upper() not in LAUNCHER_VARIABLES
        and not name.startswith("test_")
    )


def _variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Return values by the present names of their settings.

    Raises:
        SettingsError: a setting is given under its old name and its new one.
    """
    names = _names(environment)
    present = {_setting(name): name for name in names if _new_name(name) == name}
    for old in (name for name in names if _new_name(name) != name):
        if new := present.get(_setting(_new_name(old))):
            raise SettingsError(
                f"{_variable(old)} is the old name of {_variable(_new_name(old))}, and "
                f"{_variable(new)} is set too: keep only {_variable(new)}"
            )
    return {_new_name(name): environment[variable] for name, variable in names.items()}


def _names(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that look like settings, by the names of those."""
    return {
        variable.removeprefix(PREFIX).lower(): variable
        for variable in environment
        if variable.startswith(PREFIX)
    }


def _new_name(name: str) -> str:
    old = _setting(name)
    return RENAMED.get(old, old) + name.removeprefix(old)


def _setting(name: str) -> str:
    return name.removesuffix(FILE_SUFFIX) if _names_file(name) else name


def _variable(name: str) -> str:
    return PREFIX + name.upper()


def _names_file(name: str) -> bool:
    return name.endswith(FILE_SUFFIX) and name not in Settings.__struct_fields__


def _read_file(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = type(error).__name__
        raise SettingsError(f"{_variable(name)}: cannot read {path}: {reason}") from error
