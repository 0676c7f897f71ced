"""Raw pages of the newsstand in, exactly the expected articles in Elasticsearch, on each broker."""

import time
from pathlib import Path

from workers import urls
from workers.delivery.stages import Delivery
from workers.delivery.ticks import keep_feeds
from workers.local.newsstand.expected import expected
from workers.local.newsstand.outlets import write_outlets
from workers.local.newsstand.site import newsstand
from workers.wiring import Tools

LONGEST_SECONDS = 240


def wait_until_quiet(tools: Tools) -> None:
    """Every feed looked at, nothing under way."""
    end = time.monotonic() + LONGEST_SECONDS
    while True:
        frontier = tools.frontier.depth()
        waits = frontier["pages"] - frontier["later"]
        if tools.feed_clock.all_looked_at() and not waits and not tools.ledger.under_way():
            return
        assert time.monotonic() < end, (frontier, tools.ledger.counts())
        time.sleep(0.3)


def test_pages_become_articles_once_and_wire_copies_one_cluster(
    installation, run_workers, all_articles
):
    tools = Tools(installation)
    with newsstand() as site:
        write_outlets(Path(installation.outlets), site.port)
        wanted = expected(site.editions)
        tools.search.bootstrap()
        keep_feeds(Delivery(tools, lambda *_: None))
        with run_workers():
            wait_until_quiet(tools)
            found = all_articles(tools)
    assert set(found) == set(wanted.articles)
    assert {url: article["title"] for url, article in found.items()} == {
        url: page.title for url, page in wanted.articles.items()
    }
    assert set(clusters(found)) == set(wanted.clusters)
    ends = {url: tools.ledger.row(urls.page_id(url)) for url in wanted.rejected}
    assert {url: row.state for url, row in ends.items()} == {
        url: reason.value for url, (_, reason) in wanted.rejected.items()
    }
    kept = [(each.step, each.reason, each.url, each.detail) for each in tools.quarantine.entries()]
    assert not kept


def clusters(found: dict[str, dict]) -> list[frozenset[str]]:
    """Addresses that share a cluster, for clusters of more than one."""
    members: dict[str, set[str]] = {}
    for url, article in found.items():
        members.setdefault(article["cluster_id"], set()).add(url)
    return [frozenset(urls_) for urls_ in members.values() if len(urls_) > 1]
