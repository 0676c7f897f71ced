"""What robots.txt allows, kept in Redis for all workers and for a moment in memory (RFC 9309)."""

import codecs
import re
import time
from datetime import datetime, timedelta
from http import HTTPStatus

import msgspec
from msgspec import Struct

from workers import clock
from workers.adapters.http.syntax.robots_rules import RobotsRules
from workers.adapters.redis.connection import RedisClient
from workers.settings import SettingsError

TTL = timedelta(hours=24)  # RFC 9309 section 2.4
MEMORY_SECONDS = 300.0
MAX_REMEMBERED = 5_000
CLAIM_SECONDS = 60  # longer than a request may take
MAX_BYTES = 512_000  # section 2.5: at least 500 KiB are to be read, the rest may be cut
FIRST_OUTAGE_SECONDS = 60.0
MAX_OUTAGE_SECONDS = 3600.0
GIVEN_UP_AFTER = timedelta(days=30)  # section 2.3.1.4: then there may be taken to be none
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NAME = re.compile(r"[A-Za-z0-9_-]+")
_COMPATIBLE = re.compile(r"compatible;\s*([A-Za-z0-9_-]+)", re.IGNORECASE)
_DEFAULT_NAME = "presswire"


class Outage(Struct, frozen=True):
    """Since when a robots.txt cannot be had, how often it was tried, and when to try again."""

    since: datetime
    failures: int
    until: datetime


class RobotsCache:
    """Rules by origin (`https://host:port`)."""

    def __init__(self, redis: RedisClient, prefix: str) -> None:
        self._redis = redis
        self._prefix = prefix
        self._remembered: dict[str, tuple[float, RobotsRules]] = {}

    def get_local(self, origin: str) -> RobotsRules | None:
        """Return the rules of `origin` if this process has read them within MEMORY_SECONDS, else
        None."""
        until, rules = self._remembered.get(origin, (0.0, None))
        return rules if until > time.monotonic() else None

    def get_shared(self, origin: str) -> RobotsRules | None:
        """Return the rules of `origin` if any worker has read them within the last day, else
        None."""
        raw = self._redis.get(self._key(origin))
        return self._remember(origin, msgspec.json.decode(raw, type=str)) if raw else None

    def store(self, origin: str, status: int, body: bytes, *, is_cut: bool = False) -> RobotsRules:
        """Return the rules in a response to a request for robots.txt, and keep them. `status` is
        neither 429 nor 5xx; only 2xx has rules, all else means that there are none (section
        2.3.1). The last line of a body that is cut is no rule."""
        text = rules_text(status, body, is_cut=is_cut)
        with self._redis.pipeline(transaction=True) as both:
            both.set(self._key(origin), msgspec.json.encode(text), ex=TTL)
            both.delete(self._outage_key(origin))
            both.execute()
        return self._remember(origin, text)

    def claim(self, origin: str) -> bool:
        """Return whether the caller is to read the robots.txt of `origin`; False if another worker
        is reading it, or has been for less than CLAIM_SECONDS."""
        return bool(self._redis.set(self._claim_key(origin), b"", nx=True, ex=CLAIM_SECONDS))

    def release(self, origin: str) -> None:
        """End the caller's claim."""
        self._redis.delete(self._claim_key(origin))

    def outage(self, origin: str) -> Outage | None:
        """Return since when the robots.txt of `origin` cannot be had, or None if the last try
        succeeded."""
        raw = self._redis.get(self._outage_key(origin))
        return msgspec.json.decode(raw, type=Outage) if raw else None

    def note_outage(self, origin: str, seconds: float = 0.0) -> Outage:
        """Note that the robots.txt of `origin` could not be had. Nobody tries again for a minute,
        for longer each time in a row, an hour at most, or for `seconds` if that is more.

        Returns:
            the outage, which begins with the first failure.
        """
        now, earlier = clock.now(), self.outage(origin)
        failures = earlier.failures + 1 if earlier else 1
        grown = min(FIRST_OUTAGE_SECONDS * 2 ** min(failures - 1, 10), MAX_OUTAGE_SECONDS)
        until = now + timedelta(seconds=max(grown, seconds))
        outage = Outage(earlier.since if earlier else now, failures, until)
        ttl = GIVEN_UP_AFTER + TTL
        self._redis.set(self._outage_key(origin), msgspec.json.encode(outage), ex=ttl)
        return outage

    def _remember(self, origin: str, text: str) -> RobotsRules:
        rules = RobotsRules(text)
        if len(self._remembered) >= MAX_REMEMBERED:
            self._remembered.clear()
        self._remembered[origin] = (time.monotonic() + MEMORY_SECONDS, rules)
        return rules

    def _key(self, origin: str) -> str:
        return f"{self._prefix}:robots:{origin}"

    def _claim_key(self, origin: str) -> str:
        return f"{self._prefix}:robots_claim:{origin}"

    def _outage_key(self, origin: str) -> str:
        return f"{self._prefix}:robots_outage:{origin}"


def forbids_host(status: int) -> bool:
    """Return whether this status of robots.txt forbids the whole host for now."""
    return status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def product_token(user_agent: str, given: str = "") -> str:
    """Return the name that robots.txt calls us by: the `given` one, or what `user_agent` begins
    with; of `Mozilla/5.0 (compatible; presswire/0.1)` it is presswire.

    Raises:
        SettingsError: the given one is no product token (RFC 9309 section 2.2.1).
    """
    if given and not _NAME.fullmatch(given):
        message = "one word of letters, digits, _ and -, without a version"
        raise SettingsError(f"PRESSWIRE_ROBOTS_NAME: {message}")
    name = _NAME.match(user_agent)
    if name and name[0].lower() == "mozilla":
        name = _COMPATIBLE.search(user_agent)
    own = name[name.lastindex or 0] if name else _DEFAULT_NAME
    return given or own


def rules_text(status: int, body: bytes, *, is_cut: bool) -> str:
    """Return the lines of a response to a request for robots.txt that may be rules: none but those
    of 2xx (section 2.3.1)."""
    is_text = HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
    return text_of(body, is_cut=is_cut) if is_text else ""


def text_of(body: bytes, *, is_cut: bool) -> str:
    """Return the lines of a robots.txt, as many as are read; a line that is not whole is none."""
    if len(body) > MAX_BYTES:
        body, is_cut = body[:MAX_BYTES], True
    if body.startswith(_UTF16):
        text = body.decode("utf-16", "replace")
    else:
        text = _without_byte_order_mark(body).decode("utf-8", "replace")
    if is_cut:
        text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1]
    return text


def _without_byte_order_mark(body: bytes) -> bytes:
    """Return `body` less its mark; a part of the mark is one, too."""
    for length in (3, 2, 1):
        if body.startswith(codecs.BOM_UTF8[:length]):
            return body[length:]
    return body
