"""What a saved search has to tell: articles as the index has them now, sorted into stories."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import blake2b
from itertools import islice
from typing import Any, TypeVar

from msgspec.structs import replace

from schemas.alert import Alert, AlertArticle
from schemas.saved_search import SavedSearch
from workers.alerts import matching
from workers.alerts.stories import News, group_stories, show_story, single_articles
from workers.services import Services

_T = TypeVar("_T")
ARTICLES_IN_AN_ALERT = 50
STORIES_IN_A_DIGEST = 500
CLUSTERS_AT_ONCE = 500
# one slow search ends its round, and the next one begins behind it
TIMEOUT = "3s"


def ask_index(services: Services, request: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the hits of a request, all of them in time or none.

    Raises:
        TryAgain: the index does not answer in time.
        elasticsearch.ApiError: the index refuses the request.
    """
    complete = {**request, "allow_partial_search_results": False, "timeout": TIMEOUT}
    return list(services.search.search(complete)["hits"]["hits"])


def show_articles(services: Services, ids: Sequence[str]) -> Iterator[AlertArticle]:
    """Yield what alerts show of these articles, in the given order."""
    for some in _batches(ids, matching.IDS_IN_A_PAGE):
        hits = {hit["_id"]: hit for hit in ask_index(services, matching.shown(list(some)))}
        yield from (matching.article(hits[each]) for each in some if each in hits)


def find_moved(services: Services, saved: SavedSearch, now: datetime) -> list[AlertArticle]:
    """Return the articles that joined a told story lately and belong to another cluster now."""
    joined = services.outbox.joined(saved.id, now) if saved.rings == "story" else {}
    if not joined:
        return []
    found = [matching.article(hit) for hit in ask_index(services, matching.moved(joined))]
    fresh = set(services.outbox.fresh(saved.id, [each.id for each in found]))
    return [each for each in found if each.id in fresh and joined[each.id] != each.cluster_id]


def sort_news(
    services: Services,
    saved: SavedSearch,
    articles: Sequence[AlertArticle],
    waiting: Sequence[AlertArticle],
) -> News:
    """Return the articles as what the search rings for: stories that have not rung, or articles.
    Those that are `waiting` for the digest have not rung yet."""
    if saved.rings == "article":
        return single_articles(articles)
    clusters = sorted({each.cluster_id or each.id for each in articles})
    silent = {each.id for each in waiting}
    return group_stories(articles, _told_clusters(services, saved, clusters, silent))


def in_present_clusters(
    services: Services, articles: Sequence[AlertArticle]
) -> Iterator[AlertArticle]:
    """Yield the articles with the clusters that they belong to now; those that are gone keep
    theirs."""
    for some in _batches(articles, matching.IDS_IN_A_PAGE):
        hits = ask_index(services, matching.clusters_of([each.id for each in some]))
        present = {hit["_id"]: hit["_source"].get("cluster_id", "") for hit in hits}
        for each in some:
            yield replace(each, cluster_id=present.get(each.id, each.cluster_id))


def build_alerts(
    saved: SavedSearch, stories: Sequence[tuple[AlertArticle, ...]], now: datetime
) -> list[Alert]:
    """Return the alerts: the same stories for each receiver, a bounded number in each alert."""
    shown = [show_story(printings) for printings in stories]
    size = STORIES_IN_A_DIGEST if saved.digest else ARTICLES_IN_AN_ALERT
    return [
        Alert(
            id=_alert_id(saved.id, target, articles),
            search_id=saved.id,
            search_name=saved.name,
            target=target,
            at=now,
            articles=articles,
            digest=saved.digest,
            zone=saved.zone,
        )
        for articles in _batches(shown, size)
        for target in dict.fromkeys(saved.notify)
    ]


def _told_clusters(
    services: Services, saved: SavedSearch, clusters: Sequence[str], silent: set[str]
) -> set[str]:
    """Return the clusters of which this search has told a member. The first article, whose id a
    cluster has, counts even if the index does not show it any more."""
    told = services.outbox.told(saved.id, clusters) - silent
    for some in _batches(clusters, CLUSTERS_AT_ONCE):
        for members in _members(services, some):
            known = services.outbox.told(saved.id, list(members)) - silent
            told |= {members[each] for each in known}
    return told


def _members(services: Services, clusters: Sequence[str]) -> Iterator[dict[str, str]]:
    """Yield the members of clusters, page by page, as id → cluster."""
    after: list[Any] | None = None
    while True:
        hits = ask_index(services, matching.members(clusters, after))
        yield {hit["_id"]: hit["_source"]["cluster_id"] for hit in hits}
        if len(hits) < matching.IDS_IN_A_PAGE:
            return
        after = hits[-1]["sort"]


def _batches(rows: Sequence[_T], size: int) -> Iterator[tuple[_T, ...]]:
    """Yield the rows, so many at a time (Python 3.12 has it in itertools)."""
    rest = iter(rows)
    while some := tuple(islice(rest, size)):
        yield some


def _alert_id(search_id: str, target: str, articles: Sequence[AlertArticle]) -> str:
    parts = (search_id, target, *(article.id for article in articles))
    return blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()
