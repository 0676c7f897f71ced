"""The archive alone makes the same index again."""

import os
import subprocess
import sys
import time

import pytest

from workers.services import Services

LONGEST_SECONDS = 180
REPLAY = [sys.executable, "-c", "from workers.cli.main import main; main()", "replay"]


@pytest.fixture
def replayed(empty_twin, run_workers, environment_of):
    """Replays the archive into the twin, until as many pages as `pages` have ended."""

    services = Services(empty_twin)

    def to_the_end(pages: int) -> Services:
        services.search.bootstrap()
        with run_workers(empty_twin):
            subprocess.run(REPLAY, env={**os.environ, **environment_of(empty_twin)}, check=True)
            end = time.monotonic() + LONGEST_SECONDS
            while sum(services.ledger.counts().values()) < pages or services.ledger.in_flight():
                assert time.monotonic() < end, services.ledger.counts()
                time.sleep(0.3)
        return services

    yield to_the_end
    services.close()


@pytest.mark.parametrize("broker_url", ["valkey"], indirect=True)
def test_a_replay_into_a_new_index_gives_the_same_documents(
    services, crawl, replayed, all_articles
):
    wanted = crawl(shared=[("discover", "fetch"), ("parse", "dedupe")])
    first = all_articles(services)
    second = all_articles(replayed(len(wanted.articles)))
    assert set(second) == set(first)
    assert [(url, what) for url in first for what in differences(first[url], second[url])] == []


def differences(one: dict, other: dict) -> list[tuple]:
    """Fields of two documents that differ, but for the moments of their way through the stages."""
    names = (one.keys() | other.keys()) - {"judged_at", "indexed_at", "delay_seconds"}
    return [
        (name, one.get(name), other.get(name))
        for name in sorted(names)
        if one.get(name) != other.get(name)
    ]
