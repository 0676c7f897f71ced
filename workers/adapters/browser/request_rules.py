"""What a browser's requests are answered with: our own client's responses, substitutes, or nothing.

A page's text needs its scripts and their data, from the outlet's own hosts. It needs no pictures,
fonts, style sheets, media, frames or beacons, and no page that a script would go on to.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct

from workers import urls

_FETCHED_TYPES = frozenset({"script", "xhr", "fetch"})
# Our client and the outlet's file set these, or they say something of a browser's cache or frames.
_OWN_HEADERS = frozenset(
    "host connection content-length transfer-encoding accept-encoding user-agent cookie range "
    "if-none-match if-modified-since cache-control pragma priority "
    "upgrade-insecure-requests".split()
)
# What would make a browser store, download, report or go elsewhere, or describes a body as it came.
_KEPT_BACK = frozenset(
    "content-encoding content-length transfer-encoding connection keep-alive content-disposition "
    "location refresh clear-site-data strict-transport-security alt-svc nel report-to "
    "reporting-endpoints content-security-policy content-security-policy-report-only link".split()
)


class BrowserRequest(Struct, frozen=True):
    """A request as the browser describes it; `resource_type` is Playwright's word. A navigation
    `is_of_page` if it would replace the page itself, not the content of a frame."""

    url: str
    method: str
    resource_type: str
    is_navigation: bool = False
    is_of_page: bool = False


class Answer(StrEnum):
    """What a request gets. A page is `STAY`ed on by an empty response: the browser keeps what it
    shows. Style sheets and pictures are empty ones, as scripts may wait for them."""

    ARCHIVED = "archived"
    FETCHED = "fetched"
    EMPTY_STYLE = "empty style"
    EMPTY_PICTURE = "empty picture"
    STAY = "stay"
    REFUSED = "refused"


_SUBSTITUTES = {"stylesheet": Answer.EMPTY_STYLE, "image": Answer.EMPTY_PICTURE}


def choose_answer(request: BrowserRequest, domains: frozenset[str], *, is_first: bool) -> Answer:
    """Return what `request` is answered with, on a page whose outlet has these registrable
    `domains`. The first request of all is that for the page, which is in the archive."""
    if request.is_navigation and request.is_of_page:
        return Answer.ARCHIVED if is_first else Answer.STAY
    if request.resource_type in _SUBSTITUTES:
        return _SUBSTITUTES[request.resource_type]
    is_data = request.method == "GET" and request.resource_type in _FETCHED_TYPES
    return Answer.FETCHED if is_data and _is_own(request.url, domains) else Answer.REFUSED


def _is_own(url: str, domains: frozenset[str]) -> bool:
    is_safe = not urls.url_error(url) and not urls.has_credentials(url)
    return is_safe and urls.domain_of(url) in domains


def headers_to_send(headers: Mapping[str, str]) -> dict[str, str]:
    """Return those headers of a script's request that its server gets."""
    return {
        name: value
        for name, value in headers.items()
        if name.lower() not in _OWN_HEADERS and not name.lower().startswith(("sec-", ":"))
    }


def headers_to_show(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return those headers of a response that the browser gets; several cookies have a line each,
    as Playwright takes them."""
    shown: dict[str, str] = {}
    for name, value in headers:
        if name in _KEPT_BACK:
            continue
        separator = "\n" if name == "set-cookie" else ", "
        shown[name] = f"{shown[name]}{separator}{value}" if name in shown else value
    return shown
