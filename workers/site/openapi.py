"""Our own types in the OpenAPI document; FastAPI describes only those of pydantic."""

from http import HTTPStatus
from typing import Any, Final

import msgspec
from fastapi import FastAPI

from schemas.json import Json
from workers.search.analysis.copies import Copies
from workers.search.analysis.corrections import Corrections, OutletCorrections
from workers.search.analysis.counts import Counts
from workers.search.analysis.news_events import ToldEvents, WholeEvent
from workers.search.analysis.outlets import OutletProfile, OutletRow
from workers.search.analysis.words import Words
from workers.search.completion.suggestions import Suggestion
from workers.search.diff import Comparison
from workers.search.outlet_sets import Collection
from workers.search.results import (
    Cluster,
    ClusterMember,
    Facet,
    FacetValue,
    Hit,
    Results,
    Segment,
    Timeline,
)
from workers.site.problems import Problem
from workers.site.responses import RevisionView, SavedView, SideBySide, WholeCluster

SCHEMA_TYPES: Final = (
    *(Results, Hit, Segment, Cluster, ClusterMember, Facet, Timeline, Comparison, Suggestion),
    *(Counts, Corrections, OutletCorrections, Copies, Words),
    *(FacetValue, OutletRow, OutletProfile, Collection, ToldEvents, WholeEvent),
    *(RevisionView, SideBySide, WholeCluster, SavedView, Problem),
)
# Class → name in the document, where they differ: generated clients have these names in their code.
PUBLISHED_NAMES: Final = {
    "Segment": "Piece",
    "ClusterMember": "Printing",
    "ParagraphChange": "Change",
    "DiffPart": "Part",
    "RevisionView": "Revision",
}
REF_TEMPLATE: Final = "#/components/schemas/{name}"
FAILURES: Final = {
    HTTPStatus.BAD_REQUEST: "The query has a mistake; `at` is its place",
    HTTPStatus.UNAUTHORIZED: "The token is not valid, or one is needed",
    HTTPStatus.NOT_FOUND: "There is no such thing",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many requests; `Retry-After` says how long to wait",
    HTTPStatus.SERVICE_UNAVAILABLE: "The search server is away",
}
_PUBLISHED_REFS: Final = {
    REF_TEMPLATE.format(name=name): REF_TEMPLATE.format(name=published)
    for name, published in PUBLISHED_NAMES.items()
}


def document_responses(response_type: object) -> dict[int | str, Json]:
    """Return FastAPI's `responses` of a route: its result as JSON, and each way it can fail."""
    schema = msgspec.json.schema_components((response_type,), ref_template=REF_TEMPLATE)[0][0]
    problem = {"$ref": REF_TEMPLATE.format(name="Problem")}
    return {
        HTTPStatus.OK.value: {"content": {"application/json": {"schema": _published(schema)}}},
        **{
            status.value: {
                "description": description,
                "content": {"application/problem+json": {"schema": problem}},
            }
            for status, description in FAILURES.items()
        },
    }


def add_schemas(app: FastAPI) -> None:
    """Add the schemas of SCHEMA_TYPES to the OpenAPI document of `app`."""
    generate = app.openapi

    def generate_with_schemas() -> Json:
        document = generate()
        document.setdefault("components", {}).setdefault("schemas", {}).update(_schemas())
        return document

    app.openapi = generate_with_schemas  # type: ignore[method-assign]


def _schemas() -> Json:
    schemas = msgspec.json.schema_components(SCHEMA_TYPES, ref_template=REF_TEMPLATE)[1]
    return {PUBLISHED_NAMES.get(name, name): _published(each) for name, each in schemas.items()}


def _published(schema: Any) -> Any:  # noqa: ANN401  any part of a JSON schema
    """Return a schema with published names in its references and titles."""
    if isinstance(schema, list):
        return [_published(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    renamed = {name: _published(part) for name, part in schema.items()}
    if isinstance(ref := renamed.get("$ref"), str):
        renamed["$ref"] = _PUBLISHED_REFS.get(ref, ref)
    if isinstance(title := renamed.get("title"), str):
        renamed["title"] = PUBLISHED_NAMES.get(title, title)
    return renamed
