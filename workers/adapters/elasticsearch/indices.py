"""Which indices there are at this moment: those that are read, and the ones that are written."""

from collections.abc import Mapping

from elasticsearch import Elasticsearch
from msgspec import Struct

from schemas.index import naming
from workers.exceptions import TryAgain


class IndexSet(Struct, frozen=True):
    """All indices behind the reading alias, and the home of each family's new articles.

    Writers take one layout for each batch and name indices, not aliases: what a migration has
    fenced since refuses the write, whatever the aliases point to by then.
    """

    read: frozenset[str]
    write_indices: Mapping[str, str]

    def generation(self, prefix: str) -> int:
        """Return the live generation; a migration swaps all groups at once."""
        parts = [naming.parse_index_name(prefix, index) for index in self.write_indices.values()]
        return max((part.generation for part in parts if part), default=1)


def read_index_set(client: Elasticsearch, prefix: str) -> IndexSet:
    """Return the present indices, from the cluster's state.

    Raises:
        TryAgain: there are none before bootstrap.
    """
    read = naming.articles(prefix)
    names = [read, naming.write_alias(prefix, "*")]
    found = client.options(ignore_status=404).indices.get_alias(name=names).body
    indices = {index: row["aliases"] for index, row in found.items() if index not in IGNORED}
    write_indices = {
        group: index
        for index, aliases in indices.items()
        for alias in aliases
        if (group := naming.group_of_write_alias(prefix, alias))
    }
    if not write_indices:
        raise TryAgain("the index is not there yet: run `presswire index bootstrap`")
    return IndexSet(
        frozenset(i for i, aliases in indices.items() if read in aliases), write_indices
    )


# what a 404 answer holds beside the aliases that were found
IGNORED = frozenset({"error", "status"})
