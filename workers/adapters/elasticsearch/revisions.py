"""Earlier versions of an article, kept when it changes and when they come late."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from elasticsearch import Elasticsearch

from schemas.index import naming
from schemas.json import Json
from workers.adapters.elasticsearch import history
from workers.adapters.elasticsearch.bulk import Operation, operation
from workers.adapters.elasticsearch.lookup import DocumentLocation

# What can be made again from the rest need not be kept twice.
DERIVED = frozenset({"suggest", "quotes", "captions"})
MAX_REVISIONS = 1_000


def read_articles(
    client: Elasticsearch, locations: Mapping[str, DocumentLocation]
) -> dict[str, Json]:
    """Return by id the articles at these locations, with their versions."""
    if not locations:
        return {}
    requests = [{"_index": location.index, "_id": name} for name, location in locations.items()]
    answers: list[Any] = client.mget(docs=requests)["docs"]
    return {each["_id"]: _with_versions(each) for each in answers if each.get("found")}


def replaced_operations(
    prefix: str, articles: Mapping[str, Json], now: datetime
) -> dict[str, Operation]:
    """Return by id the operations that copy these articles into the revisions."""
    return {name: revision_operation(prefix, name, each, now) for name, each in articles.items()}


def late_operations(
    client: Elasticsearch, prefix: str, articles: Mapping[str, Json], now: datetime
) -> dict[str, Operation]:
    """Return by id the operations that keep versions that come late. One that is kept already may
    be known from more moments than it comes with now; an article that cannot be written as JSON is
    left out."""
    if not articles:
        return {}
    index = naming.revisions(prefix)
    requests = [{"_index": index, "_id": _row(name, each)} for name, each in articles.items()]
    answers: list[Any] = client.mget(docs=requests, source_includes=["article.versions"])["docs"]
    found = {}
    for (name, article), answer in zip(articles.items(), answers, strict=True):
        known = answer["_source"]["article"]["versions"] if answer.get("found") else []
        with suppress(TypeError, ValueError):
            complete = {**article, "versions": sorted({*known, *article["versions"]})}
            found[name] = revision_operation(prefix, name, complete, now)
    return found


def _row(document_id: str, article: Json) -> str:
    return f"{document_id}-{max(article['versions'])}"


def revision_operation(prefix: str, document_id: str, article: Json, now: datetime) -> Operation:
    """Return the operation that keeps one version of an article; the same version again takes its
    place.

    Raises:
        TypeError: the article cannot be written as JSON.
        ValueError: the same.
    """
    fields = {
        "document_id": document_id,
        "outlet": article.get("outlet"),
        "fetched_at": history.iso(max(article["versions"])),
        "replaced_at": now.isoformat(),
        "article": {key: value for key, value in article.items() if key not in DERIVED},
    }
    return operation("index", naming.revisions(prefix), _row(document_id, article), fields)


def read_revisions(
    client: Elasticsearch, prefix: str, document_id: str, current: Json | None
) -> list[Json]:
    """Return earlier versions of an article, oldest first, in the form of
    `history.earlier_versions`."""
    answer = client.search(
        index=naming.revisions(prefix),
        query={"term": {"document_id": document_id}},
        sort=[{"fetched_at": "asc"}],
        size=MAX_REVISIONS,
        allow_partial_search_results=False,
    )
    articles = [hit["_source"]["article"] for hit in answer["hits"]["hits"]]
    return history.earlier_versions(articles, current)


def read_last_revisions(
    client: Elasticsearch, prefix: str, document_ids: Sequence[str]
) -> dict[str, Json]:
    """Return by id the latest earlier version of each of these articles that has one."""
    answer = client.search(
        index=naming.revisions(prefix),
        query={"terms": {"document_id": list(document_ids)}},
        sort=[{"fetched_at": "desc"}],
        collapse={"field": "document_id"},
        size=max(1, len(document_ids)),
        allow_partial_search_results=False,
    )
    rows = [hit["_source"] for hit in answer["hits"]["hits"]]
    return {row["document_id"]: row["article"] for row in rows}


def delete_revisions(
    client: Elasticsearch, prefix: str, document_id: str, addresses: Collection[str]
) -> int:
    """Delete the earlier versions of an article that were read at one of these addresses.

    Returns:
        their number.
    """
    answer = client.search(
        index=naming.revisions(prefix),
        query={"term": {"document_id": document_id}},
        source_includes=["article.url"],
        size=MAX_REVISIONS,
    )
    foreign = [
        hit for hit in answer["hits"]["hits"] if hit["_source"]["article"].get("url") in addresses
    ]
    for hit in foreign:
        client.delete(index=hit["_index"], id=hit["_id"])
    return len(foreign)


def _with_versions(answer: Mapping[str, Any]) -> Json:
    """Return the document with its versions; one from before `versions` were kept counts as seen
    once."""
    source = dict(answer["_source"])
    return {"versions": [int(answer["_version"])], **source}
