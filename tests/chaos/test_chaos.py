"""Every page of a town comes to a known end while its workers and servers die."""

import os
import time

import pytest
from account import found, summary, titles, unexplained
from crew import Killer

SEED = 20_260_301
KILL_SECONDS = 2.0
# the whole crew starts within about 4 s on two idle cores; on a busier machine the kills of the
# test are as much rarer, or it would only ever see workers start and die; the benchmark's are not
STARTS_IN_KILLS = 4


@pytest.mark.parametrize("broker", ["rabbitmq", "valkey"])
def test_every_page_ends_as_it_must_while_workers_and_servers_are_killed(install, broker):
    size = int(os.environ.get("CHAOS_PAGES", "200"))
    patience = 300 + size * 0.15
    hosts = max(10, size // 40)
    with install(broker, size=size, hosts=hosts, lease_seconds=10, relate_events=True) as here:
        begun, crew = time.monotonic(), here.work()
        deadly = here.town.deadly()
        here.services.frontier.add([found(deadly, "paper-0")])
        started(here)
        killer = Killer(crew, SEED, kill_seconds(time.monotonic() - begun))
        pages = here.town.pages
        for machine, share in (("broker", 0.2), ("redis", 0.4), ("elasticsearch", 0.6)):
            here.wait(lambda share=share: ended(here) >= share * len(pages), patience)
            getattr(here.machines, machine).restart()
        here.wait(lambda: ended(here) >= 0.9 * len(pages), patience)
        killer.stop()
        here.wait(lambda: "under way" not in summary(here.services, [*pages, deadly]), patience)
        told(here, broker, killer, time.monotonic() - begun)
        assert unexplained(here.services, pages) == {}
        assert titles(here.services, here.town.outlets()) == here.town.stories()
        (entry,) = [each for each in here.services.quarantine.entries() if each.url == deadly.url]
        assert (entry.step, entry.reason) == ("parse", "too_many_attempts")
        assert killer.kills > 0


def kill_seconds(start_seconds):
    """From one kill to the next."""
    told = os.environ.get("CHAOS_KILL_SECONDS")
    return float(told) if told else max(KILL_SECONDS, start_seconds / STARTS_IN_KILLS)


def told(here, broker, killer, seconds):
    """The figures of the run, shown with `pytest -s`."""
    ends = ", ".join(
        f"{number} {end}" for end, number in summary(here.services, here.town.pages).items()
    )
    twice = here.town.asked - len(here.town.pages) - 2 * len(here.town.hosts)
    print(  # noqa: T201  figures
        f"\n{broker}: {len(here.town.pages)} pages in {seconds:.0f} s: {ends}; "
        f"{killer.kills} kills, one every {killer.every:.1f} s, {here.crew.starts} worker starts, "
        f"about {max(0, twice)} requests made twice"
    )


def started(here):
    here.wait(here.services.ledger.counts, 180)


def ended(here):
    counts = here.services.ledger.counts()
    return sum(number for state, number in counts.items() if state in {"indexed", "not_found"})
