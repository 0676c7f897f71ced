"""Requests for what goes with an article: its cluster, similar articles, and suggestions."""

from typing import Final

from schemas.json import Json
from workers.search.requests import HIT_FIELDS, SORT_CLAUSES, TIMEOUT

MEMBER_FIELDS: Final = ("outlet", "title", "time", "role", "shared", "url", "language")
MAX_MEMBERS_OF_HIT: Final = 4
MAX_MEMBERS: Final = 500
MAX_SIMILAR_CHARACTERS: Final = 3_000
MAX_PREFIX_LENGTH: Final = 80


def clusters_request(ids: list[str]) -> Json:
    """Return the request for size, outlets and first members of these clusters, independent of the
    query: reprints that the query does not match belong to the story too."""
    first = {
        "size": MAX_MEMBERS_OF_HIT,
        "sort": SORT_CLAUSES["oldest"],
        "_source": list(MEMBER_FIELDS),
    }
    inner = {
        "outlets": {"cardinality": {"field": "outlet", "precision_threshold": 100}},
        "first": {"top_hits": first},
    }
    return {
        "query": {"bool": {"filter": [{"terms": {"cluster_id": ids}}]}},
        "size": 0,
        "aggs": {
            "clusters": {
                "terms": {"field": "cluster_id", "size": max(1, len(ids)), "min_doc_count": 2},
                "aggs": inner,
            }
        },
        "timeout": TIMEOUT,
    }


def members_request(cluster_id: str) -> Json:
    """Return the request for the articles of one cluster, oldest first."""
    return {
        "query": {"bool": {"filter": [{"term": {"cluster_id": cluster_id}}]}},
        "sort": SORT_CLAUSES["oldest"],
        "size": MAX_MEMBERS,
        "source": list(MEMBER_FIELDS),
        "track_total_hits": True,
        "timeout": TIMEOUT,
    }


def similar_request(document: Json, size: int = 6) -> Json:
    """Return the request for other stories that share an article's significant words, one of each
    cluster."""
    like = f"{document.get('title', '')} {document.get('body', '')[:MAX_SIMILAR_CHARACTERS]}"
    more_like_this = {
        "fields": ["title", "body"],
        "like": like,
        "min_term_freq": 1,
        "min_doc_freq": 2,
    }
    own_cluster = {"term": {"cluster_id": document.get("cluster_id", "")}}
    significant = {**more_like_this, "max_query_terms": 20, "minimum_should_match": "25%"}
    return {
        "query": {"bool": {"must": [{"more_like_this": significant}], "must_not": [own_cluster]}},
        "collapse": {"field": "cluster_id"},
        "size": size,
        "source": list(HIT_FIELDS),
        "track_total_hits": False,
        "timeout": TIMEOUT,
    }


def suggest_request(start: str, size: int = 8) -> Json:
    """Return the request for titles, names, sections and tags that begin with `start`."""
    completion = {"field": "suggest", "skip_duplicates": True, "size": size}
    return {
        "suggest": {"box": {"prefix": start[:MAX_PREFIX_LENGTH], "completion": completion}},
        "source": False,
        "size": 0,
    }
