"""Events in the news: the pages, the front of the search page, and their part of the API."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.exceptions import HTTPException

from workers.search.analysis.news_events import (
    DEFAULT_HOURS,
    ToldEvent,
    ToldEvents,
    WholeEvent,
    find_events,
    read_event,
)
from workers.search.params import SearchParams
from workers.site.openapi import document_responses
from workers.site.parameters import SearchParamsDep
from workers.site.problems import answer_or_mistake
from workers.site.queues import SEARCHES
from workers.site.rendering import render_page
from workers.site.responses import MsgspecResponse
from workers.site.services import SiteDep, SiteServices

MAX_ON_FRONT = 12
# an event that one outlet tells is an article
MIN_OUTLETS_ON_FRONT = 2
BAR_WIDTH, BAR_HEIGHT = 5, 24

pages = APIRouter(include_in_schema=False, dependencies=SEARCHES)
api = APIRouter(tags=["search"], dependencies=SEARCHES, default_response_class=MsgspecResponse)

HoursParam = Annotated[int, Query(description="How many hours before the newest article.")]


def front_events(site: SiteServices, params: SearchParams) -> tuple[ToldEvent, ...]:
    """Return the events for the front of the search page; none where something is searched for, or
    events are not related."""
    if not site.settings.relate_events or params.query or params.filters:
        return ()
    told = find_events(site.reader, params).events
    return tuple(each for each in told if each.outlets >= MIN_OUTLETS_ON_FRONT)[:MAX_ON_FRONT]


def sparkline(growth: tuple[int, ...]) -> list[tuple[int, float, float]]:
    """Return a column (x, y, height in units of the picture) for each part that has articles."""
    highest = max(growth, default=0) or 1
    heights = [max(2.0, BAR_HEIGHT * count / highest) if count else 0.0 for count in growth]
    return [
        (at * BAR_WIDTH, round(BAR_HEIGHT - height, 1), round(height, 1))
        for at, height in enumerate(heights)
        if height
    ]


@pages.get("/events")
def events(
    request: Request, site: SiteDep, params: SearchParamsDep, hours: int = DEFAULT_HOURS
) -> Response:
    """Return the page of the events that were told by most outlets."""
    found, mistake = answer_or_mistake(lambda: find_events(site.reader, params, hours))
    values: dict[str, Any] = {
        "params": params,
        "found": found,
        "hours": hours,
        "mistake": mistake,
        "sparkline": sparkline,
        "is_related": site.settings.relate_events,
    }
    status = HTTPStatus.BAD_REQUEST if mistake else HTTPStatus.OK
    return render_page(request, "events.html", status=status, **values)


@pages.get("/events/{event_id}")
def event(request: Request, site: SiteDep, event_id: str) -> Response:
    """Return the page of an event: who told it first, in which languages, what each adds."""
    return render_page(request, "event.html", event=_whole_event(site, event_id))


@api.get(
    "/events",
    responses=document_responses(ToldEvents),
    description="Events that the articles of a search tell, those of the most outlets first.\n"
    "Where the stage relate is off there are none.",
)
def told_events(
    site: SiteDep, params: SearchParamsDep, hours: HoursParam = DEFAULT_HOURS
) -> Response:
    """Return events."""
    return MsgspecResponse(find_events(site.reader, params, hours))


@api.get(
    "/events/{event_id}",
    responses=document_responses(WholeEvent),
    description="One event: its tellings without copies, the first in front.",
)
def one_event(site: SiteDep, event_id: str) -> Response:
    """Return an event."""
    return MsgspecResponse(_whole_event(site, event_id))


def _whole_event(site: SiteServices, event_id: str) -> WholeEvent:
    """Return the event.

    Raises:
        HTTPException: there is no such event.
    """
    found = read_event(site.reader, event_id)
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no event with this id.")
    return found
