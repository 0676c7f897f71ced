"""The shards of a generation, and how far the writes of each have come."""

from collections.abc import Collection
from typing import NamedTuple

from elasticsearch import Elasticsearch
from msgspec import Struct

from schemas.index import naming
from workers.exceptions import TryAgain


class Shard(Struct, frozen=True, order=True):
    """One shard of an index."""

    index: str
    number: int

    @property
    def name(self) -> str:
        """How it is called in the migration's notes."""
        return f"{self.index}/{self.number}"


class ShardEnd(NamedTuple):
    """`safe`: all writes up to this number are finished; `last`: the latest number given out."""

    safe: int
    last: int


def indices_of(client: Elasticsearch, prefix: str, generation: int) -> list[str]:
    """Return the article indices of one generation, whether they are read or not."""
    found = client.indices.get(
        index=naming.generation_pattern(prefix, generation), filter_path="*.settings.index.uuid"
    )
    parts = {name: naming.parse_index_name(prefix, name) for name in found.body}
    return sorted(name for name, part in parts.items() if part and part.generation == generation)


def ends(client: Elasticsearch, indices: Collection[str]) -> dict[Shard, ShardEnd]:
    """Return how far the writes of each shard have come.

    Raises:
        TryAgain: a shard does not tell.
    """
    if not indices:
        return {}
    shown = "indices.*.shards.*.seq_no,indices.*.shards.*.routing.primary"
    answer = client.indices.stats(index=sorted(indices), level="shards", filter_path=shown)
    found = {
        Shard(index, int(number)): ShardEnd(
            copy["seq_no"]["global_checkpoint"], copy["seq_no"]["max_seq_no"]
        )
        for index, row in answer.body.get("indices", {}).items()
        for number, copies in row["shards"].items()
        for copy in copies
        if copy["routing"]["primary"]
    }
    if silent := _shards(client, indices) - set(found):
        raise TryAgain(f"no primary copy of {min(silent).name} answers")
    return found


def _shards(client: Elasticsearch, indices: Collection[str]) -> set[Shard]:
    name = "index.number_of_shards"
    rows = client.indices.get_settings(index=sorted(indices), name=name, flat_settings=True).body
    return {
        Shard(index, number)
        for index, row in rows.items()
        for number in range(int(row["settings"][name]))
    }
