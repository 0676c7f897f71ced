"""The OpenAPI document, which clients are generated from."""

import json

import pytest

from workers.settings import Settings
from workers.site.app import create_fastapi
from workers.site.openapi import PUBLISHED_NAMES
from workers.site.services import SiteServices


@pytest.fixture(scope="module")
def document():
    unused = dict.fromkeys(SiteServices.__struct_fields__)
    return create_fastapi(SiteServices(**unused | {"settings": Settings()})).openapi()


def test_schemas_keep_the_names_that_clients_know(document):
    schemas = document["components"]["schemas"]
    assert set(PUBLISHED_NAMES.values()) <= schemas.keys()
    assert not PUBLISHED_NAMES.keys() & schemas.keys()
    assert all(schemas[name]["title"] == name for name in PUBLISHED_NAMES.values())


def test_every_reference_leads_to_a_schema(document):
    text = json.dumps(document)
    names = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert names <= document["components"]["schemas"].keys()


def test_operations_keep_their_ids(document):
    ids = {
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
    }
    assert ids == {
        "search_api_search_get",
        "article_api_articles__document_id__get",
        "revisions_api_articles__document_id__revisions_get",
        "alike_api_articles__document_id__similar_get",
        "cluster_api_clusters__cluster_id__get",
        "suggest_api_suggest_get",
        "export_api_export_get",
        "counts_api_counts_get",
        "changed_articles_api_changes_get",
        "changes_by_outlet_api_changes_outlets_get",
        "copied_stories_api_copies_get",
        "told_events_api_events_get",
        "one_event_api_events__event_id__get",
        "beside_api_articles__document_id__beside__other_id__get",
        "facet_values_api_facets__name__get",
        "words_of_result_api_words_get",
        "outlets_found_api_outlets_get",
        "outlet_profile_api_outlets__outlet__get",
        "list_collections_api_collections_get",
        "put_collection_api_collections__name__put",
        "drop_collection_api_collections__name__delete",
        "list_saved_api_saved_get",
        "save_one_api_saved_post",
        "put_alerts_api_saved__saved_id__alerts_put",
        "delete_one_api_saved__saved_id__delete",
    }
