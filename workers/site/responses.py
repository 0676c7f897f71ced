"""What the API responds with, besides the results of the search library."""

import msgspec
from fastapi.responses import JSONResponse
from msgspec import Struct

from schemas.json import Json
from workers.search.diff import Comparison
from workers.search.results import ClusterMember


class RevisionView(Struct, frozen=True):
    """An earlier version: what it said, and what the version after it changed."""

    fetched_at: str
    replaced_at: str
    article: Json
    changes: Comparison


class SideBySide(Struct, frozen=True):
    """Two articles, and what the second one changed of the first: words of the text that it kept,
    cut and added."""

    first: Json
    second: Json
    kept: int
    cut: int
    added: int
    changes: Comparison


class WholeCluster(Struct, frozen=True):
    """A story with everyone who printed it, oldest first (the first 500)."""

    id: str
    articles: int
    members: tuple[ClusterMember, ...] = msgspec.field(name="printings")


class SavedView(Struct, frozen=True):
    """A saved search as its owner sees it: `zone` is that of its digest, `query_zone` that of the
    days in its query. `error` is the last one of its alerts, with its time."""

    id: str
    name: str
    query: str
    created: str
    notify: tuple[str, ...]
    feed: str
    rings: str
    digest: str
    hour: int
    weekday: str
    zone: str
    query_zone: str
    error: str


class MsgspecResponse(JSONResponse):
    """A JSON response that may hold msgspec Structs."""

    def render(self, content: object) -> bytes:
        """Return `content` as JSON."""
        return msgspec.json.encode(content)
