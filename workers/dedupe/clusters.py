"""Dedupe as a library, without queue or index: articles in, clusters out."""

from datetime import UTC, datetime

from workers import urls
from workers.adapters.fingerprints.store import FingerprintStore
from workers.adapters.redis.connection import connect
from workers.adapters.redis.lockstep import run_alone
from workers.dedupe.cluster_assignment import assign
from workers.dedupe.record import DocumentMetadata, decode_stored

PREFIX = "presswire"
WINDOW_DAYS = 30
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Clusters:
    """The clusters of the dedupe stage, for programs whose articles come from elsewhere."""

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
        """Return the cluster of a new article at this moment, and its role there.

        `published` is ISO 8601. A cluster is named after its first article; later articles may
        still change both: `cluster_of` answers what holds now.
        """
        metadata = DocumentMetadata(
            document_id=doc_id,
            published=datetime.fromisoformat(published),
            fetched=NEVER,
            outlet=outlet or (urls.host_of(url) if url else ""),
        )
        assigned = run_alone(assign(metadata, body or title, self._fingerprints))
        self._fingerprints.confirm(assigned.moves)
        _, cluster_id, role, _ = assigned.member
        return cluster_id, role.value

    def cluster_of(self, doc_id: str) -> str | None:
        """Return the cluster that an article is in now, with all merges since it was added.

        None if it was never added, or is older than the window. `add` answers what was known when
        the article came; a copy that comes later can bring two clusters together, or begin one.
        """
        return run_alone(self._settled(doc_id))

    async def _settled(self, doc_id: str) -> str | None:
        number = await self._fingerprints.find(doc_id)
        if number is None:
            return None
        joined = await self._fingerprints.join(number, ())
        first = next((each for each in joined.changed if each.number == joined.first), None)
        return decode_stored(first).document_id if first else None

    def clusters(self) -> dict[str, str]:
        """Return the cluster that each article is in now, by article id."""
        return {
            decode_stored(each).document_id: decode_stored(first).document_id
            for each, first in self._fingerprints.clusters()
        }
