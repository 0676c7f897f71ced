"""One event loop for each process, in a thread of its own: its connections serve all tasks."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

# Redis, archive and broker are asked from threads, so that no page waits for another's disk
THREADS = 32
T = TypeVar("T")


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    loop.set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="fetch"))
    threading.Thread(target=loop.run_forever, name="event loop", daemon=True).start()
    return loop


def on_loop_at_most(work: Coroutine[Any, Any, T], seconds: float) -> T | None:
    """Same, but after `seconds` waits no longer: the work goes on by itself."""
    try:
        return asyncio.run_coroutine_threadsafe(work, _loop()).result(seconds)
    except TimeoutError:
        return None


def on_loop(work: Coroutine[Any, Any, T]) -> T:
    """Runs `work` on the loop of this process and waits for its result."""
    return asyncio.run_coroutine_threadsafe(work, _loop()).result()
