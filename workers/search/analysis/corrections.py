"""Articles whose text was changed after they were printed: what was changed, and who changes how
often and how soon."""

from typing import Final

import msgspec
from msgspec import Struct

from schemas.json import Json
from workers.search.diff import Comparison, compare
from workers.search.params import SearchParams
from workers.search.ports import Index, execute
from workers.search.requests import TIMEOUT, aggregations_only, filter_query, search_clauses
from workers.search.results import Hit
from workers.search.service import run_search

MAX_OUTLETS: Final = 100
WAS_CHANGED: Final = ("changes", "1..")
_TEXTS: Final = ("title", "subtitle", "authors", "section", "body")


# The docstrings of these classes are descriptions in the OpenAPI document.
class Correction(Struct, frozen=True):
    """An article with its last change; paragraphs that stayed the same are left out."""

    hit: Hit
    change: Comparison


class Corrections(Struct, frozen=True):
    """One page of changed articles, the latest change first."""

    total: int
    corrections: tuple[Correction, ...]
    cursor: str | None = None


class OutletCorrections(Struct, frozen=True):
    """How often an outlet changes its articles: `share` is the part of them that was changed, 0..1;
    half of the changes came within `median_seconds` after publication."""

    outlet: str
    articles: int
    changed: int
    share: float
    median_seconds: float | None = None


def find_corrections(
    index: Index, params: SearchParams, key: bytes, cursor: str = ""
) -> Corrections:
    """Return the changed articles among those that a search finds.

    Raises:
        QueryError: the query is not valid.
        InvalidSearchError: the parameters are not valid.
        CursorError: the cursor belongs to another search.
    """
    found = run_search(index, only_changed(params), key, cursor)
    ids = [hit.id for hit in found.hits]
    before = index.last_revisions(ids) if ids else {}
    now = _current_texts(index, ids)
    corrections = tuple(
        Correction(hit, _differences(before.get(hit.id, {}), now.get(hit.id, {})))
        for hit in found.hits
    )
    return Corrections(found.total, corrections, found.cursor)


def only_changed(params: SearchParams) -> SearchParams:
    """Return the search for the changed articles among those that `params` finds."""
    filters = tuple(dict.fromkeys((*params.filters, WAS_CHANGED)))
    return msgspec.structs.replace(params, filters=filters, sort="changed", is_collapsed=False)


def count_corrections(index: Index, params: SearchParams) -> tuple[OutletCorrections, ...]:
    """Return a row for each outlet of the articles that a search finds, most changes first.

    Raises:
        QueryError: the query is not valid.
    """
    outlets = {"terms": {"field": "outlet", "size": MAX_OUTLETS}, "aggs": with_corrections()}
    request = aggregations_only(filter_query(search_clauses(params)), {"outlets": outlets})
    buckets = execute(index, request)["aggregations"]["outlets"]["buckets"]
    rows = [parse_corrections(bucket) for bucket in buckets]
    return tuple(sorted(rows, key=lambda row: (-row.changed, row.outlet)))


def with_corrections() -> Json:
    """Return the aggregations within an outlet that `parse_corrections` reads."""
    after = {"percentiles": {"field": "changed_after_seconds", "percents": [50]}}
    return {"changed": {"filter": {"exists": {"field": "changed_at"}}, "aggs": {"after": after}}}


def parse_corrections(bucket: Json) -> OutletCorrections:
    """Return how often an outlet changes its articles, from its bucket."""
    articles, changed = bucket["doc_count"], bucket["changed"]["doc_count"]
    return OutletCorrections(
        outlet=bucket["key"],
        articles=articles,
        changed=changed,
        share=round(changed / articles, 6) if articles else 0.0,
        median_seconds=bucket["changed"]["after"]["values"]["50.0"],
    )


def _current_texts(index: Index, ids: list[str]) -> dict[str, Json]:
    if not ids:
        return {}
    request = {
        "query": {"ids": {"values": ids}},
        "size": len(ids),
        "source": list(_TEXTS),
        "track_total_hits": False,
        "timeout": TIMEOUT,
    }
    return {hit["_id"]: hit["_source"] for hit in execute(index, request)["hits"]["hits"]}


def _differences(old: Json, new: Json) -> Comparison:
    whole = compare(old, new)
    changed = tuple(change for change in whole.paragraphs if change.how != "same")
    return Comparison(whole.fields, changed)
