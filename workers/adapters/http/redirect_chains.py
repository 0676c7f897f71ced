"""Chains of redirects. One that had to wait for a host goes on from there: no hop twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx
import msgspec

from schemas.reasons import Reason
from workers import urls
from workers.adapters.frontier.host_throttle import site_of
from workers.adapters.http.cookies import CookieJar
from workers.adapters.redis.connection import RedisClient
from workers.exceptions import PermanentFailure, TryAgain

TTL = timedelta(days=7)  # a page may wait behind many others of a slow host
MAX_REDIRECTS = 8

# the URL, and the cookies of the chain when it is requested
Hop = tuple[str, dict[str, str]]


class RedirectChain:
    """The hops of one chain: those that were requested, and last the one that comes next.

    Some sites send a reader in a circle until the cookie comes back that they set. Cookies are
    kept for this one chain, and for the site that set them.
    """

    def __init__(self, hops: list[Hop]) -> None:
        self.hops = hops
        self._jar = CookieJar(*hops[-1])

    @property
    def url(self) -> str:
        """The URL that is to be requested next."""
        return self.hops[-1][0]

    @property
    def is_at_start(self) -> bool:
        """Whether no redirect has been followed yet."""
        return len(self.hops) == 1

    def add(self, target: str, response: httpx.Response) -> None:
        """Add the hop to `target`, to which `response` redirects.

        Raises:
            PermanentFailure: the chain is a circle, or too long.
        """
        if _is_same_site(target, self.url):
            self._jar.store(response)
        else:
            self._jar = CookieJar()
        hop = (target, self._jar.values())
        if hop in self.hops:
            raise PermanentFailure(Reason.TOO_MANY_REDIRECTS, f"in a circle: {target[:300]}")
        if len(self.hops) > MAX_REDIRECTS:
            raise PermanentFailure(Reason.TOO_MANY_REDIRECTS, f"{len(self.hops)} and no page")
        self.hops.append(hop)

    def add_cookies(self, request: httpx.Request) -> None:
        """Set the Cookie header of `request`."""
        self._jar.add_to(request)


class RedirectChains:
    """The hops of unfinished chains, by the URL where each began."""

    def __init__(self, redis: RedisClient, prefix: str) -> None:
        self._redis = redis
        self._prefix = prefix

    @contextmanager
    def resume(self, url: str) -> Iterator[RedirectChain]:
        """Yield the chain that begins at `url`, where it was interrupted if it was. It is kept if
        the block ends because a hop has to wait for its host.

        Raises:
            TryAgain: that of the block.
        """
        key = f"{self._prefix}:courses:{url}"
        raw = self._redis.get(key)
        chain = RedirectChain(msgspec.json.decode(raw, type=list[Hop]) if raw else [(url, {})])
        is_unfinished = False
        try:
            yield chain
        except TryAgain as later:
            is_unfinished = not later.counts_as_attempt and not chain.is_at_start
            raise
        finally:
            if is_unfinished:
                self._redis.set(key, msgspec.json.encode(chain.hops), ex=TTL)
            elif raw:
                self._redis.delete(key)


@contextmanager
def start_chain(url: str) -> Iterator[RedirectChain]:
    """Yield a chain that nobody goes on with."""
    yield RedirectChain([(url, {})])


def _is_same_site(url: str, other: str) -> bool:
    return site_of(urls.host_of(url)) == site_of(urls.host_of(other))
