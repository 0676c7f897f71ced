"""Templates, first indices and aliases: put up on any server, by any number of workers at once."""

from typing import Any

from elasticsearch import ApiError, BadRequestError, Elasticsearch

from schemas.index import mapping, naming
from schemas.index.analysis import analyzer_groups
from workers.adapters.elasticsearch.capabilities import Capabilities, probe
from workers.adapters.elasticsearch.indices import read_index_set
from workers.exceptions import TryAgain


def bootstrap(client: Elasticsearch, prefix: str) -> str:
    """Probe the server and create all that Presswire needs; a second run changes nothing.

    Returns:
        one line that says what was left out.

    Raises:
        elasticsearch.ApiError: the server refuses a request.
    """
    has = probe(client)
    generation = live_generation(client, prefix)
    client.indices.put_index_template(name=naming.guard(prefix), **mapping.guard(prefix))
    put_templates(client, prefix, has, generation)
    for group in analyzer_groups(has.analyzers):
        _make_first(client, prefix, group, generation)
    make(client, naming.revisions(prefix), mappings=mapping.revision_mapping())
    make(client, naming.labels(prefix), mappings=mapping.label_mapping())
    make(client, naming.quarantine(prefix), mappings=mapping.quarantine_mapping())
    make(client, naming.collections(prefix), mappings=mapping.collection_mapping())
    return has.left_out() + _widen(client, prefix)


def live_generation(client: Elasticsearch, prefix: str) -> int:
    """Return the generation that is read and written; 1 if there is none yet."""
    try:
        return read_index_set(client, prefix).generation(prefix)
    except TryAgain:
        return 1


def put_templates(
    client: Elasticsearch, prefix: str, has: Capabilities, generation: int, *, is_live: bool = True
) -> None:
    """Component and index templates, one of each for a family; the life-cycle policy."""
    cluster = client.cluster
    meta = {"design": mapping.design(has.analyzers, has.filters)}
    cluster.put_component_template(
        name=naming.fields_component(prefix, generation),
        **mapping.fields_component(has.filters, meta),
    )
    if has.has_ilm:
        client.ilm.put_lifecycle(name=naming.policy(prefix), **mapping.policy())
    for group in analyzer_groups(has.analyzers):
        cluster.put_component_template(
            name=naming.analysis_component(prefix, group, generation),
            **mapping.analysis_component(group, has.filters),
        )
        body = mapping.template(prefix, group, generation, has_ilm=has.has_ilm, is_live=is_live)
        client.indices.put_index_template(name=naming.template(prefix, group, generation), **body)


def delete_templates(client: Elasticsearch, prefix: str, generation: int) -> None:
    """Removes the templates of a generation that is gone."""
    quiet = client.options(ignore_status=404)
    quiet.indices.delete_index_template(name=naming.template(prefix, "*", generation))
    for name in ("fields", "analysis-*"):
        quiet.cluster.delete_component_template(name=f"{prefix}-articles-{name}-g{generation}")


def _make_first(client: Elasticsearch, prefix: str, group: str, generation: int) -> None:
    alias = naming.write_alias(prefix, group)
    if not client.indices.exists_alias(name=alias):
        aliases: dict[str, Any] = {alias: {}, naming.articles(prefix): {}}
        _create(client, naming.index(prefix, group, generation), aliases=aliases)


def make(client: Elasticsearch, name: str, **how: Any) -> None:  # noqa: ANN401  Elasticsearch's
    """Makes an index unless it is there."""
    if not client.indices.exists(index=name):
        _create(client, name, **how)


def _create(client: Elasticsearch, name: str, **how: Any) -> None:  # noqa: ANN401  Elasticsearch's
    """Create an index; another worker may be faster, which is as good.

    Raises:
        elasticsearch.BadRequestError: the server refuses it for another reason.
    """
    try:
        client.indices.create(index=name, **how)
    except BadRequestError as error:
        if error.error != "resource_already_exists_exception":
            raise


def _widen(client: Elasticsearch, prefix: str) -> str:
    """Add new fields to the indices that are there; a changed field needs a migration.

    Returns:
        what could not be added.
    """
    try:
        client.indices.put_mapping(index=naming.articles(prefix), properties=mapping.ARTICLE_FIELDS)
    except BadRequestError as error:
        return f"; the mapping has changed: run `presswire index migrate` ({_first_cause(error)})"
    return ""


def _first_cause(error: ApiError) -> str:
    body: Any = error.body
    return str(body["error"]["reason"]) if isinstance(body, dict) else str(error)
