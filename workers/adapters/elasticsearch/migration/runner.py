"""A new generation of the index beside the live one, filled, swapped in, verified; the old one
deleted. Killed anywhere and started again, it goes on."""

from collections.abc import Callable
from datetime import datetime

from elasticsearch import Elasticsearch
from msgspec import Struct

from schemas.index import naming
from schemas.index.analysis import analyzer_groups
from workers.adapters.elasticsearch.capabilities import probe
from workers.adapters.elasticsearch.indices import read_index_set
from workers.adapters.elasticsearch.migration import finishing, write_block
from workers.adapters.elasticsearch.migration.context import MigrationContext, Report
from workers.adapters.elasticsearch.migration.copy_job import CopyJob, MigrationError
from workers.adapters.elasticsearch.migration.filling import fill_and_swap
from workers.adapters.elasticsearch.migration.shards import indices_of
from workers.adapters.elasticsearch.migration.state import Checkpoint
from workers.adapters.elasticsearch.templates import delete_templates

READERS_SECONDS = 180


class MigrationReport(Struct, frozen=True):
    """What a migration did: articles now in the new generation, those that verification had to
    copy again, and how often writes were blocked."""

    generation: int
    articles: int
    repaired: int
    write_blocks: int


class Migration:
    """`report(stage, done, total)` hears how far it is; `holder` names this process to others."""

    def __init__(  # noqa: PLR0913  a migration's surroundings
        self,
        client: Elasticsearch,
        prefix: str,
        holder: str,
        now: Callable[[], datetime],
        *,
        batch: int = 500,
        readers_seconds: int = READERS_SECONDS,
        report: Report = lambda *_: None,
    ) -> None:
        self._client = client
        self._prefix = prefix
        self._now = now
        self._batch = batch
        self._readers_seconds = readers_seconds
        self._report = report
        self.checkpoint = Checkpoint(client, prefix, holder, now)

    def run(self, *, is_gone: Callable[[str], bool]) -> MigrationReport:
        """Run the whole migration, or the rest of one that was killed.

        Returns:
            the report.

        Raises:
            MigrationTakenError: another process runs it.
            MigrationError: it cannot go on; the live index is untouched.
        """
        has = probe(self._client)
        live = read_index_set(self._client, self._prefix).generation(self._prefix)
        state = self.checkpoint.claim(live, is_gone=is_gone)
        groups = analyzer_groups(has.analyzers)
        job = CopyJob(self._client, self._prefix, state.target, groups, self._batch)
        context = MigrationContext(job, self.checkpoint, self._report)
        write_blocks = 0
        if live != state.target:
            state, write_blocks = fill_and_swap(context, has, state, self._now)
        finishing.settle(context, has)
        repaired = finishing.verify(context, state)
        finishing.delete(context, state, self._readers_seconds)
        self.checkpoint.end()
        articles = self._client.count(index=naming.articles(self._prefix))["count"]
        return MigrationReport(state.target, articles, repaired, write_blocks)

    def abort(self, *, is_gone: Callable[[str], bool]) -> int:
        """Give up a migration that has not swapped yet, and delete all that it has built.

        Returns:
            the number of indices.

        Raises:
            MigrationTakenError: another process runs it.
            MigrationError: it has swapped already.
        """
        live = read_index_set(self._client, self._prefix).generation(self._prefix)
        state = self.checkpoint.claim(live, is_gone=is_gone)
        if live == state.target:
            raise MigrationError("it has swapped already: `presswire index migrate` finishes it")
        write_block.remove_write_block(self._client, self._prefix)
        built = indices_of(self._client, self._prefix, state.target)
        for index in built:
            self._client.options(ignore_status=404).indices.delete(index=index)
        delete_templates(self._client, self._prefix, state.target)
        self.checkpoint.end()
        return len(built)
