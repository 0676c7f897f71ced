"""Templates, first indices and aliases: put up on any server, by any number of workers at once."""

from typing import Any

from elasticsearch import ApiError, BadRequestError, Elasticsearch

from schemas.index import mapping, naming
from workers.adapters.search_capabilities import Capabilities, probe


def put_up(client: Elasticsearch, prefix: str) -> str:
    """Probes the server and puts up all that Presswire needs; twice changes nothing.

    Returns one line saying what was left out. Raises elasticsearch errors.
    """
    has = probe(client)
    put_templates(client, prefix, has)
    for family in mapping.families(has.analyzers):
        _make_first(client, prefix, family)
    _make(client, naming.revisions(prefix), mapping.revision_mapping())
    _make(client, naming.labels(prefix), mapping.label_mapping())
    return has.left_out() + _widen(client, prefix)


def put_templates(client: Elasticsearch, prefix: str, has: Capabilities) -> None:
    """Component and index templates, one of each for a family; the life-cycle policy."""
    cluster = client.cluster
    cluster.put_component_template(
        name=naming.fields_component(prefix), **mapping.fields_component(has.token_filters)
    )
    if has.has_ilm:
        client.ilm.put_lifecycle(name=naming.policy(prefix), **mapping.policy())
    for family in mapping.families(has.analyzers):
        cluster.put_component_template(
            name=naming.analysis_component(prefix, family),
            **mapping.analysis_component(family, has.token_filters),
        )
        client.indices.put_index_template(
            name=naming.template(prefix, family),
            **mapping.template(prefix, family, has_ilm=has.has_ilm),
        )


def _make_first(client: Elasticsearch, prefix: str, family: str) -> None:
    alias = naming.write_alias(prefix, family)
    if client.indices.exists_alias(name=alias):
        return
    _create(client, naming.first_index(prefix, family), aliases={alias: {}})


def _make(client: Elasticsearch, name: str, mappings: dict[str, Any]) -> None:
    if not client.indices.exists(index=name):
        _create(client, name, mappings=mappings)


def _create(client: Elasticsearch, name: str, **how: Any) -> None:  # noqa: ANN401  Elasticsearch's
    """Another worker may be faster: then it is there, which is all we want."""
    try:
        client.indices.create(index=name, **how)
    except BadRequestError as error:
        if error.error != "resource_already_exists_exception":
            raise


def _widen(client: Elasticsearch, prefix: str) -> str:
    """Gives new fields to the indices that are there; a changed one needs a migration."""
    try:
        client.indices.put_mapping(index=naming.articles(prefix), properties=mapping.ARTICLE_FIELDS)
    except BadRequestError as error:
        return f"; the mapping has changed: run `presswire index migrate` ({_first_cause(error)})"
    return ""


def _first_cause(error: ApiError) -> str:
    body: Any = error.body
    return str(body["error"]["reason"]) if isinstance(body, dict) else str(error)
