"""Lookups by id, for pages and API: one article, its versions, one cluster."""

from http import HTTPStatus
from itertools import pairwise
from typing import Final

from elasticsearch import NotFoundError
from starlette.exceptions import HTTPException

from schemas.json import Json
from workers.search.article_view import with_all_fields
from workers.search.diff import compare, count_words
from workers.search.ports import execute
from workers.search.related import members_request
from workers.search.response import parse_members
from workers.site.responses import RevisionView, SideBySide, WholeCluster
from workers.site.services import SiteServices

MAX_ID_BYTES: Final = 512  # Elasticsearch's own limit


def get_article(site: SiteServices, document_id: str) -> Json:
    """Return an article's fields, without those that only serve the search box.

    Raises:
        HTTPException: there is no such article.
    """
    try:
        found = site.reader.get(document_id) if len(document_id.encode()) <= MAX_ID_BYTES else None
    except NotFoundError:
        found = None
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no article with this id.")
    return {name: value for name, value in found.items() if name != "suggest"}


def get_revisions(site: SiteServices, current: Json) -> tuple[RevisionView, ...]:
    """Return the earlier versions of an article, oldest first, each with what the next changed."""
    versions = [*site.reader.revisions(current["document_id"]), current]
    return tuple(
        RevisionView(
            fetched_at=old.get("fetched_at", ""),
            replaced_at=old.get("replaced_at", ""),
            article=old,
            changes=compare(old, new),
        )
        for old, new in pairwise(versions)
    )


def get_beside(site: SiteServices, first_id: str, second_id: str) -> SideBySide:
    """Return two articles beside each other.

    Raises:
        HTTPException: one of them is not there.
    """
    first, second = get_article(site, first_id), get_article(site, second_id)
    changes = compare(first, second)
    return SideBySide(
        with_all_fields(first),
        with_all_fields(second),
        kept=count_words(changes.paragraphs, "same"),
        cut=count_words(changes.paragraphs, "removed"),
        added=count_words(changes.paragraphs, "added"),
        changes=changes,
    )


def get_cluster(site: SiteServices, cluster_id: str) -> WholeCluster:
    """Return a cluster with its members, oldest first.

    Raises:
        HTTPException: there is no such cluster.
    """
    response = execute(site.reader, members_request(cluster_id))
    hits = response["hits"]["hits"]
    if not hits:
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no cluster with this id.")
    return WholeCluster(cluster_id, response["hits"]["total"]["value"], tuple(parse_members(hits)))
