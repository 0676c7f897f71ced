"""`presswire demo` as a newcomer runs it, and as it is killed."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import uvicorn
from msgspec import structs

from tests.e2e.analysts_page import queries_and_outlets
from tests.e2e.notebook import run_notebook
from workers.adapters.elasticsearch.client import SearchIndex
from workers.adapters.elasticsearch.reader import SearchReader
from workers.search.export import export_documents
from workers.search.params import SearchParams
from workers.settings import Settings
from workers.site.app import create_app
from workers.site.services import connect_site_services

DEMO = [sys.executable, "-c", "from workers.cli.main import main; main()", "demo"]
LONGEST_SECONDS = 300
TOP = Path(__file__).parents[2]


@pytest.fixture
def environment():
    """A mark that every process of this demo inherits, and nothing else of ours."""
    others = {k: v for k, v in os.environ.items() if not k.startswith("PRESSWIRE_")}
    return {**others, "PYTHONPATH": str(TOP), "DEMO_MARK": uuid.uuid4().hex}


def marked(mark: str) -> list[str]:
    """Command lines of the living processes with this mark in their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_text(errors="replace"))
        except OSError:
            continue
    return [command for command in found if command]


def wait_for(condition, seconds=LONGEST_SECONDS):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.2)


def outlets_found(settings: Settings, query: str) -> list[str]:
    with closing(SearchIndex(settings)) as index:
        batches = export_documents(SearchReader(index), SearchParams(query=query))
        return sorted({document["outlet"] for batch in batches for document in batch})


@contextmanager
def site(settings: Settings):
    """The page of an installation, as `presswire serve` starts it; its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    app = create_app(connect_site_services(settings))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


def test_the_demo_shows_what_it_indexed_and_a_search(
    tmp_path, environment, elasticsearch_url, redis_url
):
    given = environment | {"PRESSWIRE_ELASTICSEARCH_URL": elasticsearch_url}
    given["PRESSWIRE_PREFIX"] = f"demo-{environment['DEMO_MARK'][:8]}"
    done = subprocess.run(
        DEMO, cwd=tmp_path, env=given, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "27 articles" in done.stdout
    assert "Cracked Pillars Close Osthaven Harbour Bridge Until Spring" in done.stdout
    assert "search for harbour bridge" in done.stdout
    assert "events of the day that ends" in done.stdout
    asked = queries_and_outlets()
    index = Settings(elasticsearch_url=elasticsearch_url, prefix=given["PRESSWIRE_PREFIX"])
    assert {query: outlets_found(index, query) for query in asked} == asked
    assert len(asked) >= 10
    with site(structs.replace(index, redis_url=redis_url, site_searches_per_minute=10_000)) as url:
        names = run_notebook(url, tmp_path)
    assert names["found"] == asked
    assert names["printed"][0] == "meridian-wire"
    assert (tmp_path / names["path"]).read_text("utf-8-sig").startswith("time,outlet,title")
    assert marked(environment["DEMO_MARK"]) == []


def test_a_killed_demo_leaves_no_process_behind(tmp_path, environment):
    demo = subprocess.Popen(
        DEMO, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    logs = tmp_path / ".presswire" / "demo" / "logs"
    wait_for((logs / "beat.log").exists)
    assert len(marked(environment["DEMO_MARK"])) > 10
    demo.send_signal(signal.SIGKILL)
    demo.wait()
    wait_for(lambda: marked(environment["DEMO_MARK"]) == [], 60)
