"""Redirects, one hop after the other, each a request of its own."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from urllib.parse import urldefrag, urljoin

import httpx
from msgspec.structs import replace

from workers import urls
from workers.adapters.http.messages import (
    RawHeaders,
    build_request,
    check_url,
    header_of,
    options_of,
)
from workers.adapters.http.redirect_chains import RedirectChain, start_chain

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
        with self._open_chain(options_of(request).url) as chain:
            while True:
                hop = _request_of_hop(chain, request)
                response = self._inner.handle_request(hop)
                response.request = hop
                target = redirect_target(response)
                if not target:
                    return response
                check_url(target)
                chain.add(target, response)


def redirect_target(response: httpx.Response) -> str:
    """Return the URL that the response redirects to, or an empty string if it does not."""
    if not response.has_redirect_location:
        return ""
    location = header_of(response, "location")
    try:
        base = options_of(response.request).url
        return urldefrag(urljoin(base, location)).url if location else ""
    except ValueError:  # not a URL, as its check will say
        return location


def _request_of_hop(chain: RedirectChain, first: httpx.Request) -> httpx.Request:
    if chain.is_at_start:
        return first
    options = replace(options_of(first), url=chain.url)
    request = build_request(options, _headers_for(chain.url, first))
    chain.add_cookies(request)
    return request


def _headers_for(url: str, first: httpx.Request) -> RawHeaders:
    """Return the headers of the first request if `url` is at the same host: validators of a page
    mean nothing to another one."""
    if urls.host_of(options_of(first).url) != urls.host_of(url):
        return []
    return [(name, value) for name, value in first.headers.raw if name != b"Host"]
