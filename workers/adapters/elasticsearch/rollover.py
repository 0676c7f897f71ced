"""A new index for a family whose present one is large or old: for servers without ILM.

Elasticsearch's own rollover shows searches an index before its shard has started, and they come up
short for a moment. So the index is made first, and the aliases move when it is ready.
"""

from collections.abc import Mapping
from typing import Any

from elasticsearch import ApiError, Elasticsearch

from schemas.index import naming
from workers.adapters.elasticsearch.indices import read_index_set
from workers.adapters.elasticsearch.templates import make

MOVED_MEANWHILE = frozenset({400, 404})


def roll_over(client: Elasticsearch, prefix: str, conditions: Mapping[str, str]) -> list[str]:
    """Roll over each group that meets one of the conditions, or all if there are none. Where ILM
    rolls an index over, nothing is done.

    Returns:
        the names of the new indices.
    """
    write_indices = read_index_set(client, prefix).write_indices
    cared_for = client.indices.get_settings(
        index=sorted(set(write_indices.values())), name="index.lifecycle.name"
    ).body
    new = [
        _roll_over(client, prefix, group, index, conditions)
        for group, index in sorted(write_indices.items())
        if not cared_for.get(index, {}).get("settings")
    ]
    return [index for index in new if index]


def _roll_over(
    client: Elasticsearch, prefix: str, group: str, old: str, conditions: Mapping[str, str]
) -> str:
    alias, part = naming.write_alias(prefix, group), naming.parse_index_name(prefix, old)
    if part is None or not _is_met(client, alias, f"{old}-asked", conditions):
        return ""
    new = naming.index(prefix, group, part.generation, part.number + 1)
    make(client, new)  # or it is there, from a process that was killed before it moved the aliases
    return new if _move(client, prefix, alias, old, new) else ""


def _is_met(client: Elasticsearch, alias: str, unused: str, conditions: Mapping[str, str]) -> bool:
    """Return whether a condition is met. A dry run creates no index, but refuses the name of one
    that is there."""
    if not conditions:
        return True
    planned = client.indices.rollover(
        alias=alias, new_index=unused, conditions=dict(conditions), dry_run=True
    )
    return any(planned["conditions"].values())


def _move(client: Elasticsearch, prefix: str, alias: str, old: str, new: str) -> bool:
    """Move the write alias.

    Returns:
        False if another process was faster, or a migration has swapped.

    Raises:
        elasticsearch.ApiError: the server refuses for another reason.
    """
    actions: list[dict[str, Any]] = [
        {"remove": {"index": old, "alias": alias, "must_exist": True}},
        {"add": {"index": new, "alias": alias}},
        {"add": {"index": new, "alias": naming.articles(prefix)}},
    ]
    try:
        client.indices.update_aliases(actions=actions)
    except ApiError as error:
        if error.status_code not in MOVED_MEANWHILE:
            raise
        return False
    return True
