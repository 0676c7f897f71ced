"""The fingerprints made anew from the articles in the index, and their labels put right."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from workers.adapters.fingerprints import Fingerprints
from workers.adapters.search import Search
from workers.dedupe.placing import Member, member_of, placed
from workers.dedupe.record import Facts

Json = Mapping[str, Any]

PAGE = 500
READ = ["document_id", "title", "body", "published", "fetched_at", "outlet"]
LABEL = ["cluster_id", "role", "shared"]


def rebuilt(
    search: Search, fingerprints: Fingerprints, now: datetime, window_days: int
) -> tuple[int, int]:
    """How many articles were read, and how many got another label."""
    fingerprints.forget()
    since = (now - timedelta(days=window_days)).isoformat()
    read = 0
    for article in _articles(search, since):
        placed(_facts(article), article.get("body") or article["title"], fingerprints)
        read += 1
    return read, sum(_relabelled(search, part) for part in _settled(fingerprints))


def _articles(search: Search, since: str) -> Iterator[Json]:
    """Every article published or fetched since then, in order of time."""
    point = search.open_point()
    request: dict[str, Any] = {
        "query": {"range": {"time": {"gte": since}}},
        "sort": [{"time": "asc"}, {"_shard_doc": "asc"}],
        "_source": READ,
        "size": PAGE,
        "track_total_hits": False,
    }
    while hits := _page(search, request, point):
        yield from (hit["_source"] for hit in hits)
        request["search_after"] = hits[-1]["sort"]
    search.close_point(point)


def _page(search: Search, request: Json, point: str) -> list[Json]:
    answer = search.search({**request, "pit": {"id": point, "keep_alive": "5m"}})
    hits: list[Json] = answer["hits"]["hits"]
    return hits


def _facts(article: Json) -> Facts:
    fetched = datetime.fromisoformat(article["fetched_at"])
    printed = article.get("published")
    return Facts(
        document_id=article["document_id"],
        published=datetime.fromisoformat(printed) if printed else fetched,
        fetched=fetched,
        outlet=article["outlet"],
    )


def _settled(fingerprints: Fingerprints) -> Iterator[list[Member]]:
    members = (member_of(each, first) for each, first in fingerprints.clusters())
    while part := list(islice(members, PAGE)):
        yield part


def _relabelled(search: Search, members: Iterable[Member]) -> int:
    """Writes the labels that are not those in the index; how many there are."""
    settled = {name: (cluster, role.value, shared) for name, cluster, role, shared in members}
    request = {
        "query": {"ids": {"values": list(settled)}},
        "_source": ["document_id", *LABEL],
        "size": len(settled),
    }
    found = [hit["_source"] for hit in search.search(request)["hits"]["hits"]]
    changes = [
        (each["document_id"], *settled[each["document_id"]])
        for each in found
        if tuple(each.get(field) for field in LABEL) != settled[each["document_id"]]
    ]
    search.relabel(changes)
    return len(changes)
