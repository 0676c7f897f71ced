"""A parsed article in, its identity and its place among the others out."""

from collections.abc import Iterator

from schemas.events import ArticleClustered, ArticleParsed, ClusterChanged, PageRejected
from workers.dedupe.cluster_assignment import assign
from workers.dedupe.identity import document_id
from workers.dedupe.ports import Fingerprints
from workers.dedupe.record import DocumentFacts

MOVED_IN_ONE_EVENT = 50


def dedupe(
    parsed: ArticleParsed, fingerprints: Fingerprints
) -> Iterator[ArticleClustered | ClusterChanged | PageRejected]:
    """Yield the article with its cluster, and the changes of other articles' clusters. An article
    that was clustered before is clustered again: its index write is idempotent, and a changed text
    becomes a revision there."""
    article = parsed.article
    name = document_id(article.url or parsed.url, article.canonical_url)
    facts = DocumentFacts(
        document_id=name,
        published=article.printed_before(parsed.fetched_at) or parsed.fetched_at,
        fetched=parsed.fetched_at,
        outlet=parsed.outlet,
    )
    placement = assign(facts, article.body or article.title, fingerprints)
    _, cluster_id, role, overlap = placement.place
    yield ArticleClustered(
        page_id=parsed.page_id,
        outlet=parsed.outlet,
        url=parsed.url,
        archive_key=parsed.archive_key,
        fetched_at=parsed.fetched_at,
        article=article,
        document_id=name,
        cluster_id=cluster_id,
        role=role,
        overlap=overlap,
        clustered_at=placement.at,
    )
    for change in placement.changes:
        for start in range(0, len(change.members), MOVED_IN_ONE_EVENT):
            yield ClusterChanged(
                page_id=parsed.page_id,
                outlet=parsed.outlet,
                url=parsed.url,
                members=change.members[start : start + MOVED_IN_ONE_EVENT],
                clustered_at=change.at,
            )
