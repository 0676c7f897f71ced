"""Queues for the search server, one for each kind of request: while it does not answer, requests
that wait for it leave threads to the pages that do not need it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from http import HTTPStatus
from typing import Final

from fastapi import Depends, FastAPI, Request
from starlette.exceptions import HTTPException

from workers.site.access import rate_limited

# Requests of each kind at the same time. Starlette has 40 threads: some are left.
PLACES: Final = {"search": 18, "suggest": 6, "export": 4}
WAIT_SECONDS: Final = 2.0
RETRY_AFTER_SECONDS: Final = 5
BUSY: Final = "Too many searches are waiting for the search server; try again in a few seconds."


def make_queues(app: FastAPI) -> None:
    """Give the application a queue for each kind of request."""
    app.state.queues = {kind: asyncio.Semaphore(places) for kind, places in PLACES.items()}


def queued(kind: str) -> Callable[[Request], AsyncIterator[None]]:
    """Return a FastAPI dependency that keeps a place in the queue until the response is sent."""

    async def hold_place(request: Request) -> AsyncIterator[None]:
        places: asyncio.Semaphore = request.app.state.queues[kind]
        try:
            await asyncio.wait_for(places.acquire(), WAIT_SECONDS)
        except TimeoutError:
            headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, BUSY, headers) from None
        try:
            yield
        finally:
            places.release()

    return hold_place


# the dependencies of a route that searches
SEARCHES: Final = [Depends(rate_limited("search")), Depends(queued("search"))]
