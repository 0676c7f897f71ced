"""Raw pages of the newsstand in, exactly the expected articles in Elasticsearch, on each broker."""

import os
import subprocess
import sys
from pathlib import Path

from workers import urls
from workers.celery_app.configuration import make_app
from workers.celery_app.topology import Topology

INGEST = [sys.executable, "-c", "from workers.cli.main import main; main()", "ingest"]


def test_pages_become_articles_once_and_wire_copies_one_cluster(services, crawl, all_articles):
    wanted = crawl()
    fetched = all_articles(services)
    # pages are fetched as announced, with the feed's counting parameters
    found = {urls.canonicalize(url): article for url, article in fetched.items()}
    assert len(found) == len(fetched)
    assert set(found) == set(wanted.articles)
    assert {url: article["title"] for url, article in found.items()} == {
        url: page.title for url, page in wanted.articles.items()
    }
    assert set(clusters(found)) == set(wanted.clusters)
    ends = {url: services.ledger.row(urls.page_id(url)) for url in wanted.rejected}
    assert {url: row.state for url, row in ends.items()} == {
        url: reason.value for url, (_, reason) in wanted.rejected.items()
    }
    kept = [
        (each.step, each.reason, each.url, each.detail) for each in services.quarantine.entries()
    ]
    assert not kept
    assert_counted(services.counters.read(), wanted)


def assert_counted(totals, wanted):
    """Every process of the prefork and thread pools has counted into one place."""
    ends = totals["outlet_pages"]
    assert sum(n for (_, end), n in ends.items() if end == "indexed") >= len(wanted.articles)
    # nothing failed, so each stage has brought as many events on as it was given, at least once
    events = totals["stage_events"]
    assert events["parse", "done"] >= len(wanted.articles)
    assert events["dedupe", "done"] == ends_of_articles(totals)
    assert sum(totals["responses"].values()) >= len(wanted.articles)
    for stage in ("discover", "fetch", "parse", "dedupe", "index"):
        assert events[stage, "done"] > 0
        assert totals["stage_message_seconds"][stage, "sum"] > 0
    delays = {bucket: n for (bucket,), n in totals["fetch_to_index_seconds"].items()}
    assert sum(n for bucket, n in delays.items() if bucket != "sum") == ends_of_articles(totals)


def ends_of_articles(totals):
    return sum(number for (_, end), number in totals["outlet_pages"].items() if end == "indexed")


def clusters(found: dict[str, dict]) -> list[frozenset[str]]:
    """Addresses that share a cluster, for clusters of more than one."""
    members: dict[str, set[str]] = {}
    for url, article in found.items():
        members.setdefault(article["cluster_id"], set()).add(url)
    return [frozenset(urls_) for urls_ in members.values() if len(urls_) > 1]


def test_what_is_ingested_before_any_worker_has_run_waits_for_them(
    installation, services, environment_of, tmp_path
):
    Path(installation.outlets).mkdir()
    services.search.bootstrap()
    page = tmp_path / "page.html"
    page.write_text("<title>A bridge opens</title><p>The bridge across the harbour is open.")
    command = [*INGEST, str(page), "--url", "https://gazette.example/bridge"]
    subprocess.run(command, env={**os.environ, **environment_of(installation)}, check=True)
    topology = Topology(installation.prefix)
    app = make_app(installation, topology)
    with app.connection_for_write() as connection:
        topology.declare(connection)
        assert topology.depths(connection)["parse"] == 1
    app.close()
