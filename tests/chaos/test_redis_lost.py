"""Redis is lost entirely while everybody works: the installation notices, waits, is rebuilt from
archive and index, and comes to the same end."""

import os
import shutil
import subprocess
import sys
import time

import pytest
from account import summary, titles, unexplained

from workers.adapters.frontier.frontier import Frontier

PRESSWIRE = [sys.executable, "-c", "from workers.cli.main import main; main()"]
LOST_AT = 0.4
PATIENCE = 240


def lose(here, names):
    """The servers of the Redis protocol come back with nothing."""
    for name in names:
        getattr(here.machines, name).stop()
        shutil.rmtree(here.folder / name)
        getattr(here.machines, name).start()


def rebuild(here):
    begun = time.monotonic()
    done = subprocess.run(
        [*PRESSWIRE, "rebuild", "--rate", "500"],
        env={**os.environ, **here.environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout, time.monotonic() - begun


@pytest.mark.parametrize("broker", ["rabbitmq", "valkey"])
def test_redis_lost_entirely_under_load_costs_no_article_and_doubles_none(install, broker):
    size = int(os.environ.get("CHAOS_PAGES", "120"))
    with install(broker, size=size, hosts=10, lease_seconds=10, dedupe_window_days=3650) as here:
        services, pages = here.services, here.town.pages
        here.work()
        # some pages are indexed then, some under way, some not asked for yet
        here.wait(lambda: here.town.asked >= LOST_AT * size, PATIENCE)
        lose(here, ["redis", "broker"] if broker == "valkey" else ["redis"])
        lost_at = time.monotonic()
        here.wait(services.memory_mark.is_lost, 60)
        noticed = time.monotonic() - lost_at
        asked = here.town.asked
        told, seconds = rebuild(here)
        asked_meanwhile = here.town.asked - asked
        here.wait(lambda: "under way" not in summary(services, pages), PATIENCE + size * 0.15)
        print(  # noqa: T201  figures
            f"\n{broker}: {size} pages, lost at {LOST_AT:.0%}; noticed after {noticed:.1f} s; "
            f"rebuilt in {seconds:.1f} s, {asked_meanwhile} requests meanwhile; all ended after "
            f"{time.monotonic() - lost_at:.0f} s; {here.town.asked} requests for "
            f"{len(pages)} pages\n{told}"
        )
        assert unexplained(services, pages) == {}
        assert titles(services, here.town.outlets()) == here.town.stories()
        assert not services.memory_mark.is_lost()
        assert "were announced and not fetched yet" in told


def test_nothing_is_fetched_before_the_memory_is_made_anew(install):
    with install("valkey", size=40, hosts=4, lease_seconds=10, dedupe_window_days=3650) as here:
        here.work()
        here.wait(lambda: "under way" not in summary(here.services, here.town.pages), PATIENCE)
        lose(here, ["redis"])
        here.wait(here.services.memory_mark.is_lost, 60)
        asked = here.town.asked
        # a whole minute's ticks: feeds are known again and due, and nobody asks for them
        here.wait(here.services.feed_schedule.reports, 90)
        time.sleep(5)
        assert here.town.asked == asked
        assert here.services.frontier.depth()["pages"] == 0
        rebuild(here)
        frontier: Frontier = here.services.frontier
        assert frontier.depth()["seen"] >= len(here.town.stories())
        here.wait(lambda: here.town.asked >= asked + len(here.town.hosts), PATIENCE)
        here.wait(here.has_asked_for_all, PATIENCE)
        assert titles(here.services, here.town.outlets()) == here.town.stories()
