"""What the API answers, besides what the search library has."""

import msgspec
from fastapi.responses import JSONResponse
from msgspec import Struct

from schemas.json import Json
from workers.search.diff import Comparison
from workers.search.results import Cluster, ClusterMember, Facet, Hit, Results, Segment, Timeline
from workers.search.suggestions import Suggestion
from workers.site.problems import Problem


class RevisionView(Struct, frozen=True):
    """An earlier version: what it said, and what the version after it changed."""

    fetched_at: str
    replaced_at: str
    article: Json
    changes: Comparison


class WholeCluster(Struct, frozen=True):
    """A story with everyone who printed it, oldest first (the first 500)."""

    id: str
    articles: int
    members: tuple[ClusterMember, ...] = msgspec.field(name="printings")


class SavedView(Struct, frozen=True):
    """A saved search as its owner sees it."""

    id: str
    name: str
    query: str
    created: str
    notify: tuple[str, ...]
    feed: str


SHAPES = (
    *(Results, Hit, Segment, Cluster, ClusterMember, Facet, Timeline, Comparison, Suggestion),
    *(RevisionView, WholeCluster, SavedView, Problem),
)


class MsgspecResponse(JSONResponse):
    """An answer of our own types."""

    def render(self, content: object) -> bytes:
        return msgspec.json.encode(content)


def answers(shape: object) -> dict[int | str, Json]:
    """Return a route's documentation: what it answers, and how it fails."""
    schema = msgspec.json.schema_components((shape,), ref_template=REFERENCES)[0][0]
    failed = {"$ref": REFERENCES.format(name="Problem")}
    return {
        200: {"content": {"application/json": {"schema": schema}}},
        **{
            status: {
                "description": words,
                "content": {"application/problem+json": {"schema": failed}},
            }
            for status, words in FAILURES.items()
        },
    }


REFERENCES = "#/components/schemas/{name}"
FAILURES = {
    400: "The query has a mistake; `at` is its place",
    401: "The token is not valid, or one is needed",
    404: "There is no such thing",
    429: "Too many requests; `Retry-After` says how long to wait",
    503: "The search server is away",
}


def components() -> Json:
    """Return the schemas of all SHAPES in OpenAPI's form."""
    return msgspec.json.schema_components(SHAPES, ref_template=REFERENCES)[1]
