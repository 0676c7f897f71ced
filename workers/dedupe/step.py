"""The dedupe stage: a parsed article in, its identity and its cluster out."""

from msgspec.structs import replace

from schemas.events import (
    MAX_MOVED,
    ArticleClustered,
    ArticleParsed,
    ClusterChanged,
    RelateDue,
)
from workers import url_rules
from workers.canonical_url import own_url
from workers.dedupe.cluster_assignment import assign_signature
from workers.dedupe.document import resolve_document
from workers.dedupe.identity import document_id_of_key
from workers.dedupe.ports import Fingerprints, Outlets
from workers.dedupe.record import DocumentMetadata
from workers.dedupe.signature import compute_signature


async def dedupe(
    parsed: ArticleParsed,
    fingerprints: Fingerprints,
    outlets: Outlets,
    relates_events: bool = False,
) -> list[ArticleClustered | ClusterChanged]:
    """Return the clustered article, then the changes of other articles' clusters.

    An article that was clustered before is clustered again: writing it to the index is idempotent,
    and a changed text becomes a revision there. The rule of its outlet says before all else
    which addresses are one story. If the deployment `relates_events`, the article goes to that
    stage next.
    """
    article = parsed.article
    metadata = DocumentMetadata(
        document_id="",
        published=article.plausible_published(parsed.fetched_at) or parsed.fetched_at,
        fetched=parsed.fetched_at,
        outlet=parsed.outlet,
    )
    signature = compute_signature(article.body or article.title)
    url = article.url or parsed.url
    outlet = outlets.get(parsed.outlet)
    key = url_rules.story_key(outlet, url) if outlet else None
    name = (
        document_id_of_key(url, key)
        if key
        else await resolve_document(
            own_url(url, article.canonical_url), metadata, signature, fingerprints
        )
    )
    metadata = replace(metadata, document_id=name)
    assignment = await assign_signature(metadata, signature, fingerprints)
    _, cluster_id, role, overlap = assignment.member
    clustered = (RelateDue if relates_events else ArticleClustered)(
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
        clustered_at=assignment.clustered_at,
    )
    changes = (
        ClusterChanged(
            page_id=parsed.page_id,
            outlet=parsed.outlet,
            url=parsed.url,
            members=change.members[start : start + MAX_MOVED],
            clustered_at=change.clustered_at,
        )
        for change in assignment.changes
        for start in range(0, len(change.members), MAX_MOVED)
    )
    return [clustered, *changes]
