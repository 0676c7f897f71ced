"""Faults that are really made: intake stops, memory stays bounded, everything goes on by itself."""

import shutil
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from account import summary, titles, unexplained
from installation import installed

MAX_IN_FLIGHT = 60
HOSTS = 6
# beyond the bound: a lease of 20 pages for each host may be on its way when it is reached
BOUND = MAX_IN_FLIGHT + 2 * 20 * HOSTS
PAGES = 350
# so many bring every worker to work once: from then on its memory should stay as it is
FIRST_PAGES = 20
QUIET_SECONDS = 4.0
PATIENCE_SECONDS = 240
GROWTH_BYTES = 200_000_000
KNOBS = {
    "max_in_flight": MAX_IN_FLIGHT,
    "lease_seconds": 10,
    "index_batch_size": 20,
    "index_wait_seconds": 0.2,
}


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    folder = tmp_path_factory.mktemp("backpressure")
    size = FIRST_PAGES + 7 * PAGES
    with installed("valkey", folder, size, HOSTS, has_small_disks=True, **KNOBS) as installation:
        installation.town.announced = frozenset()
        installation.work()
        pages = installation.bring(FIRST_PAGES)
        installation.wait(lambda: installation.ended(pages), PATIENCE_SECONDS)
        yield installation


@contextmanager
def bounded(here):
    """The workers' memory stays so meanwhile."""
    before = here.crew.memory("")
    yield
    assert here.crew.memory("") - before < GROWTH_BYTES


@contextmanager
def brought_in(here, fault):
    """Brings pages, makes the fault, waits until nothing moves any more; then for the end."""
    pages = here.bring(PAGES)
    here.wait(lambda: summary(here.services, pages)["under way"] < PAGES - 20, PATIENCE_SECONDS)
    with bounded(here), fault:
        still(here)
        yield pages
    all_well(here, pages)


def all_well(here, pages):
    """Everything ended as it must, by itself."""
    here.wait(lambda: here.ended(pages), PATIENCE_SECONDS)
    assert unexplained(here.services, pages) == {}
    assert given_up(here) == []
    assert titles(here.services, here.town.outlets()) == here.town.stories(here.brought)


def given_up(here):
    """Pages in quarantine; the feeds of this town are empty, which is a trouble of theirs."""
    return [each.url for each in here.services.quarantine.entries() if each.step != "discover"]


def still(here):
    """Returns when the town has not been asked for a while."""
    end, last, since = time.monotonic() + 60, here.town.asked, time.monotonic()
    while time.monotonic() < end and time.monotonic() - since < QUIET_SECONDS:
        time.sleep(0.2)
        if here.town.asked != last:
            last, since = here.town.asked, time.monotonic()
    assert time.monotonic() < end, "intake did not stop"


def test_a_frozen_elasticsearch_stops_intake_and_is_waited_for(here):
    with brought_in(here, here.machines.elasticsearch.frozen()) as pages:
        assert here.services.ledger.in_flight() <= BOUND
        assert summary(here.services, pages)["under way"] > 0


def test_a_full_elasticsearch_refuses_writes_and_no_article_is_given_up(here):
    folder = here.machines.elasticsearch_folder
    if not folder.is_mount():
        pytest.skip("the kernel does not let us mount a small disk")
    with bounded(here):
        with filled(folder, free=40_000_000):
            here.wait(lambda: is_blocked(here), 60)
            pages = here.bring(PAGES)
            here.wait(lambda: here.services.ledger.in_flight() >= MAX_IN_FLIGHT, PATIENCE_SECONDS)
            still(here)
            assert MAX_IN_FLIGHT <= here.services.ledger.in_flight() <= BOUND
            assert given_up(here) == []
            assert summary(here.services, pages)["indexed"] == 0
        all_well(here, pages)


def test_a_slow_elasticsearch_only_makes_all_slower(here):
    pages = here.bring(PAGES)
    with bounded(here):
        for _ in range(8):
            with here.machines.elasticsearch.frozen():
                time.sleep(1.5)
            time.sleep(0.2)
            assert here.services.ledger.in_flight() <= BOUND
        all_well(here, pages)


def test_a_lost_redis_stops_everything_until_it_is_back(here):
    pages = here.bring(PAGES)
    here.wait(lambda: summary(here.services, pages)["under way"] < PAGES - 20, PATIENCE_SECONDS)
    with bounded(here):
        here.machines.redis.stop()
        still(here)
    here.machines.redis.start()
    all_well(here, pages)


def test_a_full_disk_of_the_archive_stops_intake_and_no_page_is_given_up(here):
    archive = Path(here.services.settings.archive)
    if not archive.is_mount():
        pytest.skip("the kernel does not let us mount a small disk")
    with bounded(here):
        with filled(archive, free=0):
            pages = here.bring(PAGES)
            still(here)
            assert given_up(here) == []
        all_well(here, pages)


def test_a_memory_alarm_of_rabbitmq_stops_intake_and_nothing_is_lost(install):
    with install("rabbitmq", size=PAGES, hosts=HOSTS, **KNOBS) as here:
        here.town.announced = frozenset()
        here.work()
        with brought_in(here, memory_alarm(here)):
            assert here.services.ledger.in_flight() <= BOUND


@contextmanager
def filled(folder, free):
    """No more than `free` bytes (and a bit) are left on the disk of `folder`."""
    filler = folder / "filler"
    with suppress(OSError):
        filler.write_bytes(b"\0" * (shutil.disk_usage(folder).free - free))
    assert shutil.disk_usage(folder).free < free + 100_000
    try:
        yield
    finally:
        filler.unlink()


def is_blocked(here):
    """Elasticsearch itself has seen that its disk is full."""
    found = here.services.search.client.indices.get_settings(index="chaos-*", flat_settings=True)
    name = "index.blocks.read_only_allow_delete"
    return any(each["settings"].get(name) == "true" for each in found.values())


@contextmanager
def memory_alarm(here):
    environment = dict(
        pair.split("=", 1)
        for pair in Path(f"/proc/{here.machines.broker.pid()}/environ").read_text().split("\0")
        if "=" in pair
    )

    def mark(*words):
        control = "/usr/lib/rabbitmq/bin/rabbitmqctl"
        command = [control, "set_vm_memory_high_watermark", *words]
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)

    mark("absolute", "1MB")
    try:
        yield
    finally:
        mark("0.4")
