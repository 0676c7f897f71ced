"""Which articles a saved search has not told yet: requests to the index, and windows of time.

An article is found by when it was indexed. That time is taken before the write, which may be slow,
and the write is seen only after a refresh: so each window begins a little before the end of the
last one, and what was told already is known by its id. Many hits take several looks, each of which
goes on where the one before it stopped.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from schemas.alert import AlertArticle
from schemas.json import Json

# the longest request to Elasticsearch (60 s), a refresh, and clocks that differ
OVERLAP = timedelta(minutes=3)
IDS_IN_A_PAGE = 1_000
MAX_PAGES = 20
FEED_LENGTH = 50
SHOWN = ["title", "url", "outlet", "time", "language", "authors", "cluster_id"]


def new_ids(query: Json, since: datetime, until: datetime, after: list[Any] | None) -> Json:
    """Return the request for the ids of what was indexed in this window, in order; `after` is the
    `sort` of the last hit of the page before."""
    window = {"range": {"indexed_at": {"gte": since.isoformat(), "lt": until.isoformat()}}}
    request: Json = {
        "query": {"bool": {"filter": [query, window]}},
        "sort": [{"indexed_at": "asc"}, {"document_id": "asc"}],
        "size": IDS_IN_A_PAGE,
        "source": False,
        "track_total_hits": False,
    }
    return {**request, "search_after": after} if after else request


def shown(ids: list[str]) -> Json:
    """Return the request for what alerts show of these articles."""
    return {"query": {"ids": {"values": ids}}, "size": len(ids), "source": SHOWN}


def moved(joined: Mapping[str, str]) -> Json:
    """Return the request for what alerts show of those articles (id → cluster) that belong to
    another cluster now."""
    return {
        "query": {
            "bool": {
                "filter": [{"ids": {"values": list(joined)}}],
                "must_not": [{"terms": {"cluster_id": sorted(set(joined.values()))}}],
            }
        },
        "size": len(joined),
        "source": SHOWN,
    }


def clusters_of(ids: Sequence[str]) -> Json:
    """Return the request for the clusters of these articles."""
    return {"query": {"ids": {"values": list(ids)}}, "size": len(ids), "source": ["cluster_id"]}


def members(clusters: Sequence[str], after: list[Any] | None) -> Json:
    """Return the request for the ids of the articles in these clusters, with their clusters;
    `after` as in `new_ids`."""
    request: Json = {
        "query": {"bool": {"filter": [{"terms": {"cluster_id": list(clusters)}}]}},
        "sort": [{"document_id": "asc"}],
        "size": IDS_IN_A_PAGE,
        "source": ["cluster_id"],
        "track_total_hits": False,
    }
    return {**request, "search_after": after} if after else request


def latest(query: Json) -> Json:
    """Return the request for a saved search's feed: its newest hits."""
    return {
        "query": {"bool": {"filter": [query]}},
        "sort": [{"indexed_at": "desc"}, {"document_id": "asc"}],
        "size": FEED_LENGTH,
        "source": [*SHOWN, "indexed_at", "subtitle"],
        "track_total_hits": False,
    }


def article(hit: Json) -> AlertArticle:
    """Return a hit of `shown` or `latest` as an article of an alert."""
    fields = hit["_source"]
    authors = fields.get("authors") or ()
    return AlertArticle(
        id=hit["_id"],
        title=fields.get("title", ""),
        url=fields.get("url", ""),
        outlet=fields.get("outlet", ""),
        time=fields.get("time", ""),
        language=fields.get("language", ""),
        authors=(authors,) if isinstance(authors, str) else tuple(authors),
        cluster_id=fields.get("cluster_id", ""),
    )


def next_since(began: datetime) -> datetime:
    """Return where the next window begins: it includes what a search that began at `began` could
    not see yet."""
    return began - OVERLAP
