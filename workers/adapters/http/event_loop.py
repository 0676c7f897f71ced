"""One event loop for each process, in a thread of its own: its connections serve all threads."""

import asyncio
import threading
from collections.abc import Coroutine
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


_first_asks = threading.Lock()


def _loop() -> asyncio.AbstractEventLoop:
    with _first_asks:  # of many threads that ask first, one makes it
        return _made()


@cache
def _made() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="event loop", daemon=True).start()
    return loop


def on_loop(work: Coroutine[Any, Any, T]) -> T:
    """Runs `work` on the loop of this process and waits for its result."""
    return asyncio.run_coroutine_threadsafe(work, _loop()).result()


def on_loop_at_most(work: Coroutine[Any, Any, T], seconds: float) -> T | None:
    """Runs `work` on the loop of this process and waits for its result, but not longer than
    `seconds`: then None comes back, and the work goes on by itself."""
    try:
        return asyncio.run_coroutine_threadsafe(work, _loop()).result(seconds)
    except TimeoutError:
        return None
