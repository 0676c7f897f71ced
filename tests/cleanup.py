"""Removes what tests and benchmarks leave behind in Elasticsearch."""

from workers.adapters.elasticsearch.client import SearchIndex


def delete_installation(search: SearchIndex) -> None:
    """Delete the indices and templates of an installation, and close its client."""
    client, ours = search.client, f"{search.prefix}-*"
    for name in client.indices.get(index=ours).body:
        client.indices.delete(index=name)
    for found in client.indices.get_index_template(name=ours)["index_templates"]:
        client.indices.delete_index_template(name=found["name"])
    for found in client.cluster.get_component_template(name=ours)["component_templates"]:
        client.cluster.delete_component_template(name=found["name"])
    client.close()
