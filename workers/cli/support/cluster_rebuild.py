"""Rebuild of all fingerprints from the articles in the index, and of the labels of clusters."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice

from schemas.json import Json
from workers.adapters.elasticsearch.bulk import DONE, WriteResult
from workers.adapters.elasticsearch.client import SearchIndex
from workers.adapters.fingerprints.store import FingerprintStore
from workers.adapters.redis.lockstep import run_alone
from workers.canonical_url import own_url
from workers.cli.support.terminal import CommandError
from workers.dedupe.cluster_assignment import Assignment, Member, assign_signature, membership
from workers.dedupe.document import restore_address
from workers.dedupe.record import DocumentMetadata
from workers.dedupe.signature import compute_signature

PAGE_SIZE = 500
ARTICLE_FIELDS = [
    *("document_id", "title", "body", "time", "fetched_at", "outlet"),
    *("url", "canonical_url"),
]
LABEL_FIELDS = ["cluster_id", "role", "shared"]
MAX_SHOWN = 5


def rebuild_clusters(
    search: SearchIndex, fingerprints: FingerprintStore, now: datetime, window_days: int
) -> tuple[int, int]:
    """Cluster the articles of the window anew and write the labels that changed. If labels cannot
    be written at all, nothing is changed. A label that cannot be written does not keep the others
    from being written. What dedupe had before this began, and the index has not, is missed.

    Returns:
        the number of articles read, and of labels changed.

    Raises:
        CommandError: labels cannot be written, or some could not be.
    """
    if error := search.label_write_error():
        raise CommandError(f"nothing was changed, labels cannot be written: {error}")
    fingerprints.forget()
    since = (now - timedelta(days=window_days)).isoformat()
    search.refresh()
    articles_read = 0
    for article in search.scan({"range": {"time": {"gte": since}}}, ARTICLE_FIELDS, "time"):
        assigned = run_alone(_remember(article, fingerprints))
        fingerprints.confirm(assigned.moves)  # all labels are compared at the end
        articles_read += 1
    results = [
        each
        for members in _membership_batches(fingerprints)
        for each in _update_labels(search, members)
    ]
    check_written(results)
    return articles_read, sum(result == DONE for _, result in results)


async def _remember(article: Json, fingerprints: FingerprintStore) -> Assignment:
    """Make the fingerprints of an article anew, and what is known of its address.

    Returns:
        where it belongs.
    """
    metadata = _metadata(article)
    signature = compute_signature(article.get("body") or article["title"])
    assignment = await assign_signature(metadata, signature, fingerprints)
    address = own_url(article["url"], article.get("canonical_url"))
    await restore_address(address, metadata, signature, fingerprints)
    return assignment


def _metadata(article: Json) -> DocumentMetadata:
    return DocumentMetadata(
        document_id=article["document_id"],
        published=datetime.fromisoformat(article["time"]),  # no date in the future
        fetched=datetime.fromisoformat(article["fetched_at"]),
        outlet=article["outlet"],
    )


def _membership_batches(fingerprints: FingerprintStore) -> Iterator[list[Member]]:
    members = (membership(each, first) for each, first in fingerprints.clusters())
    while batch := list(islice(members, PAGE_SIZE)):
        yield batch


def _update_labels(
    search: SearchIndex, members: Iterable[Member]
) -> Iterator[tuple[str, WriteResult]]:
    """Write the labels that differ from those in the index.

    Returns:
        pairs of document id and result, for each label written.
    """
    labels = {name: (cluster, role.value, shared) for name, cluster, role, shared in members}
    request = {
        "query": {"ids": {"values": list(labels)}},
        "_source": ["document_id", *LABEL_FIELDS],
        "size": len(labels),
    }
    indexed = [hit["_source"] for hit in search.search(request)["hits"]["hits"]]
    changes = [
        (each["document_id"], *labels[each["document_id"]])
        for each in indexed
        if tuple(each.get(field) for field in LABEL_FIELDS) != labels[each["document_id"]]
    ]
    names = [name for name, *_ in changes]
    return zip(names, search.update_cluster_labels(changes), strict=True)


def check_written(results: Iterable[tuple[str, WriteResult]]) -> None:
    """Check that labels were written, each with its document's id.

    Raises:
        CommandError: some could not be.
    """
    unwritten = {name: result for name, result in results if result.state in {"retry", "rejected"}}
    if unwritten:
        raise CommandError(_unwritten_message(unwritten))


def _unwritten_message(unwritten: Mapping[str, WriteResult]) -> str:
    lines = [f"{name}: {result.state}, {result.reason}" for name, result in unwritten.items()]
    head = f"{len(unwritten)} labels were not written, all others were; mend that, then try again"
    more = [f"… {len(lines) - MAX_SHOWN} more"] if len(lines) > MAX_SHOWN else []
    return "\n".join([head, *lines[:MAX_SHOWN], *more])
