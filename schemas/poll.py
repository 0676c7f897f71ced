"""What a poll of a feed, sitemap or section brought, as it is stored and shown."""

from datetime import datetime

from msgspec import Struct


class FailedPart(Struct, frozen=True):
    """A part of a poll that could not be read: a sitemap of an index, one of several feeds, a
    `Sitemap:` line of robots.txt. `reason` is a `schemas.reasons.Reason` by its value."""

    url: str
    reason: str
    detail: str = ""


class LeftOut(Struct, frozen=True):
    """What a poll saw at `url` and did not read because of a bound: how many, and which bound."""

    url: str
    number: int
    why: str


class PollReport(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What one poll read and found.

    `parts_read` and `parts_unchanged` count responses, the page that was polled included. `links`
    is all that were found, each address once: `own` (of which `new` had not been known), those that
    the outlet's file leaves (`excluded`), `foreign` and `advertisements`. `usual_own` is how many
    of its own links the feed has usually; `fruitless_polls` counts the polls in a row that found
    none.
    """

    at: datetime
    parts_read: int = 0
    parts_unchanged: int = 0
    failed: tuple[FailedPart, ...] = ()
    number_failed: int = 0
    left_out: tuple[LeftOut, ...] = ()
    links: int = 0
    own: int = 0
    new: int = 0
    excluded: int = 0
    foreign: int = 0
    advertisements: int = 0
    usual_own: float = 0.0
    fruitless_polls: int = 0
    foreign_example: str = ""
    failure: str = ""
