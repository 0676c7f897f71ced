"""The history of an article: what was seen of it and when, in whatever order it was written.

A document carries in `versions` the moments (milliseconds since 1970) at which its content was
seen. From all that was kept follow the runs of one content after another; the same ones, whichever
order the pages came in.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import groupby, pairwise
from typing import Any

from schemas.json import Json

MAX_VERSIONS = 100


def seen_again(versions: Iterable[int], version: int) -> list[int]:
    """Return the moments at which a content was seen, with one more; the first and the latest are
    kept."""
    ordered = sorted({*versions, version})
    return [*ordered[:1], *ordered[1:][-MAX_VERSIONS:]]


def earlier_versions(kept: Iterable[Json], current: Mapping[str, Any] | None) -> list[Json]:
    """Return earlier versions of an article, oldest first: each document with its `revision` (from
    1), and when it was first seen (`fetched_at`) and seen replaced (`replaced_at`)."""
    documents = [*kept, dict(current or {})]
    seen = {moment: each for each in documents for moment in each.get("versions", ())}
    runs = [
        list(run) for _, run in groupby(sorted(seen), lambda moment: seen[moment]["content_hash"])
    ]
    return [
        {
            **seen[run[-1]],
            "fetched_at": iso(run[0]),
            "replaced_at": iso(after[0]),
            "revision": number,
        }
        for number, (run, after) in enumerate(pairwise(runs), start=1)
    ]


def iso(milliseconds: int) -> str:
    """Return the moment in the form of documents."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat()
