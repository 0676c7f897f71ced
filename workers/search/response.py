"""Elasticsearch's responses, parsed into results."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from schemas.json import Json
from workers.search.params import FACETS, SearchParams
from workers.search.query.times import local_day
from workers.search.requests import HIT_END, HIT_START, facet_key
from workers.search.results import (
    Cluster,
    ClusterMember,
    Facet,
    FacetValue,
    Hit,
    Segment,
    Segments,
    Timeline,
)
from workers.search.timeline import asked_days, build_timeline

_MARKERS: Final = re.compile(f"([{HIT_START}{HIT_END}])")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NAMELESS: Final[Json] = {"buckets": []}
_EARLIEST_MS: Final = -62_135_596_800_000
_LATEST_MS: Final = 253_402_300_799_000


def parse_segments(marked: str) -> Segments:
    """Return `marked`, split at the markers of matches; unbalanced markers do no harm."""
    segments: list[Segment] = []
    is_hit = False
    for part in _MARKERS.split(marked):
        if part in {HIT_START, HIT_END}:
            is_hit = part == HIT_START
        elif part:
            segments.append(Segment(part, is_hit))
    return tuple(segments)


def parse_hit(raw: Json, clusters: Mapping[str, Cluster]) -> Hit:
    """Return one hit, with its cluster if the cluster has more than one article."""
    source, highlights = raw["_source"], raw.get("highlight", {})
    cluster = clusters.get(source.get("cluster_id", ""))
    title = highlights.get("title", [source.get("title", "")])
    return Hit(
        id=raw["_id"],
        title=parse_segments(title[0]),
        extracts=tuple(parse_segments(text) for text in highlights.get("body", ())),
        captions=tuple(parse_segments(text) for text in highlights.get("captions", ())),
        authors=tuple(source.get("authors", ())),
        agency=source.get("source"),
        place_countries=tuple(source.get("place_countries", ())),
        places=tuple(source.get("places", ())),
        names=tuple(source.get("names", ())),
        changed_in=tuple(source.get("changed_in", ())),
        cluster=cluster if cluster and cluster.articles > 1 else None,
        **_copied_fields(source),
    )


def _copied_fields(source: Json) -> dict[str, Any]:
    required = {name: source.get(name, "") for name in ("url", "outlet", "time")}
    optional = ("subtitle", "published", "modified", "language", "country", "section")
    more = ("kind", "role", "shared", "words", "changed_at", "changes", "changed_words")
    return {**required, **{name: source[name] for name in (*optional, *more) if name in source}}


def parse_clusters(aggregation: Json) -> dict[str, Cluster]:
    """Return clusters by id, from the aggregation of `related.clusters_request`."""
    return {
        bucket["key"]: Cluster(
            id=bucket["key"],
            articles=bucket["doc_count"],
            outlets=max(1, bucket["outlets"]["value"]),
            members=tuple(parse_members(bucket["first"]["hits"]["hits"])),
        )
        for bucket in aggregation["clusters"]["buckets"]
    }


def parse_members(hits: Iterable[Json]) -> Iterable[ClusterMember]:
    """Yield articles as members of a cluster."""
    for raw in hits:
        source = raw["_source"]
        yield ClusterMember(
            id=raw["_id"],
            outlet=source.get("outlet", ""),
            title=source.get("title", ""),
            time=source.get("time", ""),
            role=source.get("role", "original"),
            shared=source.get("shared", 0.0),
            url=source.get("url", ""),
            language=source.get("language"),
        )


def parse_facets(aggregations: Json, params: SearchParams) -> tuple[Facet, ...]:
    """Return the facets that have values."""
    parsed = []
    for name in FACETS:
        key, chosen = facet_key(name), params.chosen(name)
        counted = aggregations[key if chosen else "found"][key]
        parsed.append(_parse_facet(name, counted, chosen))
    return tuple(facet for facet in parsed if facet.values)


def _parse_facet(name: str, aggregation: Json, chosen: tuple[str, ...]) -> Facet:
    values = parse_facet_values(aggregation, chosen)
    listed = {value.value for value in values}
    missing = [FacetValue(value, 0, is_chosen=True) for value in chosen if value not in listed]
    return Facet(name, (*values, *missing))


def parse_facet_values(aggregation: Json, chosen: tuple[str, ...]) -> tuple[FacetValue, ...]:
    """Return the values of a facet, each with its name if it was asked for."""
    return tuple(
        FacetValue(
            value=bucket["key"],
            count=bucket["doc_count"],
            is_chosen=bucket["key"] in chosen,
            name=next((each["key"] for each in bucket.get("name", _NAMELESS)["buckets"]), ""),
        )
        for bucket in aggregation["buckets"]
    )


def parse_timeline(aggregation: Json, params: SearchParams, now: datetime) -> Timeline:
    """Return the timeline of a search from a histogram with a bucket for each day."""
    counts: dict[date, int] = {}
    for bucket in aggregation["buckets"]:
        day = day_of(bucket["key"], params.zone)
        counts[day] = counts.get(day, 0) + bucket["doc_count"]
    return build_timeline(counts, asked_days(params, now), params.unit)


def day_of(milliseconds: int, zone: ZoneInfo) -> date:
    """Return the day of a time since 1970 in this zone; times beyond Python's calendar become its
    first or last day."""
    return local_day(moment_of(milliseconds), zone)


def moment_of(milliseconds: float) -> datetime:
    """Return a time since 1970 in UTC; one beyond Python's calendar becomes its end."""
    bounded = min(max(milliseconds, _EARLIEST_MS), _LATEST_MS)
    return _EPOCH + timedelta(milliseconds=bounded)
