"""One article, its versions, one cluster: what pages and API look up by id."""

from elasticsearch import NotFoundError
from starlette.exceptions import HTTPException

from schemas.json import Json
from workers.search.diff import compare
from workers.search.ports import answer_of
from workers.search.related import members_request
from workers.search.response import cluster_members
from workers.site.responses import RevisionView, WholeCluster
from workers.site.services import SiteServices


def document(site: SiteServices, document_id: str) -> Json:
    """Return an article's fields.

    Raises:
        HTTPException: there is no such article.
    """
    try:
        found = site.reader.get(document_id) if len(document_id.encode()) <= 512 else None  # noqa: PLR2004  Elasticsearch's own bound
    except NotFoundError:
        found = None
    if found is None:
        raise HTTPException(404, "There is no article with this id.")
    return {name: value for name, value in found.items() if name != "suggest"}


def history(site: SiteServices, now: Json) -> tuple[RevisionView, ...]:
    """Return an article's earlier versions with their changes."""
    earlier = list(site.reader.revisions(now["document_id"]))
    return tuple(
        RevisionView(
            fetched_at=old.get("fetched_at", ""),
            replaced_at=old.get("replaced_at", ""),
            article=old,
            changes=compare(old, new),
        )
        for old, new in zip(earlier, [*earlier[1:], now], strict=True)
    )


def whole_cluster(site: SiteServices, cluster_id: str) -> WholeCluster:
    """Return a cluster's articles.

    Raises:
        HTTPException: there is no such cluster.
    """
    answer = answer_of(site.reader, members_request(cluster_id))
    hits = answer["hits"]["hits"]
    if not hits:
        raise HTTPException(404, "There is no cluster with this id.")
    return WholeCluster(cluster_id, answer["hits"]["total"]["value"], tuple(cluster_members(hits)))
