"""Any number of results, batch by batch: only one batch is ever in memory."""

from collections.abc import Iterator
from typing import Final

from schemas.json import Json
from workers.search import requests
from workers.search.params import SearchParams, check
from workers.search.ports import Index

FIRST_BATCH: Final = 25
MAX_BATCH: Final = 1_000
# Batches grow or shrink towards this much text; 8 MB is what the server answers fastest with.
BATCH_CHARACTERS: Final = 4_000_000
KEEP_ALIVE: Final = "5m"


class ExportBrokenError(RuntimeError):
    """The point in time ran out in the middle: what was written is not all there is."""


def export_documents(index: Index, params: SearchParams) -> Iterator[list[Json]]:
    """Yield batches of all documents that match, each document once, as they were when the export
    began.

    Raises:
        ExportBrokenError: Elasticsearch ended the export too early.
    """
    check(params)
    request = requests.everything_request(params)
    point = index.open_point()
    size, after = FIRST_BATCH, None
    try:
        while True:
            paged = {**request, "size": size, "pit": {"id": point, "keep_alive": KEEP_ALIVE}}
            answer = index.ask(paged if after is None else {**paged, "search_after": after})
            if answer is None:
                raise ExportBrokenError("the export took too long between two batches")
            point = answer.get("pit_id", point)
            hits = answer["hits"]["hits"]
            if not hits:
                return
            after = hits[-1]["sort"]
            documents = [hit["_source"] for hit in hits]
            yield documents
            size = next_size(documents)
    finally:
        index.close_point(point)


def next_size(documents: list[Json]) -> int:
    """Return how many documents like these make a batch."""
    characters = sum(len(document.get("body", "")) + 500 for document in documents)
    return max(1, min(MAX_BATCH, BATCH_CHARACTERS * len(documents) // characters))
