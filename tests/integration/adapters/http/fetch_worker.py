"""Fetch workers as processes of their own, each as Celery's threads pool runs it.

Usage: python -m tests.integration.adapters.http.fetch_worker '{"workers": 4, …}'
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context

from schemas.events import HostLeased
from schemas.outlet import Outlet, Politeness
from workers.delivery.lease import fetch_lease
from workers.delivery.runner import StageRunner
from workers.outlets import Outlets
from workers.pipeline import stage_taking
from workers.services import Services
from workers.settings import Settings


def work(settings: Settings, homes: list[str], politeness: Politeness, until: float) -> None:
    """Works off leases with a few threads until no page is left, or until the moment `until`."""
    services = Services(settings)
    found = {
        home: Outlet(name="O", home=home, language="en", id=home, politeness=politeness)
        for home in homes
    }
    services.__dict__["outlets"] = Outlets(found)
    runner = StageRunner(services, lambda _step, _event: None)

    def leases() -> None:
        while time.time() < until and services.frontier.depth()["pages"]:
            leased = services.frontier.lease(services.now(), "w", 100.0)
            if leased:
                fetch_lease(runner, stage_taking(HostLeased), leased)
            else:
                time.sleep(0.02)

    with ThreadPoolExecutor(4) as pool:
        for each in [pool.submit(leases) for _ in range(4)]:
            each.result()


def main(given: dict) -> None:
    """Starts the workers and waits for their ends; fails if one fails."""
    politeness = Politeness(given["interval"], given["concurrency"])
    until = time.time() + given["seconds"]
    shared = (Settings(**given["settings"]), given["homes"], politeness, until)
    context = get_context("fork")  # before any thread or loop was started
    started = [context.Process(target=work, args=shared) for _ in range(given["workers"])]
    for process in started:
        process.start()
    for process in started:
        process.join()
    sys.exit(any(process.exitcode for process in started))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
