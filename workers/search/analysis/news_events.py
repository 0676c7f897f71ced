"""Events in the news: which were told most in the last hours, and how each outlet tells one."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

from msgspec import Struct

from schemas.json import Json
from workers.annotate.capitals import NOUN_CAPITALS
from workers.search.params import InvalidSearchError, SearchParams, validate
from workers.search.ports import Index, execute
from workers.search.requests import (
    SORT_CLAUSES,
    TIMEOUT,
    aggregations_only,
    filter_query,
    search_clauses,
)
from workers.search.response import moment_of

DEFAULT_HOURS: Final = 24
MAX_HOURS: Final = 24 * 31
MAX_EVENTS: Final = 30
# So many events are looked at, those of the most outlets as each shard counts them.
MAX_CANDIDATES: Final = 300
MAX_TELLINGS: Final = 200
MAX_OUTLETS: Final = 1_000  # of an event
MAX_LANGUAGES: Final = 12
MAX_ADDED: Final = 6
BARS: Final = 24
TELLING_FIELDS: Final = ("outlet", "title", "time", "language", "country", "role", "cluster_id")
_ONE_WORD: Final = r"[^\W_]+(?:[.,'’\-][^\W_]+)*"
_WORD: Final = re.compile(_ONE_WORD)
_CAPITALISED: Final = rf"(?=[A-ZÀ-ÖØ-ÞΑ-ΩА-ЯЁІЇЄĀ-Ž]){_ONE_WORD}"
_NAME_OR_FIGURE: Final = re.compile(rf"\b(?:{_CAPITALISED}(?: {_CAPITALISED})*|\d[\d.,]*\d|\d\d)\b")
_BEGINNING: Final = re.compile(r"(?:^|[.!?:\n\"“„«])\s*\Z")


# The docstrings of these classes are descriptions in the OpenAPI document.
class EventTelling(Struct, frozen=True):
    """One article that tells an event. `adds` are names and figures that no earlier telling has;
    `copies` is how many more articles print its text."""

    id: str
    outlet: str
    title: str
    time: str
    language: str | None = None
    copies: int = 0
    adds: tuple[str, ...] = ()


class ToldEvent(Struct, frozen=True):
    """An event as it was told within the hours that were asked for: `tellings` are articles
    without copies of each other, `growth` is the number of articles in equal parts of that time,
    `latest` the time of the newest."""

    id: str
    first: EventTelling
    articles: int
    tellings: int
    outlets: int
    languages: tuple[str, ...]
    growth: tuple[int, ...]
    latest: str


class ToldEvents(Struct, frozen=True):
    """Events told between `start` and `end`, those of the most outlets first. `end` is when the
    newest article came out."""

    start: str
    end: str
    hours: int
    events: tuple[ToldEvent, ...]


class WholeEvent(Struct, frozen=True):
    """An event with its tellings, the first in front: those of the first 200 stories of all
    `stories`. `articles` counts copies too. `outlets` and `languages` are all of them, in the order
    in which they told it."""

    id: str
    articles: int
    stories: int
    outlets: tuple[str, ...]
    languages: tuple[str, ...]
    tellings: tuple[EventTelling, ...]


def find_events(index: Index, params: SearchParams, hours: int = DEFAULT_HOURS) -> ToldEvents:
    """Return the events that articles of a search tell, of the last `hours` that have any.

    Raises:
        InvalidSearchError: a parameter is out of range.
        QueryError: the query has a mistake.
    """
    validate(params)
    if not 1 <= hours <= MAX_HOURS:
        raise InvalidSearchError(f"hours: from 1 to {MAX_HOURS}")
    clauses = [*search_clauses(params), {"exists": {"field": "event_id"}}]
    end = _newest(index, clauses)
    if end is None:
        return ToldEvents("", "", hours, ())
    start = end - timedelta(hours=hours)
    within = {"range": {"time": {"gt": start.isoformat(), "lte": end.isoformat()}}}
    answer = execute(index, _events_request([*clauses, within]))
    told = [
        _told_event(bucket, start, end) for bucket in answer["aggregations"]["events"]["buckets"]
    ]
    told.sort(key=lambda each: (-each.outlets, -each.tellings, -each.articles, each.id))
    return ToldEvents(start.isoformat(), end.isoformat(), hours, tuple(told[:MAX_EVENTS]))


def read_event(index: Index, event_id: str) -> WholeEvent | None:
    """Return an event with its tellings, or None if no article tells it."""
    answer = execute(index, _event_request(event_id))
    hits, numbers = answer["hits"]["hits"], answer["aggregations"]
    if not hits:
        return None
    printings = {each["key"]: each["doc_count"] for each in numbers["printings"]["buckets"]}
    return WholeEvent(
        id=event_id,
        articles=answer["hits"]["total"]["value"],
        stories=max(len(hits), numbers["stories"]["value"]),
        outlets=tuple(each["key"] for each in numbers["outlets"]["buckets"]),
        languages=tuple(each["key"] for each in numbers["languages"]["buckets"]),
        tellings=_tellings(hits, printings),
    )


def _event_request(event_id: str) -> Json:
    """Return the request for the first article of each of an event's stories and the numbers of all
    its articles."""
    earliest = {"aggs": {"first": {"min": {"field": "time"}}}}
    order = {"order": {"first": "asc"}}
    return {
        "query": filter_query([{"term": {"event_id": event_id}}]),
        "sort": SORT_CLAUSES["oldest"],
        "collapse": {"field": "cluster_id"},
        "size": MAX_TELLINGS,
        "source": [*TELLING_FIELDS, "body"],
        "track_total_hits": True,
        "aggs": {
            "outlets": {"terms": {"field": "outlet", "size": MAX_OUTLETS, **order}, **earliest},
            "languages": {"terms": {"field": "language", "size": MAX_OUTLETS, **order}, **earliest},
            "stories": {"cardinality": {"field": "cluster_id", "precision_threshold": 1_000}},
            # of the oldest stories, as the hits are
            "printings": {
                "terms": {"field": "cluster_id", "size": 2 * MAX_TELLINGS, **order},
                **earliest,
            },
        },
        "timeout": TIMEOUT,
    }


def _newest(index: Index, clauses: Sequence[Json]) -> datetime | None:
    newest = {"newest": {"max": {"field": "time"}}}
    request = aggregations_only(filter_query(list(clauses)), newest)
    value = execute(index, request)["aggregations"]["newest"]["value"]
    return None if value is None else moment_of(value)


def _events_request(clauses: Sequence[Json]) -> Json:
    first = {"size": 1, "sort": SORT_CLAUSES["oldest"], "_source": list(TELLING_FIELDS)}
    inner = {
        "outlets": {"cardinality": {"field": "outlet", "precision_threshold": 100}},
        "tellings": {"cardinality": {"field": "cluster_id", "precision_threshold": 100}},
        "languages": {"terms": {"field": "language", "size": MAX_LANGUAGES}},
        "times": {"date_histogram": {"field": "time", "fixed_interval": "1h", "min_doc_count": 1}},
        "latest": {"max": {"field": "time"}},
        "first": {"top_hits": first},
    }
    events = {"field": "event_id", "size": MAX_CANDIDATES, "order": {"outlets": "desc"}}
    aggregations = {"events": {"terms": events, "aggs": inner}}
    return aggregations_only(filter_query(list(clauses)), aggregations)


def _told_event(bucket: Json, start: datetime, end: datetime) -> ToldEvent:
    (first,) = bucket["first"]["hits"]["hits"]
    return ToldEvent(
        id=bucket["key"],
        first=_telling(first),
        articles=bucket["doc_count"],
        tellings=bucket["tellings"]["value"],
        outlets=bucket["outlets"]["value"],
        languages=tuple(each["key"] for each in bucket["languages"]["buckets"]),
        growth=_growth(bucket["times"]["buckets"], start, end),
        latest=moment_of(bucket["latest"]["value"]).isoformat(),
    )


def _growth(buckets: Iterable[Json], start: datetime, end: datetime) -> tuple[int, ...]:
    """Return the number of articles in each of the equal parts between `start` and `end`."""
    bars, width = [0] * BARS, (end - start) / BARS
    for bucket in buckets:
        at = datetime.fromtimestamp(bucket["key"] / 1_000, UTC)
        bars[min(BARS - 1, max(0, int((at - start) / width)))] += bucket["doc_count"]
    return tuple(bars)


def _tellings(hits: Sequence[Json], printings: Mapping[str, int]) -> tuple[EventTelling, ...]:
    """Return one telling for each story's first article, each with what it adds to those before it;
    `printings` are the numbers of articles by story."""
    known: set[str] = set()
    tellings: list[EventTelling] = []
    for hit in hits:
        source = hit["_source"]
        text = f"{source['title']}\n{source.get('body', '')}"
        new = dict.fromkeys(_added(text, source.get("language"), known)) if tellings else ()
        copies = printings.get(source["cluster_id"], 1) - 1
        tellings.append(_telling(hit, copies, tuple(islice(new, MAX_ADDED))))
        known.update(word.lower() for word in _WORD.findall(text))
    return tuple(tellings)


def _added(text: str, language: str | None, known: Container[str]) -> Iterator[str]:
    """Yield names and figures of a text, as it writes them, of which a word is not among the
    `known` ones. A single capitalised word is no name at the beginning of a sentence, nor in a
    language that capitalises every noun."""
    for run in _NAME_OR_FIGURE.finditer(text):
        words = _WORD.findall(run[0])
        is_single = len(words) == 1 and not words[0][0].isdigit()
        if is_single and (
            (language or "") in NOUN_CAPITALS or _BEGINNING.search(text, 0, run.start())
        ):
            continue
        if any(word.lower() not in known for word in words):
            yield run[0]


def _telling(hit: Json, copies: int = 0, adds: tuple[str, ...] = ()) -> EventTelling:
    source = hit["_source"]
    return EventTelling(
        id=hit["_id"],
        outlet=source["outlet"],
        title=source["title"],
        time=source["time"],
        language=source.get("language"),
        copies=copies,
        adds=adds,
    )
