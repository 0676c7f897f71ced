"""The operators' page: the flow with its numbers, outlets, quarantine. Only with an operator's
token."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from msgspec import Struct
from redis.exceptions import RedisError
from starlette.exceptions import HTTPException

from schemas.events import Event, encode
from workers.adapters.redis.memory_mark import LOST
from workers.adapters.redis.quarantine import QuarantineEntry
from workers.delivery.requeue import requeue
from workers.delivery.runner import StageRunner
from workers.discover.poll_log import trouble_of
from workers.exceptions import TryAgain
from workers.metric_names import STAGE_EVENTS
from workers.pipeline import STAGES
from workers.services import Services
from workers.settings import Settings
from workers.site.access import Caller, CallerDep, rate_limited, require_same_origin, unauthorized
from workers.site.rendering import render_page
from workers.site.services import REDIS_RETRIES, SiteDep

MAX_ENTRIES = 50
MAX_OUTLETS = 200
SILENT_SECONDS = 86_400
ADVICE = (
    "This page is for operators: sign in with a token (presswire token create NAME --operator)."
)
READER_ADVICE = (
    "This page is for operators, and this token is a reader's: sign in with another one "
    "(presswire token create NAME --operator)."
)


def operator(caller: CallerDep) -> Caller:
    """Return the caller, who has an operator's token.

    Raises:
        unauthorized: the caller has none.
        HTTPException: the caller's token is a reader's.
    """
    if not caller.has_token:
        raise unauthorized(ADVICE)
    if not caller.is_operator:
        raise HTTPException(HTTPStatus.FORBIDDEN, READER_ADVICE)
    return caller


pages = APIRouter(
    prefix="/operations",
    include_in_schema=False,
    dependencies=[Depends(rate_limited("suggest")), Depends(operator)],
)


class StageFigures(Struct, frozen=True):
    """A box of the picture: pages that wait for the stage or are worked on, what it has done since
    Redis was begun, how many seconds ago it last began on something (None: never)."""

    name: str
    waiting: int
    done: int
    failed: int
    idle_seconds: float | None


class OutletFigures(Struct, frozen=True):
    """An outlet: seconds since a page of it was indexed (None: never), its feeds, and what is wrong
    with those."""

    name: str
    silent_seconds: float | None
    feeds: int
    troubles: tuple[str, ...]
    is_paused: bool

    @property
    def is_well(self) -> bool:
        """Whether nothing of it needs a look."""
        is_silent = self.silent_seconds is None or self.silent_seconds > SILENT_SECONDS
        return self.is_paused or not (is_silent or self.troubles)


@pages.get("")
def show(request: Request, site: SiteDep) -> Response:
    """Return the page."""
    return render_page(request, "operations.html", **_picture(_services(site.settings)))


@pages.get("/live")
def live(request: Request, site: SiteDep) -> Response:
    """Return what changes of the page, which its script puts in its place."""
    return render_page(request, "operations_live.html", **_picture(_services(site.settings)))


@pages.get("/quarantine/{entry_id}")
def entry(request: Request, site: SiteDep, entry_id: str) -> Response:
    """Return the page of one entry: its reason, traceback and message."""
    found = _entry(_services(site.settings), entry_id)
    message = found.event.decode("utf-8", "replace")
    return render_page(request, "operations_entry.html", entry=found, message=message)


@pages.post("/quarantine/{entry_id}/retry", dependencies=[Depends(require_same_origin)])
def retry(site: SiteDep, entry_id: str) -> Response:
    """Send an entry to its stage again: a tick publishes it within a second or two.

    Returns:
        a redirect to the operators' page.

    Raises:
        HTTPException: there is no such entry, or it cannot be read.
    """
    services = _services(site.settings)
    if not requeue(StageRunner(services, _send_soon(services)), _entry(services, entry_id)):
        raise HTTPException(HTTPStatus.CONFLICT, "This message still cannot be read.")
    return RedirectResponse("/operations", HTTPStatus.SEE_OTHER)


@lru_cache(maxsize=4)
def _services(settings: Settings) -> Services:
    return Services(settings, REDIS_RETRIES)


def _send_soon(services: Services) -> Callable[[str, Sequence[Event]], None]:
    """Return what hands events to the tick of delayed ones: the site does not speak to the
    broker."""

    def send(_: str, events: Sequence[Event]) -> None:
        for event in events:
            services.delayed_events.put(encode(event), services.now())

    return send


def _entry(services: Services, entry_id: str) -> QuarantineEntry:
    found = services.quarantine.get(entry_id)
    if found is None:
        raise HTTPException(
            HTTPStatus.NOT_FOUND, "There is no such entry in quarantine (any more)."
        )
    return found


def _picture(services: Services) -> dict[str, Any]:
    """Return the values of the page.

    Raises:
        HTTPException: Redis does not answer.
    """
    try:
        outlets = sorted(_outlets(services), key=lambda each: (each.is_well, each.name))
        states = services.ledger.counts()
        return {
            "at": services.now().isoformat(),
            "stages": _stages(services, states),
            "frontier": services.frontier.depth(),
            "pages": sorted(states.items(), key=lambda each: -each[1]),
            "under_way": services.ledger.in_flight(),
            "delayed": len(services.delayed_events),
            "articles": _articles(services),
            "outlets": outlets[:MAX_OUTLETS],
            "more_outlets": max(0, len(outlets) - MAX_OUTLETS),
            "errors": services.outlets.find_errors(),
            "kinds": sorted(services.quarantine.counts().items(), key=lambda each: -each[1]),
            "entries": services.quarantine.newest(MAX_ENTRIES),
            "lost": LOST if services.memory_mark.is_lost() else "",
        }
    except RedisError as error:
        raise HTTPException(
            HTTPStatus.SERVICE_UNAVAILABLE, "Redis does not answer; start it again."
        ) from error


def _stages(services: Services, states: Mapping[str, int]) -> list[StageFigures]:
    events = services.counters.read().get(STAGE_EVENTS, {})
    last, now = services.ledger.last_work(), services.now()
    return [
        StageFigures(
            stage.name,
            states.get(stage.name, 0),
            int(events.get((stage.name, "done"), 0)),
            int(events.get((stage.name, "quarantined"), 0)),
            (now - last[stage.name]).total_seconds() if stage.name in last else None,
        )
        for stage in STAGES
    ]


def _outlets(services: Services) -> list[OutletFigures]:
    last, now = services.ledger.last_indexed(), services.now()
    feeds: dict[str, list[str]] = {}
    for due, report in services.feed_schedule.reports():
        feeds.setdefault(due.outlet, []).append(trouble_of(report) if report else "")
    return [
        OutletFigures(
            name,
            (now - last[name]).total_seconds() if name in last else None,
            len(feeds.get(name, ())),
            tuple(sorted({trouble for trouble in feeds.get(name, ()) if trouble})),
            outlet.paused,
        )
        for name, outlet in services.outlets.items()
    ]


def _articles(services: Services) -> int | None:
    """Return the number of articles, or None while the index does not answer."""
    try:
        return services.search.count()
    except TryAgain:
        return None
