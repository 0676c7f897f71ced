"""One request when the host's clock permits it, for all workers together."""

import os
import time
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx

from schemas.outlet import Outlet, Politeness
from workers import clock, urls
from workers.adapters.frontier.host_throttle import HostThrottle, Permit
from workers.adapters.http.messages import (
    FetchOptions,
    body_of,
    first_headers,
    header_of,
    is_cut,
    options_of,
    set_proxy,
)
from workers.adapters.http.robots import forbids_host
from workers.adapters.http.syntax.outlet_headers import with_outlet_headers
from workers.exceptions import PermanentFailure, Refusal, TryAgain
from workers.outlets import Outlets

BUSY_STATUSES = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
MAX_RETRY_AFTER_SECONDS = 86_400.0
NEXT_TURN_SECONDS = 1.0
_RETRY_AFTER = "retry_after"  # the key in `extensions` of a response


class PolitenessTransport(httpx.BaseTransport):
    """Waits for the host's permit, then sends the request the way its outlet's file says: at its
    interval, within its concurrency, by its proxy, with its headers and cookies."""

    def __init__(
        self, inner: httpx.BaseTransport, throttle: HostThrottle, outlets: Outlets
    ) -> None:
        self._inner = inner
        self._throttle = throttle
        self._outlets = outlets

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the response to `request`. A host that is busy, cannot be reached or turns us away
        is left alone for a while; if it is busy, `retry_after_of` tells for how long.

        Raises:
            PermanentFailure: what the host sends is an end.
            TryAgain: the host cannot be reached, or permits nothing before the deadline.
        """
        options = options_of(request)
        host = urls.host_of(options.url)
        outlet = self._outlets.by_host(options.url)
        politeness = outlet.politeness if outlet else Politeness()
        if politeness.proxy:
            set_proxy(request, politeness.proxy)
        sent = for_outlet(request, outlet) if outlet else request
        permit = self._wait_for_permit(host, politeness, options)
        start, has_failed = time.monotonic(), not options.is_subresource
        try:
            response = self._inner.handle_request(sent)
            is_busy = _is_busy(response.status_code, options)
            has_failed = is_busy or _turns_away(response, options)
        except PermanentFailure as end:
            has_failed = isinstance(end, Refusal)
            raise
        finally:
            elapsed = time.monotonic() - start
            pause = self._throttle.release(host, permit, elapsed, has_failed=has_failed)
        if is_busy:
            response.extensions[_RETRY_AFTER] = self._pause(host, response, pause)
        return response

    def _wait_for_permit(self, host: str, politeness: Politeness, options: FetchOptions) -> Permit:
        while True:
            if time.monotonic() > options.deadline:
                raise TryAgain(
                    "no time is left for another request",
                    NEXT_TURN_SECONDS,
                    counts_as_attempt=False,
                )
            permit = self._throttle.acquire(host, politeness, options.crawl_delay_seconds)
            if permit.is_granted:
                return permit
            if time.monotonic() + permit.wait > options.deadline:
                raise TryAgain(f"it is not {host}'s turn", permit.wait, counts_as_attempt=False)
            time.sleep(permit.wait)  # noqa: TID251  a thread that waits for a host's permit, seconds at most

    def _pause(self, host: str, response: httpx.Response, pause: float) -> float:
        """Return for how many seconds nobody asks the host, which may have named more."""
        named = retry_after_seconds(header_of(response, "retry-after"))
        if named > pause:
            self._throttle.pause(host, named)
        return max(named, pause)


def for_outlet(request: httpx.Request, outlet: Outlet) -> httpx.Request:
    """Return the request with what the outlet's file adds to it. The given one stays as it is: a
    redirect takes its headers on, perhaps to another host.

    Raises:
        TryAgain: a secret that the outlet's file names is not set.
    """
    url = options_of(request).url
    headers = with_outlet_headers(request.headers.raw, outlet, url, os.environ)
    return httpx.Request(
        request.method, request.url, headers=headers, extensions=request.extensions
    )


def retry_after_of(response: httpx.Response) -> float | None:
    """Return for how many seconds the host of this response is left alone, or None if it is not
    busy."""
    seconds: float | None = response.extensions.get(_RETRY_AFTER)
    return seconds


def retry_after_seconds(retry_after: str) -> float:
    """Return the seconds from now in a Retry-After header, which names seconds or a date: a day
    at most, 0 if it names neither."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), MAX_RETRY_AFTER_SECONDS)
    try:
        wait = (parsedate_to_datetime(text) - clock.now()).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return 0.0
    return min(max(0.0, wait), MAX_RETRY_AFTER_SECONDS)


def _turns_away(response: httpx.Response, options: FetchOptions) -> bool:
    """Return whether the page was refused, or broke off: the host is then left alone, too."""
    if options.judge is None:
        return False
    headers = first_headers(response)
    is_refusal = options.judge.is_refusal(response.status_code, headers, body_of(response))
    return is_refusal or is_cut(response)


def _is_busy(status: int, options: FetchOptions) -> bool:
    return status in BUSY_STATUSES or (options.is_robots_txt and forbids_host(status))
