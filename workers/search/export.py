"""Exports of any size, batch by batch: only one batch is in memory at a time."""

import sys
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from schemas.json import Json
from workers.search import requests
from workers.search.formats import EXPORT_FIELDS
from workers.search.params import InvalidSearchError, SearchParams, validate
from workers.search.ports import Index

FIRST_BATCH: Final = 25
MAX_BATCH: Final = 1_000
# Batches grow or shrink towards this much text; the server is fastest with responses of 8 MB.
BATCH_CHARACTERS: Final = 4_000_000
OTHER_FIELDS_CHARACTERS: Final = 500  # of a document besides its text, roughly
KEEP_ALIVE: Final = "5m"
MAX_SAMPLE: Final = 10_000


class ExportBrokenError(RuntimeError):
    """The point in time expired before the end: the export is incomplete."""


class ExportOptions(Struct, frozen=True):
    """`fields` are the only ones of a document, in order; without any, all. `sample` is how many
    documents are taken at random (0: all of them), the same ones for the same `seed`."""

    fields: tuple[str, ...] = ()
    sample: int = 0
    seed: int = 0


ALL: Final = ExportOptions()


def validate_export(params: SearchParams, options: ExportOptions) -> None:
    """Check the search, and fields and sample of its export.

    Raises:
        InvalidSearchError: a parameter is not valid, a field is unknown, or the sample too large.
    """
    validate(params)
    if params.sort == "copies":
        raise InvalidSearchError("sort: an export has no order by copies; take newest or oldest")
    unknown = [name for name in options.fields if name not in EXPORT_FIELDS]
    if unknown:
        message = f"fields: none is called {unknown[0]}; there are {', '.join(EXPORT_FIELDS)}"
        raise InvalidSearchError(message)
    if not 0 <= options.sample <= MAX_SAMPLE:
        raise InvalidSearchError(f"sample: from 1 to {MAX_SAMPLE}")


def export_documents(
    index: Index, params: SearchParams, options: ExportOptions = ALL
) -> Iterator[list[Json]]:
    """Yield all documents that match, in batches; each document once, as it was when the export
    began.

    Raises:
        ExportBrokenError: the point in time expired between two batches.
        InvalidSearchError: the parameters are not valid.
        QueryError: the query is not valid.
    """
    validate_export(params, options)
    seed = options.seed if options.sample else None
    request = requests.export_request(params, options.fields, seed)
    point = index.open_point()
    size, after = FIRST_BATCH, None
    left = options.sample or sys.maxsize
    try:
        while left > 0:
            paged = {**request, "size": size, "pit": {"id": point, "keep_alive": KEEP_ALIVE}}
            response = index.search(paged if after is None else {**paged, "search_after": after})
            if response is None:
                raise ExportBrokenError("the export took too long between two batches")
            point = response.get("pit_id", point)
            hits = response["hits"]["hits"]
            if not hits:
                return
            # a point in time adds a sort value of its own, which the next request must not name
            after = hits[-1]["sort"][: len(request["sort"])]
            documents = [hit["_source"] for hit in hits][:left]
            yield documents
            left -= len(documents)
            size = next_batch_size(documents)
    finally:
        index.close_point(point)


def next_batch_size(documents: list[Json]) -> int:
    """Return how many documents of this mean size make a batch, 1..MAX_BATCH."""
    characters = sum(
        len(document.get("body", "")) + OTHER_FIELDS_CHARACTERS for document in documents
    )
    return max(1, min(MAX_BATCH, BATCH_CHARACTERS * len(documents) // characters))
