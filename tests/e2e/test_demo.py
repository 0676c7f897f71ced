"""`presswire demo` as a newcomer runs it, and as it is killed."""

import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest

from tests.e2e.analysts_page import queries_and_outlets
from workers.adapters.elasticsearch.client import SearchIndex
from workers.adapters.elasticsearch.reader import SearchReader
from workers.search.export import export_documents
from workers.search.params import SearchParams
from workers.settings import Settings

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
    reader = SearchReader(SearchIndex(settings))
    batches = export_documents(reader, SearchParams(query=query))
    return sorted({document["outlet"] for batch in batches for document in batch})


def test_the_demo_shows_what_it_indexed_and_a_search(tmp_path, environment, elasticsearch_url):
    given = environment | {"PRESSWIRE_ELASTICSEARCH_URL": elasticsearch_url}
    given["PRESSWIRE_PREFIX"] = f"demo-{environment['DEMO_MARK'][:8]}"
    done = subprocess.run(
        DEMO, cwd=tmp_path, env=given, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "27 articles" in done.stdout
    assert "Cracked Pillars Close Osthaven Harbour Bridge Until Spring" in done.stdout
    assert "search for harbour bridge" in done.stdout
    asked = queries_and_outlets()
    index = Settings(elasticsearch_url=elasticsearch_url, prefix=given["PRESSWIRE_PREFIX"])
    assert {query: outlets_found(index, query) for query in asked} == asked
    assert len(asked) >= 10
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
