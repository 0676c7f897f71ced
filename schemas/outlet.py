"""What an outlet's file may contain."""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

Url = Annotated[str, Meta(description="an absolute http(s) address")]
Language = Annotated[str, Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$", description="BCP 47 code")]
Render = Literal["never", "when_empty", "always"]
DAY_SECONDS = 86_400.0
DAY_MINUTES = 1_440.0
DEFAULT_POLL_MINUTES = 15.0
Seconds = Annotated[float, Meta(ge=0, le=DAY_SECONDS)]
Selectors = dict[str, str]
UrlPattern = Annotated[str, Meta(min_length=1, max_length=300)]
DomainName = Annotated[str, Meta(pattern=r"^[^\s/:@?#*]+\.[^\s/:@?#*]+$", max_length=253)]
# Their own beginning, so that no outlet's file can send a password of the installation elsewhere.
EnvironmentVariable = Annotated[str, Meta(pattern=r"^OUTLET_[A-Z0-9_]+$")]
# Fields of an article that one selector can give, and its body; all others have several parts.
SELECTABLE = (
    "title subtitle body authors published modified dateline source section tags language site_name"
).split()


class Politeness(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How often the outlet's hosts are requested; robots.txt may only make it rarer."""

    min_interval_seconds: Seconds = 2.0
    max_concurrency: Annotated[int, Meta(ge=1, le=16)] = 1
    proxy: Url | None = None


class OutletRequest(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is sent with each request to the outlet's own hosts, and to no others. The values of
    `secret_headers` and `secret_cookies` are names of environment variables."""

    user_agent: Annotated[str, Meta(min_length=1, max_length=500)] | None = None
    headers: dict[str, str] = {}
    cookies: dict[str, str] = {}
    secret_headers: dict[str, EnvironmentVariable] = {}
    secret_cookies: dict[str, EnvironmentVariable] = {}


class OutletLayout(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """CSS selectors by field (of SELECTABLE), for pages published before `until` (or always)."""

    selectors: Selectors
    until: date | None = None


class Outlet(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One newsroom. `id` and `country` come from the file's path, not from its text.

    `archives` are addresses of archive pages with fields such as `{year}`, for backfills. `allow`
    and `deny` are glob patterns of addresses; `story_key` is a regular expression whose
    group `key` is what the addresses of one story have in common (`workers.url_rules`). `render`
    says which of its pages go through a browser: none, those whose text only a script draws, all.
    """

    name: Annotated[str, Meta(min_length=1)]
    home: Url
    language: Language
    id: str = ""
    country: str = ""
    feeds: tuple[Url, ...] = ()
    sitemaps: tuple[Url, ...] = ()
    sections: tuple[Url, ...] = ()
    archives: tuple[UrlPattern, ...] = ()
    every_minutes: Annotated[float, Meta(gt=0, le=DAY_MINUTES)] | None = None
    paused: bool = False
    allow: Annotated[tuple[UrlPattern, ...], Meta(max_length=200)] = ()
    deny: Annotated[tuple[UrlPattern, ...], Meta(max_length=200)] = ()
    own_domains: tuple[DomainName, ...] = ()
    story_key: Annotated[str, Meta(max_length=200)] | None = None
    render: Render = "never"
    politeness: Politeness = Politeness()
    request: OutletRequest = OutletRequest()
    layouts: tuple[OutletLayout, ...] = ()

    @property
    def poll_minutes(self) -> float:
        """How many minutes after the first poll of a feed the second one is made."""
        return DEFAULT_POLL_MINUTES if self.every_minutes is None else self.every_minutes
