"""Requests and responses on their way through the chain: httpx's own, with our options in the
`extensions` of the request."""

import math
from collections.abc import Iterable, Mapping
from typing import Protocol

import httpx
from msgspec import Struct
from msgspec.structs import replace

from schemas.page import StoredPage
from schemas.reasons import Reason
from workers import clock, urls
from workers.exceptions import PermanentFailure

OPTIONS = "presswire"  # the keys in `extensions`: of a request
CUT = "presswire_cut"  # and of a response

_CONTENT_TYPE = "content-type"
# what a page's, a feed's and a robots.txt's server is asked for: some serve by it
ACCEPT_PAGE = b"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
ACCEPT_FEED = (
    b"application/rss+xml,application/atom+xml,application/feed+json,application/rdf+xml,"
    b"application/xml;q=0.9,text/xml;q=0.9,application/json;q=0.8,text/html;q=0.7,*/*;q=0.5"
)
ACCEPT_ROBOTS = b"text/plain,*/*;q=0.8"

RawHeaders = list[tuple[bytes, bytes]]


class Judge(Protocol):
    """What the caller knows about responses; a check raises PermanentFailure for an end, Refusal
    for what may pass."""

    def check_head(self, status: int, headers: Mapping[str, str], /) -> None:
        """Check status and headers before the body is read."""

    def is_refusal(self, status: int, headers: Mapping[str, str], body: bytes, /) -> bool:
        """Return whether the host turns us away, so that it is to be left alone for a while."""

    def check_challenge(self, status: int, headers: Mapping[str, str], body: bytes, /) -> None:
        """Check a response that would be tried again later."""


class FetchOptions(Struct, frozen=True, kw_only=True):
    """What the transports need to know about a request beyond URL and headers.

    `url` is the address as it was written, which names the keys in Redis and the page in the
    archive; httpx.URL normalizes it. No request begins after `deadline` (of time.monotonic). A
    body over `max_bytes` is refused, or cut off where `may_truncate`. What a page's script asks for
    comes from the registrable `domains` only. `crawl_delay_seconds` and `proxy` are filled in on
    the way.
    """

    url: str
    max_bytes: int
    may_truncate: bool = False
    deadline: float = math.inf
    judge: Judge | None = None
    is_robots_txt: bool = False
    accept: bytes = ACCEPT_PAGE
    domains: frozenset[str] | None = None
    crawl_delay_seconds: float = 0.0
    proxy: str = ""

    @property
    def is_subresource(self) -> bool:
        """Whether a page's script asks, whose failure says little about the host of the page."""
        return self.domains is not None


def build_request(
    options: FetchOptions, headers: Iterable[tuple[bytes, bytes]] = ()
) -> httpx.Request:
    """Return the GET request for `options.url`.

    Raises:
        PermanentFailure: the URL must not be requested, or httpx cannot read it.
    """
    url = options.url
    check_url(url)
    try:
        return httpx.Request("GET", url, headers=list(headers), extensions={OPTIONS: options})
    except (httpx.InvalidURL, UnicodeError) as error:
        raise PermanentFailure(Reason.BAD_RESPONSE, f"{url[:200]}: {error}"[:500]) from error


def check_url(url: str) -> None:
    """Check that `url` is one of the web (not of file: or gopher:) and carries no password.

    Raises:
        PermanentFailure: it must not be requested.
    """
    if reason := urls.url_error(url):
        raise PermanentFailure(Reason.UNSAFE_ADDRESS, f"{url[:200]}: {reason}")
    if urls.has_credentials(url):
        raise PermanentFailure(Reason.UNSAFE_ADDRESS, "the address carries a password")


def check_domain(url: str, options: FetchOptions) -> None:
    """Check that a redirect leads to where the options allow.

    Raises:
        PermanentFailure: it leads to another site.
    """
    domains = options.domains
    if domains is not None and urls.domain_of(url) not in domains:
        raise PermanentFailure(Reason.FOREIGN_LINK, f"{url[:200]} is none of the outlet's hosts")


def options_of(request: httpx.Request) -> FetchOptions:
    """Return the options that `build_request` put into the request."""
    options: FetchOptions = request.extensions[OPTIONS]
    return options


def set_proxy(request: httpx.Request, proxy: str | None) -> None:
    """Send `request` by way of `proxy`, or directly if that is None or empty."""
    request.extensions[OPTIONS] = replace(options_of(request), proxy=proxy or "")


def set_crawl_delay(request: httpx.Request, seconds: float) -> None:
    """Note the pause between two requests that robots.txt of the host asks for."""
    request.extensions[OPTIONS] = replace(options_of(request), crawl_delay_seconds=seconds)


def to_page(url: str, response: httpx.Response) -> StoredPage:
    """Return the response to the last request of a chain that began at `url`."""
    final_url = options_of(response.request).url
    return StoredPage(
        url,
        final_url,
        response.status_code,
        text_headers(response),
        body_of(response),
        clock.now(),
        is_cut(response),
    )


def is_cut(response: httpx.Response) -> bool:
    """Return whether the body is only the beginning of one: it broke off, or it was too long."""
    return bool(response.extensions.get(CUT))


def body_of(response: httpx.Response) -> bytes:
    """Return the body. It is unpacked already, so `response.read()`, which would unpack it again
    by its content-encoding header, is not for us."""
    stream = response.stream
    return b"".join(stream) if isinstance(stream, httpx.SyncByteStream) else b""


def text_headers(response: httpx.Response) -> tuple[tuple[str, str], ...]:
    """Return names in lower case and values, each decoded for itself: httpx would read all of
    them as Latin-1 because of one that is."""
    return tuple(
        (name.decode("latin-1").lower(), decode_header(value))
        for name, value in response.headers.raw
    )


def first_headers(response: httpx.Response) -> dict[str, str]:
    """Return the first header of each name (in lower case); of Content-Type all, with commas
    between them, as which of them counts is for its reader to say."""
    headers = text_headers(response)
    first = dict(reversed(headers))
    kinds = [value for name, value in headers if name == _CONTENT_TYPE]
    return first | {_CONTENT_TYPE: ", ".join(kinds)} if len(kinds) > 1 else first


def header_of(response: httpx.Response, name: str) -> str:
    """Return the first header called `name` (lower case), or an empty string."""
    key_bytes = name.encode()
    return next(
        (decode_header(value) for key, value in response.headers.raw if key.lower() == key_bytes),
        "",
    )


def decode_header(value: bytes) -> str:
    """Return the text of a header, which is UTF-8 or Latin-1."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def encode_header(value: str) -> bytes:
    """Return the bytes for a header: Latin-1 where that is possible, else UTF-8."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode()


def encode_headers(headers: Mapping[str, str]) -> RawHeaders:
    """Return `headers` as they go over the wire."""
    return [(name.encode(), encode_header(value)) for name, value in headers.items()]
