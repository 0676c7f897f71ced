"""Chains of redirects. One that had to wait for a host goes on from there: no hop twice."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

import httpx
import msgspec

from schemas.reasons import Reason
from workers import urls
from workers.adapters.frontier.host_throttle import site_of
from workers.adapters.http.cookies import CookieJar, StoredCookie
from workers.adapters.redis.connection import RedisClient
from workers.exceptions import PermanentFailure, TryAgain

TTL = timedelta(days=7)  # a page may wait behind many others of a slow host
MAX_REDIRECTS = 8

# the URL, and the cookies of the chain when it is requested
Hop = tuple[str, dict[str, str]]


class RedirectChain:
    """The hops of one chain: those that were requested, and last the one that comes next.

    Some sites send a reader in a circle until the cookie comes back that they set, or by way of a
    host that asks for consent. Cookies are kept for this one chain, in a jar for each site, so
    that none is sent to another, and a detour loses none.
    """

    def __init__(
        self, hops: list[Hop], cookies: Mapping[str, list[StoredCookie]] | None = None
    ) -> None:
        """`cookies` are those of an earlier turn by the site that set them; without them the last
        hop's names and values are all that is known."""
        self.hops = hops
        self._jars: dict[str, CookieJar] = {}
        if cookies is None:
            self._jars[_site_of(hops[-1][0])] = CookieJar(*hops[-1])
        for site, stored in (cookies or {}).items():
            self._jar_of(site).restore(stored)

    @property
    def cookies(self) -> dict[str, list[StoredCookie]]:
        """All cookies, by the site that set them."""
        return {site: jar.dump() for site, jar in self._jars.items()}

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
        self._jar_of(_site_of(self.url)).store(response)
        hop = (target, self._jar_of(_site_of(target)).values())
        if hop in self.hops:
            raise PermanentFailure(Reason.TOO_MANY_REDIRECTS, f"in a circle: {target[:300]}")
        if len(self.hops) > MAX_REDIRECTS:
            raise PermanentFailure(Reason.TOO_MANY_REDIRECTS, f"{len(self.hops)} and no page")
        self.hops.append(hop)

    def add_cookies(self, request: httpx.Request) -> None:
        """Set the Cookie header of `request`."""
        self._jar_of(_site_of(self.url)).add_to(request)

    def _jar_of(self, site: str) -> CookieJar:
        return self._jars.setdefault(site, CookieJar())


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
        cookies_key = f"{self._prefix}:course_cookies:{url}"
        raw = self._redis.get(key)
        chain = self._read(raw, cookies_key) if raw else RedirectChain([(url, {})])
        is_unfinished = False
        try:
            yield chain
        except TryAgain as later:
            is_unfinished = not later.counts_as_attempt and not chain.is_at_start
            raise
        finally:
            if is_unfinished:
                self._redis.set(cookies_key, msgspec.json.encode(chain.cookies), ex=TTL)
                self._redis.set(key, msgspec.json.encode(chain.hops), ex=TTL)
            elif raw:
                self._redis.delete(key, cookies_key)

    def _read(self, raw: bytes, cookies_key: str) -> RedirectChain:
        hops = msgspec.json.decode(raw, type=list[Hop])
        stored = self._redis.get(cookies_key)  # none of a worker of the version before
        cookies = (
            msgspec.json.decode(stored, type=dict[str, list[StoredCookie]]) if stored else None
        )
        return RedirectChain(hops, cookies)


@contextmanager
def start_chain(url: str) -> Iterator[RedirectChain]:
    """Yield a chain that nobody goes on with."""
    yield RedirectChain([(url, {})])


def _site_of(url: str) -> str:
    return site_of(urls.host_of(url))
