"""The index in Elasticsearch: articles go in under their version, and come out by search."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property

from elasticsearch import AuthorizationException, Elasticsearch

from schemas.index import naming
from schemas.index.mapping import ROLL_OVER_WHEN
from schemas.json import Json
from workers import clock
from workers.adapters.elasticsearch import (
    failures,
    lookup,
    outlet_collections,
    pruning,
    retention,
    revisions,
    rollover,
    templates,
    writes,
)
from workers.adapters.elasticsearch.article_labels import ClusterLabel, EventLabel
from workers.adapters.elasticsearch.bulk import WriteResult
from workers.adapters.elasticsearch.connection import (
    ANSWER_SECONDS,
    connect,
    translate_errors,
)
from workers.adapters.elasticsearch.indices import read_index_set
from workers.adapters.elasticsearch.migration import write_block
from workers.adapters.elasticsearch.writes import Document, WriteTarget
from workers.adapters.redis.quarantine import QuarantineEntry
from workers.settings import Settings

Change = tuple[str, str, str, float]
SCAN_PAGE_SIZE = 500
SCAN_KEEP_ALIVE = "5m"


class SearchIndex:
    """Every method raises TryAgain when Elasticsearch cannot be reached or is too busy."""

    def __init__(
        self,
        settings: Settings,
        now: Callable[[], datetime] = clock.now,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._settings = settings
        self._answer_seconds = answer_seconds
        self._now = now
        self.prefix = settings.prefix

    @cached_property
    def client(self) -> Elasticsearch:
        """The connection, made on first use."""
        return connect(self._settings, self._answer_seconds)

    def close(self) -> None:
        """Close the connections to Elasticsearch; a later call opens them again."""
        if client := self.__dict__.pop("client", None):
            client.close()

    def _target(self) -> WriteTarget:
        """Return what is written to now; asked for each batch, as migrations and rollovers change
        it."""
        now = read_index_set(self.client, self.prefix)
        return WriteTarget(self.client, self.prefix, now, self._now)

    def bootstrap(self) -> str:
        """Create templates, indices and aliases.

        Returns:
            one line that says what the server lacks.
        """
        with translate_errors("bootstrap"):
            return templates.bootstrap(self.client, self.prefix)

    def put(self, documents: Sequence[Document]) -> list[WriteResult]:
        """Write documents (id, version, fields), each where it lives already or into its group's
        newest index. An older version never overwrites a newer one ("stale"); the same one may come
        again. A version with another text than the one before it moves that one to the revisions.

        Returns:
            one result each, in order.

        Raises:
            TryAgain: a whole request failed.
        """
        with translate_errors("put"):
            return writes.put(self._target(), documents)

    def update_cluster_labels(self, changes: Sequence[Change], at: int = 0) -> list[WriteResult]:
        """Apply cluster changes (document id, cluster id, role, overlap) made at `at` (milliseconds
        since 1970; 0: now).

        Returns:
            one result each; "done" also for an article that is not there yet, as it will get its
            label when it comes.

        Raises:
            TryAgain: a whole request failed.
        """
        at = at or clock.to_milliseconds(self._now())
        return self.put_labels([(*change, at) for change in changes])

    def put_labels(self, labels: Sequence[tuple[str, str, str, float, int]]) -> list[WriteResult]:
        """Apply cluster changes as `update_cluster_labels` does; each has a moment of its own.

        Returns:
            one result each.

        Raises:
            TryAgain: a whole request failed.
        """
        with translate_errors("relabel"):
            return writes.update_labels(self._target(), [ClusterLabel(*label) for label in labels])

    def update_news_events(
        self, changes: Sequence[tuple[str, str]], at: int = 0
    ) -> list[WriteResult]:
        """Apply changes of the events that articles tell (document id, event id), as
        `update_cluster_labels` does those of clusters.

        Returns:
            one result each.

        Raises:
            TryAgain: a whole request failed.
        """
        at = at or clock.to_milliseconds(self._now())
        return self.put_event_labels([(*change, at) for change in changes])

    def put_event_labels(self, labels: Sequence[tuple[str, str, int]]) -> list[WriteResult]:
        """Apply changes of events as `update_news_events` does; each has a moment of its own.

        Returns:
            one result each.

        Raises:
            TryAgain: a whole request failed.
        """
        with translate_errors("relabel"):
            return writes.update_labels(self._target(), [EventLabel(*label) for label in labels])

    def label_write_error(self) -> str:
        """Return why cluster labels cannot be written now, for want of rights or another reason;
        empty if they can. Nothing is changed."""
        with translate_errors("relabel"):
            return writes.label_write_error(self._target())

    def get(self, document_id: str) -> Json | None:
        """Return an article's fields, in real time, or None."""
        with translate_errors("get"):
            index = self._locate(document_id)
            if index is None:
                return None
            found: Json = self.client.get(index=index, id=document_id).body
            return dict(found["_source"])

    def _locate(self, document_id: str) -> str | None:
        """Return the index that holds an article, or None."""
        now = read_index_set(self.client, self.prefix)
        wanted = {document_id: now.write_indices}
        location = lookup.locate(self.client, self.prefix, now, wanted).get(document_id)
        return location.index if location else None

    def revisions(self, document_id: str) -> Sequence[Json]:
        """Return the earlier versions of an article, oldest first; see
        `history.earlier_versions`."""
        current = self.get(document_id)
        with translate_errors("revisions"):
            return revisions.read_revisions(self.client, self.prefix, document_id, current)

    def last_revisions(self, document_ids: Sequence[str]) -> dict[str, Json]:
        """Return by id the latest earlier version of each of these articles that has one."""
        with translate_errors("revisions"):
            return revisions.read_last_revisions(self.client, self.prefix, document_ids)

    def delete_revisions(self, document_id: str, addresses: Collection[str]) -> int:
        """Delete the earlier versions of an article that were read at one of these addresses.

        Returns:
            their number.
        """
        with translate_errors("revisions"):
            self.client.indices.refresh(index=naming.revisions(self.prefix))
            return revisions.delete_revisions(self.client, self.prefix, document_id, addresses)

    def delete(self, document_id: str) -> bool:
        """Delete an article, wherever it lives.

        Returns:
            False if there is none.
        """
        with translate_errors("delete"):
            index = self._locate(document_id)
            if index is not None:
                self.client.delete(index=index, id=document_id)
            return index is not None

    def count(self, query: Json | None = None) -> int:
        """Return how many articles match, or are there at all."""
        with translate_errors("count"):
            answer = self.client.count(index=naming.articles(self.prefix), query=query)
            return int(answer["count"])

    def health(self) -> str:
        """Return the cluster's health: green, yellow or red, and what is wrong; or that this user
        may not ask.

        Raises:
            TryAgain: the index does not answer.
        """
        with translate_errors("health"):
            try:
                told: Json = self.client.cluster.health().body
            except AuthorizationException:
                return "answers; this user may not ask for its health"
        missing = told["unassigned_shards"]
        return f"{told['status']}" + (f", {missing} shards unassigned" if missing else "")

    def search(self, request: Json) -> Json:
        """Return Elasticsearch's answer to a request body; with a point in time in it, no index is
        named.

        Raises:
            elasticsearch.ApiError: Elasticsearch refuses the request.
        """
        index = None if "pit" in request else naming.articles(self.prefix)
        complete = outlet_collections.with_index(request, self.prefix)
        with translate_errors("search"):
            return dict(self.client.search(index=index, **complete).body)

    def collections(self) -> dict[str, tuple[str, ...]]:
        """Return the outlets of each collection by its name, in order."""
        with translate_errors("collections"):
            return outlet_collections.read_all(self.client, self.prefix)

    def put_collection(self, name: str, outlets: Sequence[str]) -> None:
        """Write a collection in the place of the one of that name."""
        with translate_errors("put collection"):
            outlet_collections.put(self.client, self.prefix, name, outlets)

    def delete_collection(self, name: str) -> bool:
        """Delete a collection.

        Returns:
            False if there is none.
        """
        with translate_errors("delete collection"):
            return outlet_collections.delete(self.client, self.prefix, name)

    def scan(self, query: Json, fields: Sequence[str], order: str) -> Iterator[Json]:
        """Yield these fields of every article that matches now, by the rising field `order`."""
        point = self.open_point(SCAN_KEEP_ALIVE)
        request: Json = {
            "query": query,
            "sort": [{order: "asc"}, {"_shard_doc": "asc"}],
            "_source": list(fields),
            "size": SCAN_PAGE_SIZE,
            "track_total_hits": False,
            "pit": {"id": point, "keep_alive": SCAN_KEEP_ALIVE},
        }
        while hits := self.search(request)["hits"]["hits"]:
            yield from (hit["_source"] for hit in hits)
            request["search_after"] = hits[-1]["sort"]
        self.close_point(point)

    def open_point(self, keep_alive: str = "2m") -> str:
        """Return a point in time: pages of one search that fit together."""
        with translate_errors("open point in time"):
            index = naming.articles(self.prefix)
            return str(self.client.open_point_in_time(index=index, keep_alive=keep_alive)["id"])

    def close_point(self, point: str) -> None:
        """Lets go of a point in time; one that has run out is no trouble."""
        with translate_errors("close point in time"):
            self.client.options(ignore_status=404).close_point_in_time(id=point)

    def roll_over(self, conditions: Mapping[str, str] = ROLL_OVER_WHEN) -> list[str]:
        """Start a new index for each group whose present one is large or old enough; for servers
        without ILM.

        Returns:
            the names of the new indices.
        """
        with translate_errors("rollover"):
            return rollover.roll_over(self.client, self.prefix, conditions)

    def write_failures(self, entries: Sequence[QuarantineEntry]) -> bool:
        """Write quarantine entries, for Kibana.

        Returns:
            False if some must come again.
        """
        with translate_errors("failures"):
            return failures.write(self.client, self.prefix, entries)

    def prune(self, before: datetime) -> dict[str, int]:
        """Delete indices, revisions, labels and failures from before that time.

        Returns:
            the number of each.
        """
        with translate_errors("prune"):
            return retention.prune(self.client, self.prefix, before, self._now)

    def remove_expired_write_blocks(self) -> list[str]:
        """Let writes go on where a migration or a pruning died behind its write block.

        Returns:
            the indices that take writes again.
        """
        at = clock.to_milliseconds(self._now())
        with translate_errors("fence"):
            pruned = pruning.remove_expired_prune_blocks(self.client, self.prefix, at)
            return pruned + write_block.remove_expired_write_blocks(self.client, self.prefix, at)

    def refresh(self) -> None:
        """Makes all that was written visible to searches."""
        with translate_errors("refresh"):
            self.client.indices.refresh(index=f"{self.prefix}-*")
