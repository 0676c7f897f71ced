"""The bulk request: operations in, one verdict for each out."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import msgspec
from elasticsearch import ApiError, Elasticsearch
from msgspec import Struct

from workers.adapters.elasticsearch.connection import translate_errors

# Elasticsearch takes 100 MB in one request; bulks are best between 5 and 15.
REQUEST_BYTES = 10_000_000
MAX_DOCUMENT_BYTES = 90_000_000


class WriteResult(Struct, frozen=True):
    """What became of one document. `stale` counts as done: something newer is there. After
    `retry` the same write may work; after `rejected` it never will."""

    state: Literal["done", "stale", "retry", "rejected"]
    reason: str = ""


class Operation(Struct, frozen=True):
    """One line of a bulk request, ready to send: its action and, unless it deletes, its source."""

    action: bytes
    source: bytes

    @property
    def size(self) -> int:
        """Bytes on the wire."""
        return len(self.action) + len(self.source) + 2

    @property
    def lines(self) -> tuple[bytes, ...]:
        """As the request has them."""
        return (self.action, self.source) if self.source else (self.action,)


DONE = WriteResult("done")


def operation(
    action: str, index: str, document_id: str, source: object, **more: object
) -> Operation:
    """Return one operation of a bulk request.

    Raises:
        TypeError: the source cannot be written as JSON.
        ValueError: the same.
    """
    head = {action: {"_index": index, "_id": document_id, **more}}
    return Operation(msgspec.json.encode(head), msgspec.json.encode(source))


def deletion(index: str, document_id: str) -> Operation:
    """Return the operation that deletes one document."""
    return Operation(msgspec.json.encode({"delete": {"_index": index, "_id": document_id}}), b"")


def run(client: Elasticsearch, operations: Sequence[Operation]) -> list[WriteResult]:
    """Run `operations` in requests of bounded size.

    Returns:
        the results, in the same order.

    Raises:
        TryAgain: a whole request failed; what was written before is safe to repeat.
    """
    results: list[WriteResult] = []
    for part in _parts(operations):
        results += _request(client, part)
    return results


def _parts(operations: Sequence[Operation]) -> Iterator[list[Operation]]:
    part: list[Operation] = []
    size = 0
    for each in operations:
        if part and size + each.size > REQUEST_BYTES:
            yield part
            part, size = [], 0
        part.append(each)
        size += each.size
    if part:
        yield part


def _request(client: Elasticsearch, part: list[Operation]) -> list[WriteResult]:
    if len(part) == 1 and part[0].size > MAX_DOCUMENT_BYTES:
        return [WriteResult("rejected", f"document of {part[0].size} bytes is too large")]
    lines: list[Any] = [line for each in part for line in each.lines]
    try:
        with translate_errors("bulk"):
            answer = client.bulk(operations=lines)
    except ApiError as error:
        return _after_refusal(client, part, str(error))
    return [_verdict(item) for item in answer["items"]]


def _after_refusal(client: Elasticsearch, part: list[Operation], reason: str) -> list[WriteResult]:
    """Halve a refused request until the line that is to blame stands alone: one line can cost the
    whole request (400, 413).

    Returns:
        the results.
    """
    if len(part) == 1:
        return [WriteResult("rejected", reason)]
    middle = len(part) // 2
    return _request(client, part[:middle]) + _request(client, part[middle:])


def _verdict(item: dict[str, Any]) -> WriteResult:
    result = next(iter(item.values()))
    status = int(result["status"])
    if status < 300:  # noqa: PLR2004  HTTP's own numbers, here and below
        return DONE
    error = result.get("error") or {}
    reason = f"{status} {error.get('type', 'not found')}: {error.get('reason', '')}"
    cause = error.get("caused_by", {}).get("reason")
    reason = f"{reason} ({cause})" if cause else reason
    if status == 409:  # noqa: PLR2004
        return WriteResult("stale", reason)
    is_write_blocked = error.get("type") == "cluster_block_exception"
    if status in {404, 429} or status >= 500 or is_write_blocked:  # noqa: PLR2004
        return WriteResult("retry", reason)
    return WriteResult("rejected", reason)
