"""Two beats and two workers of ticks: nothing is asked for, counted or indexed twice."""

import os
import subprocess
from contextlib import ExitStack, contextmanager

from account import summary, titles, unexplained

from workers.local.worker_processes import beat_command, worker_command

PATIENCE = 240


@contextmanager
def further(here, command, name):
    """One more process beside the crew."""
    with (here.folder / "logs" / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(
            command,
            env={**os.environ, **here.environment},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        yield process
        process.terminate()
        process.wait(30)


def test_two_beats_and_two_workers_of_ticks_do_no_harm(install):
    # what keeps them apart is in Redis, so one broker tells it all
    with install("rabbitmq", size=100, hosts=5, lease_seconds=30) as here, ExitStack() as others:
        here.work()
        ticks = [
            part if part != "tick@%h" else "tick-2@%h" for part in worker_command("tick", "chaos")
        ]
        others.enter_context(further(here, ticks, "tick-2"))
        schedule = ["--schedule", str(here.folder / "beat-2")]
        second = others.enter_context(further(here, [*beat_command(), *schedule], "beat-2"))
        here.wait(lambda: "under way" not in summary(here.services, here.town.pages), PATIENCE)
        assert second.poll() is None
        assert unexplained(here.services, here.town.pages) == {}
        assert titles(here.services, here.town.outlets()) == here.town.stories()
        # every page and each outlet's feed and robots.txt once; a missing page is asked for again
        missing = sum(page.end == "not_found" for page in here.town.pages)
        assert here.town.asked <= len(here.town.pages) + 2 * len(here.town.hosts) + missing
