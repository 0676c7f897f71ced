"""The fingerprints by themselves, without queue or index: articles in, clusters out."""

from datetime import UTC, datetime

from workers import urls
from workers.adapters.fingerprints.store import FingerprintStore
from workers.adapters.redis.connection import connect
from workers.dedupe.cluster_assignment import assign
from workers.dedupe.record import DocumentFacts, stored_record

PREFIX = "presswire"
WINDOW_DAYS = 30
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Clusters:
    """What the step `dedupe` knows, for programs that have their articles elsewhere."""

    def __init__(
        self, redis_url: str, prefix: str = PREFIX, window_days: int = WINDOW_DAYS
    ) -> None:
        self._fingerprints = FingerprintStore(connect(redis_url), prefix, window_days)

    def add(  # noqa: PLR0913, PLR0917  the facts of one article
        self,
        doc_id: str,
        title: str,
        body: str,
        published: str,
        outlet: str | None = None,
        url: str | None = None,
    ) -> tuple[str, str]:
        """Register an article. `published` is ISO 8601; a cluster is named after its first article.

        Returns:
            the article's cluster as of now, and its role there.
        """
        facts = DocumentFacts(
            document_id=doc_id,
            published=datetime.fromisoformat(published),
            fetched=NEVER,
            outlet=outlet or (urls.host_of(url) if url else ""),
        )
        _, cluster_id, role, _ = assign(facts, body or title, self._fingerprints).place
        return cluster_id, role.value

    def clusters(self) -> dict[str, str]:
        """Return the cluster of every article by its id, with all merges settled."""
        return {
            stored_record(each).document_id: stored_record(first).document_id
            for each, first in self._fingerprints.clusters()
        }
