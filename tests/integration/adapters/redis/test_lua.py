"""Every Lua script compiles on the real server, and no file of one is left out."""

from pathlib import Path

import pytest

from workers.adapters.fingerprints.store import FingerprintStore
from workers.adapters.frontier.backfills import Backfills
from workers.adapters.frontier.frontier import Frontier
from workers.adapters.news_events.store import NewsEventStore
from workers.adapters.redis.lua import load_script
from workers.adapters.redis.page_ledger import PageLedger

TOP = Path(__file__).parents[4] / "workers"
FILES = sorted(TOP.rglob("*.lua"))
# loaded as parts of others
SHARED = {"head", "records", "tables", "articles", "clusters", "addresses"}


class Recorder:
    """Takes the scripts that adapters register."""

    def __init__(self):
        self.scripts = []

    def register_script(self, text):
        self.scripts.append(text)


@pytest.fixture(scope="module")
def registered():
    recorder = Recorder()
    Frontier(recorder, "test")  # with its HostThrottle
    FingerprintStore(recorder, "test", 30)
    NewsEventStore(recorder, "test", 7)
    Backfills(recorder, "test")
    PageLedger(recorder, "test")
    recorder.scripts.append(load_script(TOP / "celery_app", "redis_transport"))
    return recorder.scripts


def test_every_script_compiles_on_the_server(registered, clean_redis):
    for script in registered:
        assert len(clean_redis.script_load(script)) == 40


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(TOP).as_posix())
def test_every_file_is_part_of_a_script(file, registered):
    uses = [script for script in registered if file.read_text(encoding="utf-8") in script]
    assert len(uses) == 1 or (uses and file.stem in SHARED)
