"""The requests of one page while a browser draws it: each goes through our polite client or gets a
substitute, and we know when none is under way any more."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx
from msgspec import Struct
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Request, Route

from schemas.page import StoredPage
from workers.adapters.browser.request_rules import (
    Answer,
    BrowserRequest,
    choose_answer,
    headers_to_send,
    headers_to_show,
)
from workers.adapters.browser.script_cache import LoadedFile, ScriptCache, fresh_seconds
from workers.adapters.http.messages import (
    FetchOptions,
    body_of,
    build_request,
    encode_headers,
    text_headers,
)
from workers.exceptions import PermanentFailure, TryAgain

MAX_REQUESTS = 60
MAX_TOTAL_BYTES = 30_000_000
ACCEPT = b"*/*"
_EMPTY_GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x01D\x00;"
)


class RequestLimits(Struct, frozen=True):
    """Where a page may load from, how many bytes a file may have, and until when (monotonic)."""

    domains: frozenset[str]
    max_file_bytes: int
    deadline: float


class Loader:
    """Loads what pages ask for, politely, in threads that may have to wait for a host."""

    def __init__(self, client: httpx.BaseTransport, threads: int) -> None:
        self._client = client
        self._cache = ScriptCache()
        self.threads = ThreadPoolExecutor(threads, "page request")

    def load(
        self, request: BrowserRequest, headers: dict[str, str], limits: RequestLimits
    ) -> LoadedFile:
        """Return the response to `request`, of this moment or of a short while ago.

        Raises:
            PermanentFailure: it is forbidden, unsafe, too large, or leads elsewhere.
            TryAgain: its host does not give it now, or not before the deadline.
        """
        if (known := self._cache.get(request.url)) is not None:
            return known
        options = FetchOptions(
            url=request.url,
            max_bytes=limits.max_file_bytes,
            deadline=limits.deadline,
            accept=ACCEPT,
            domains=limits.domains,
        )
        sent = build_request(options, encode_headers(headers))
        response = self._client.handle_request(sent)
        shown = headers_to_show(text_headers(response))
        file = LoadedFile(response.status_code, shown, body_of(response))
        if not {"cookie", "authorization"} & {name.lower() for name in headers}:
            is_script = request.resource_type == "script"
            seconds = fresh_seconds(file.status, shown, is_script=is_script)
            self._cache.put(request.url, file, seconds)
        return file


class PageRequests:
    """What one page asks for, from its first request to its last."""

    def __init__(self, page: StoredPage, loader: Loader, limits: RequestLimits) -> None:
        self._page = page
        self._loader = loader
        self._limits = limits
        self._under_way = 0
        self._quiet_since = time.monotonic()
        self._bytes = 0
        self._has_begun = False
        self.number = 0
        self.missed = ""

    def quiet_seconds(self) -> float:
        """Return for how long no request of ours has been under way."""
        return 0.0 if self._under_way else time.monotonic() - self._quiet_since

    async def answer(self, route: Route) -> None:
        """Answer one request of the browser."""
        with suppress(PlaywrightError):  # the page is gone
            await self._answer(route)

    async def _answer(self, route: Route) -> None:
        request = _described(route.request)
        answer = choose_answer(request, self._limits.domains, is_first=not self._has_begun)
        match answer:
            case Answer.ARCHIVED:
                self._has_begun = True
                page = self._page
                headers = headers_to_show(page.headers)
                await route.fulfill(status=200, headers=headers, body=page.body)
            case Answer.FETCHED:
                self._under_way += 1
                try:
                    await self._fulfil(route, request)
                finally:
                    self._under_way -= 1
                    self._quiet_since = time.monotonic()
            case Answer.STAY:
                await route.fulfill(status=204)
            case Answer.EMPTY_STYLE:
                await route.fulfill(status=200, content_type="text/css", body="")
            case Answer.EMPTY_PICTURE:
                await route.fulfill(status=200, content_type="image/gif", body=_EMPTY_GIF)
            case Answer.REFUSED:
                await route.abort("blockedbyclient")

    async def _fulfil(self, route: Route, request: BrowserRequest) -> None:
        self.number += 1
        if self.number > MAX_REQUESTS or self._bytes > MAX_TOTAL_BYTES:
            await route.abort("blockedbyclient")
            return
        headers = await _headers_of(route.request)
        loop = asyncio.get_running_loop()
        try:
            file = await loop.run_in_executor(
                self._loader.threads, self._loader.load, request, headers, self._limits
            )
        except (PermanentFailure, TryAgain) as error:
            if isinstance(error, TryAgain):
                self.missed = f"{request.url[:200]}: {error}"
            await route.abort("failed")
            return
        self._bytes += len(file.body)
        await route.fulfill(status=file.status, headers=file.headers, body=file.body)


def _described(request: Request) -> BrowserRequest:
    is_navigation = request.is_navigation_request()
    is_of_page = False
    if is_navigation:
        with suppress(PlaywrightError):  # a popup has no frame yet
            is_of_page = request.frame.parent_frame is None
    return BrowserRequest(
        request.url, request.method, request.resource_type, is_navigation, is_of_page
    )


async def _headers_of(request: Request) -> dict[str, str]:
    """Return what the server gets of a request, with the cookies that the page has."""
    headers = headers_to_send(request.headers)
    cookies = await request.frame.page.context.cookies(request.url)
    pairs = (f"{each.get('name')}={each.get('value')}" for each in cookies)
    return headers | ({"cookie": joined} if (joined := "; ".join(pairs)) else {})
