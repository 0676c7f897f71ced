"""A browser that draws one page after the other; each in a context of its own, within limits that
cost the page, and nothing else, if it breaks them."""

import asyncio
import time
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

import httpx
from playwright.async_api import BrowserContext, Page, ViewportSize
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeoutError

from schemas.outlet import Outlet
from schemas.page import MIN_TEXT_CHARS, RenderedPage, StoredPage
from schemas.reasons import Reason
from workers import url_rules
from workers.adapters.browser.chromium import RunningBrowser, launch
from workers.adapters.browser.document import DocumentReader, open_document
from workers.adapters.browser.page_requests import Loader, PageRequests, RequestLimits
from workers.adapters.http.event_loop import on_loop
from workers.exceptions import PermanentFailure, TryAgain
from workers.settings import Settings

MAX_PAGES = 200  # after which, or with so much memory, a browser is renewed
MAX_BYTES = 1_000_000_000
MAX_PAGE_BYTES = 1_500_000_000  # while a page is drawn: beyond it its browser is killed
WATCH_SECONDS = 0.5
# a page is drawn if nothing has been asked for so long; one without text gets more time
QUIET_SECONDS = 0.5
EMPTY_SECONDS = 3.0
POLL_SECONDS = 0.1
# what opening, reading and closing a page may take beside the drawing
SPARE_SECONDS = 12.0
MAX_TIMEOUT_SECONDS = 60.0  # with starting and killing, less than the hard limit of a task
CLOSE_SECONDS = 5.0
VIEW: ViewportSize = {
    "width": 1280,
    "height": 4000,
}  # what is drawn when it is scrolled to is drawn at once
_GUARD = (Path(__file__).parent / "guard.js").read_text(encoding="utf-8")


class Renderer:
    """Safe for any number of threads, which take turns."""

    def __init__(self, settings: Settings, client: httpx.BaseTransport, threads: int) -> None:
        """What pages ask for goes through `client`, from so many threads at once."""
        self._settings = settings
        self._loader = Loader(client, threads)
        self._seconds = min(settings.render_timeout_seconds, MAX_TIMEOUT_SECONDS)
        self._turn = Lock()
        self._running: RunningBrowser | None = None
        self._pages = 0
        self._is_too_large = False

    def render(self, page: StoredPage, outlet: Outlet) -> RenderedPage:
        """Return what the scripts of `page` have drawn.

        Raises:
            TryAgain: the page took too long, took too much memory or crashed its browser; or there
                is no browser to be had.
            PermanentFailure: what they have drawn is too large.
        """
        with self._turn:
            return on_loop(self._render(page, outlet))

    def stop(self) -> None:
        """End the browser; the next page starts another."""
        with self._turn:
            on_loop(self._stop())

    def close(self) -> None:
        """End the browser, and what it asks for."""
        self.stop()
        self._loader.threads.shutdown(wait=False, cancel_futures=True)

    async def _render(self, page: StoredPage, outlet: Outlet) -> RenderedPage:
        running = await self._start()
        seconds = self._seconds + SPARE_SECONDS
        watch = asyncio.create_task(self._watch_memory(running))
        try:
            async with asyncio.timeout(seconds):
                drawn = await self._draw(running, page, outlet)
        except (TimeoutError, PlaywrightTimeoutError) as error:
            await self._kill()
            raise _failed(f"it was not drawn within {seconds:.0f} s") from error
        except PlaywrightError as error:
            await self._kill()
            too_large = f"its browser took more than {MAX_PAGE_BYTES:,} bytes of memory"
            reason = too_large if self._is_too_large else error.message.partition("\n")[0]
            raise _failed(reason) from error
        finally:
            watch.cancel()
        await self._renew_if_due(running)
        return drawn

    async def _draw(
        self, running: RunningBrowser, page: StoredPage, outlet: Outlet
    ) -> RenderedPage:
        context = await running.browser.new_context(
            user_agent=outlet.request.user_agent or self._settings.user_agent,
            locale=outlet.language,
            timezone_id="UTC",
            viewport=VIEW,
            service_workers="block",
            accept_downloads=False,
            reduced_motion="reduce",
        )
        self._pages += 1
        try:
            drawn = await self._draw_in(context, page, outlet)
        except PermanentFailure:
            await self._close_context(context)
            raise
        await self._close_context(context)
        return drawn

    async def _draw_in(
        self, context: BrowserContext, page: StoredPage, outlet: Outlet
    ) -> RenderedPage:
        deadline = time.monotonic() + self._seconds
        domains = url_rules.own_domains(outlet, [page.final_url])
        limits = RequestLimits(domains, self._settings.max_page_bytes, deadline)
        requests = PageRequests(page, self._loader, limits)
        await context.add_init_script(_GUARD)
        await context.route("**/*", requests.answer)
        await context.route_web_socket("**/*", lambda socket: socket.close())
        tab = await context.new_page()
        context.on("page", _close_popup)
        crashed = asyncio.Event()
        tab.on("crash", lambda _: crashed.set())
        return await _unless(crashed, self._read(tab, page.final_url, requests, deadline))

    async def _read(
        self, tab: Page, url: str, requests: PageRequests, deadline: float
    ) -> RenderedPage:
        """Return the document once it is drawn, or as it is at the deadline."""
        await tab.goto(url, wait_until="commit", timeout=1000 * self._seconds)
        document = await open_document(tab)
        while time.monotonic() < deadline:
            await asyncio.sleep(POLL_SECONDS)
            if await _is_drawn(document, requests):
                break
        chars = (await document.progress()).text_chars
        html = await document.html(self._settings.max_page_bytes)
        return RenderedPage(
            html.encode("utf-8", "replace"), chars, requests.number, requests.missed
        )

    async def _watch_memory(self, running: RunningBrowser) -> None:
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            if await asyncio.to_thread(running.group.memory_bytes) > MAX_PAGE_BYTES:
                self._is_too_large = True
                await asyncio.to_thread(running.group.kill)
                return

    async def _close_context(self, context: BrowserContext) -> None:
        """Close what a page has left; a browser that cannot is renewed."""
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await context.close()
        except (PlaywrightError, TimeoutError):
            self._pages = MAX_PAGES

    async def _start(self) -> RunningBrowser:
        if self._running is not None and not self._running.browser.is_connected():
            await self._kill()
        if self._running is None:
            self._running, self._pages, self._is_too_large = await launch(self._settings), 0, False
        return self._running

    async def _renew_if_due(self, running: RunningBrowser) -> None:
        is_due = self._pages >= MAX_PAGES
        if is_due or await asyncio.to_thread(running.group.memory_bytes) > MAX_BYTES:
            await self._stop()

    async def _stop(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            await running.stop()

    async def _kill(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            await running.kill()


async def _unless(crashed: asyncio.Event, work: Coroutine[Any, Any, RenderedPage]) -> RenderedPage:
    """Return the result of `work`.

    Raises:
        Error: the page has crashed meanwhile; Playwright's calls would wait for ever.
    """
    reading, waiting = asyncio.ensure_future(work), asyncio.ensure_future(crashed.wait())
    try:
        await asyncio.wait((reading, waiting), return_when=asyncio.FIRST_COMPLETED)
        if crashed.is_set():
            raise PlaywrightError("the page crashed its process")
        return await reading
    finally:
        reading.cancel()
        waiting.cancel()


async def _is_drawn(document: DocumentReader, requests: PageRequests) -> bool:
    """Return whether the page asks for nothing more, and has text or had time for some."""
    quiet = requests.quiet_seconds()
    if quiet < QUIET_SECONDS:
        return False
    progress = await document.progress()
    is_enough = quiet >= EMPTY_SECONDS or progress.text_chars >= MIN_TEXT_CHARS
    return progress.is_parsed and is_enough


async def _close_popup(popup: Page) -> None:
    with suppress(PlaywrightError):
        await popup.close()


def _failed(detail: str) -> TryAgain:
    return TryAgain(detail, reason=Reason.RENDER_FAILED)
