"""An outlet whose pages a script writes: from `presswire outlet add` to an article that is found,
through real workers and a real browser."""

import json
import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import structs

from tests.browsers import chromium
from tests.loopback_site import LoopbackSite
from workers import outlets
from workers.cli.demo import is_quiet
from workers.delivery.runner import StageRunner
from workers.periodic.dispatch import sync_feeds

pytestmark = [pytest.mark.chromium, pytest.mark.timeout(400)]

LONGEST_SECONDS = 240
PRESSWIRE = [sys.executable, "-c", "from workers.cli.main import main; main()"]
SENTENCE = "The council voted on Monday to rebuild the {n}th bridge over the river Aller. "
SHELL = """<!doctype html><html lang="en"><head><title>The Aller Gazette</title>
<script src="/app.js" defer></script></head><body><div id="root"></div></body></html>"""
APP = """
fetch("/api" + location.pathname).then((r) => r.json()).then(({ title, text }) => {
  document.title = title + " | The Aller Gazette";
  root.innerHTML = `<article><h1>${title}</h1><p>${text}</p><p>${text}</p></article>`;
});
"""


@pytest.fixture
def script_site():
    site = LoopbackSite("127.0.0.1")
    paths = [f"/news/bridge-{n}-is-rebuilt.html" for n in (1, 2)]
    links = "".join(
        f"<item><title>Bridge</title><link>{site.home.rstrip('/')}{path}</link></item>"
        for path in paths
    )
    feed = f'<rss version="2.0"><channel><title>G</title>{links}</channel></rss>'
    site.answers |= dict.fromkeys((*paths, "/"), ("text/html; charset=utf-8", SHELL))
    site.answers |= {
        "/feed.xml": ("application/rss+xml", feed),
        "/app.js": ("text/javascript", APP),
    }
    for n, path in enumerate(paths, 1):
        story = {"title": f"Bridge {n} is rebuilt", "text": SENTENCE.format(n=n) * 5}
        site.answers[f"/api{path}"] = ("application/json", json.dumps(story))
    yield site
    site.close()


@pytest.fixture
def installation(installation):
    """The same with a browser."""
    return structs.replace(installation, chromium=chromium(), chromium_sandbox=False)


@pytest.mark.parametrize("broker_url", ["valkey"], indirect=True)
def test_a_script_only_outlet_is_added_crawled_and_found(
    services, script_site, environment_of, run_workers, all_articles
):
    installation = services.settings
    environment = environment_of(installation)
    services.search.bootstrap()
    added = presswire(environment, "outlet", "add", script_site.home)
    assert "Bridge 1 is rebuilt" in added, "the sample is drawn"
    (outlet,) = outlets.load(Path(installation.outlets)).values()
    assert (outlet.render, outlet.feeds) == ("when_empty", (f"{script_site.home}feed.xml",))
    sync_feeds(StageRunner(services, lambda *_: None))
    with run_workers(installation):
        end = time.monotonic() + LONGEST_SECONDS
        while not is_quiet(services):
            assert time.monotonic() < end, (services.frontier.depth(), services.ledger.counts())
            time.sleep(0.3)
    titles = {article["title"] for article in all_articles(services).values()}
    assert titles == {"Bridge 1 is rebuilt", "Bridge 2 is rebuilt"}
    assert "Bridge 2 is rebuilt" in presswire(environment, "search", "2th bridge Aller")
    now = services.now()
    replayed = services.archive.fetched(now - timedelta(hours=1), now + timedelta(hours=1))
    assert {page.form for page in replayed} == {"rendered"}, "a replay needs no browser"


def presswire(environment, *words):
    """What a command says."""
    done = subprocess.run(
        [*PRESSWIRE, *words],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
