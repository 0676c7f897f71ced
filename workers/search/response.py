"""Elasticsearch's answers to results."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from schemas.json import Json
from workers.search.params import FACETS, SearchParams
from workers.search.requests import HIT_END, HIT_START
from workers.search.results import (
    Cluster,
    ClusterMember,
    Facet,
    FacetValue,
    Hit,
    Pieces,
    Segment,
    Timeline,
)
from workers.search.timeline import timeline

_MARKS: Final = re.compile(f"([{HIT_START}{HIT_END}])")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST_MS: Final = -62_135_596_800_000
_LATEST_MS: Final = 253_402_300_799_000


def pieces(marked: str) -> Pieces:
    """Return text with our marks as segments; unbalanced marks do no harm."""
    found: list[Segment] = []
    is_hit = False
    for part in _MARKS.split(marked):
        if part in {HIT_START, HIT_END}:
            is_hit = part == HIT_START
        elif part:
            found.append(Segment(part, is_hit))
    return tuple(found)


def hit(raw: Json, clusters: Mapping[str, Cluster]) -> Hit:
    """Return one hit, with its cluster if that has more than one article."""
    source, marks = raw["_source"], raw.get("highlight", {})
    cluster = clusters.get(source.get("cluster_id", ""))
    title = marks.get("title", [source.get("title", "")])
    return Hit(
        id=raw["_id"],
        title=pieces(title[0]),
        extracts=tuple(pieces(text) for text in marks.get("body", ())),
        captions=tuple(pieces(text) for text in marks.get("captions", ())),
        authors=tuple(source.get("authors", ())),
        agency=source.get("source"),
        cluster=cluster if cluster and cluster.articles > 1 else None,
        **_same_named(source),
    )


def _same_named(source: Json) -> dict[str, Any]:
    required = {name: source.get(name, "") for name in ("url", "outlet", "time")}
    optional = ("subtitle", "published", "modified", "language", "country", "section")
    more = ("kind", "role", "shared", "words")
    return {**required, **{name: source[name] for name in (*optional, *more) if name in source}}


def clusters(aggregation: Json) -> dict[str, Cluster]:
    """Return clusters by their id, from the buckets of `related.clusters_request`."""
    return {
        bucket["key"]: Cluster(
            id=bucket["key"],
            articles=bucket["doc_count"],
            outlets=max(1, bucket["outlets"]["value"]),
            members=tuple(cluster_members(bucket["first"]["hits"]["hits"])),
        )
        for bucket in aggregation["clusters"]["buckets"]
    }


def cluster_members(hits: Iterable[Json]) -> Iterable[ClusterMember]:
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


def facets(aggregations: Json, params: SearchParams) -> tuple[Facet, ...]:
    """Return the facets that have something to choose."""
    found = (_facet(name, aggregations[f"facet_{name}"], params.chosen(name)) for name in FACETS)
    return tuple(facet for facet in found if facet.values)


def _facet(name: str, aggregation: Json, chosen: tuple[str, ...]) -> Facet:
    buckets = aggregation["values"]["buckets"]
    values = [FacetValue(b["key"], b["doc_count"], b["key"] in chosen) for b in buckets]
    listed = {value.value for value in values}
    missing = [FacetValue(value, 0, is_chosen=True) for value in chosen if value not in listed]
    return Facet(name, (*values, *missing))


def days(aggregation: Json) -> Timeline:
    """Return the timeline of the buckets a day."""
    counts: dict[date, int] = {}
    for bucket in aggregation["buckets"]:
        day = _day(bucket["key"])
        counts[day] = counts.get(day, 0) + bucket["doc_count"]
    return timeline(counts)


def _day(milliseconds: int) -> date:
    """Return the day; times beyond Python's calendar become its first or last day."""
    bounded = min(max(milliseconds, _EARLIEST_MS), _LATEST_MS)
    return (_EPOCH + timedelta(milliseconds=bounded)).date()
