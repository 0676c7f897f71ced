"""One event loop for each process, in a thread of its own: its connections serve all threads."""

import asyncio
import threading
from collections.abc import Coroutine
from functools import cache
from typing import Any, TypeVar

import httpx

T = TypeVar("T")


_first_calls = threading.Lock()


class LoopTransport(httpx.BaseTransport):
    """Sends requests of any thread on the event loop; the thread waits meanwhile."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the response; raises what the inner transport raises."""
        return on_loop(self._inner.handle_async_request(request))

    def close(self) -> None:
        """Close all connections."""
        on_loop(self._inner.aclose())


def on_loop(work: Coroutine[Any, Any, T]) -> T:
    """Return the result of `work`, which runs on the loop of this process."""
    return asyncio.run_coroutine_threadsafe(work, _loop()).result()


def on_loop_at_most(work: Coroutine[Any, Any, T], seconds: float) -> T | None:
    """Return the result of `work`, which runs on the loop of this process, or None if it takes
    longer than `seconds`; it then goes on by itself."""
    try:
        return asyncio.run_coroutine_threadsafe(work, _loop()).result(seconds)
    except TimeoutError:
        return None


def _loop() -> asyncio.AbstractEventLoop:
    with _first_calls:  # of many threads that call first, one makes it
        return _start_loop()


@cache
def _start_loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="event loop", daemon=True).start()
    return loop
