"""What robots.txt allows (RFC 9309), kept in Redis for all workers and for a moment in memory."""

import math
import time
from datetime import timedelta
from http import HTTPStatus

import msgspec
from protego import Protego

from workers.adapters.redis.connection import RedisClient

TTL = timedelta(hours=24)  # RFC 9309 section 2.4
MEMORY_SECONDS = 300.0
MAX_REMEMBERED = 5_000
MAX_BYTES = 512_000  # section 2.5: at least 500 KiB are to be read, the rest may be cut


class RobotsRules:
    """The rules of one host. An empty text allows everything."""

    def __init__(self, text: str) -> None:
        self._rules = Protego.parse(text)
        self.sitemaps: tuple[str, ...] = tuple(self._rules.sitemaps)

    def can_fetch(self, url: str, agent: str) -> bool:
        """Return whether `agent` (a product token) may request `url`."""
        return bool(self._rules.can_fetch(url, agent))

    def crawl_delay(self, agent: str) -> float:
        """Return the seconds between two requests that robots.txt asks for, or 0."""
        rate = self._rules.request_rate(agent)
        try:
            pause = rate.seconds / rate.requests if rate and rate.requests else 0.0
        except OverflowError:  # of a number with hundreds of digits
            pause = math.inf
        return max(0.0, float(self._rules.crawl_delay(agent) or 0.0), pause)


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

    def store(self, origin: str, status: int, body: bytes) -> RobotsRules:
        """Return the rules in a response to a request for robots.txt, and keep them. `status` is
        neither 429 nor 5xx; only 2xx has rules, all else means that there are none (section
        2.3.1)."""
        is_text = HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
        text = body[:MAX_BYTES].decode("utf-8-sig", "replace") if is_text else ""
        self._redis.set(self._key(origin), msgspec.json.encode(text), ex=TTL)
        return self._remember(origin, text)

    def _remember(self, origin: str, text: str) -> RobotsRules:
        rules = RobotsRules(text)
        if len(self._remembered) >= MAX_REMEMBERED:
            self._remembered.clear()
        self._remembered[origin] = (time.monotonic() + MEMORY_SECONDS, rules)
        return rules

    def _key(self, origin: str) -> str:
        return f"{self._prefix}:robots:{origin}"


def forbids_host(status: int) -> bool:
    """Return whether this status of robots.txt forbids the whole host for now."""
    return status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def product_token(user_agent: str) -> str:
    """Return the name that robots.txt calls us by: `presswire` of `presswire/0.1 (+…)`."""
    return user_agent.partition("/")[0].partition(" ")[0] or "presswire"
