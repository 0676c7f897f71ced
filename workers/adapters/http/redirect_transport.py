"""Redirects, by status or by a page's meta refresh, one hop after the other, each a request of its
own."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from http import HTTPStatus
from urllib.parse import urldefrag, urljoin

import httpx
from msgspec.structs import replace
from w3lib.html import get_meta_refresh

from workers import urls
from workers.adapters.http.messages import (
    FetchOptions,
    body_of,
    build_request,
    check_domain,
    check_url,
    header_of,
    options_of,
)
from workers.adapters.http.redirect_chains import RedirectChain, start_chain

MAX_REFRESH_SECONDS = 5.0  # what takes longer is meant for who has read the page
MAX_REFRESH_BYTES = 16_384

OpenChain = Callable[[str], AbstractContextManager[RedirectChain]]


class RedirectTransport(httpx.BaseTransport):
    """Follows redirects and returns the last response; its `request` is that of the last hop."""

    def __init__(self, inner: httpx.BaseTransport, open_chain: OpenChain = start_chain) -> None:
        """`open_chain` returns the chain that begins at a URL, for as long as it is followed."""
        self._inner = inner
        self._open_chain = open_chain

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the response where the redirects from `request` end.

        Raises:
            PermanentFailure: the chain runs in a circle, is too long, or leaves the web.
            TryAgain: it may work later. If it is a hop that has to wait for its host, the chain
                goes on from there.
        """
        options = options_of(request)  # as given: on its way a hop gets those of its host
        with self._open_chain(options.url) as chain:
            while True:
                hop = request if chain.is_at_start else _next_request(chain, request, options)
                response = self._inner.handle_request(hop)
                response.request = hop
                target = redirect_target(response)
                if not target:
                    return response
                check_url(target)
                check_domain(target, options)
                chain.add(target, response)


def redirect_target(response: httpx.Response) -> str:
    """Return the URL that the response redirects to, or an empty string if it does not."""
    if not response.has_redirect_location:
        return _refresh_target(response)
    location = header_of(response, "location")
    try:
        base = options_of(response.request).url
        return urldefrag(urljoin(base, location)).url if location else ""
    except ValueError:  # not a URL, as its check will say
        return location


def _refresh_target(response: httpx.Response) -> str:
    """Return where a page sends its readers at once by `<meta http-equiv="refresh">`, or an empty
    string: a page that only loads itself again is the page."""
    options = options_of(response.request)
    if response.status_code != HTTPStatus.OK or options.is_robots_txt or options.is_subresource:
        return ""
    start = body_of(response)[:MAX_REFRESH_BYTES]
    if b"http-equiv" not in start.lower():
        return ""
    seconds, target = get_meta_refresh(start.decode("utf-8", "replace"), options.url)
    if not target or seconds is None or seconds > MAX_REFRESH_SECONDS:
        return ""
    target = urldefrag(target).url
    is_itself = target == urldefrag(options.url).url
    return "" if is_itself and not header_of(response, "set-cookie") else target


def _next_request(
    chain: RedirectChain, first: httpx.Request, options: FetchOptions
) -> httpx.Request:
    is_same_host = urls.host_of(chain.url) == urls.host_of(options.url)
    # validators of a page mean nothing to another host
    headers = [each for each in first.headers.raw if each[0] != b"Host"] if is_same_host else []
    request = build_request(replace(options, url=chain.url), headers)
    chain.add_cookies(request)
    return request
