"""The product with a stage whose events do what their address says: they end, or they kill.

`python -m poisoned_stage work` is its worker, `send URL …` sends it events in one message, `drain`
does what beat has done every few seconds."""

import os
import signal
import sys
import time
from datetime import UTC, datetime

from schemas import events
from schemas.reasons import Reason
from workers import pipeline, urls

HARD_LIMIT_SECONDS = 8


class Dose(events.Event, frozen=True, tag="Dose"):
    """operator → poisoned."""

    fetched_at: datetime  # attempts are counted for each fetch


def swallow(dose):
    match dose.url.rpartition("/")[2]:
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "hang":
            time.sleep(1000)
        case "raise":
            raise ZeroDivisionError(dose.url)
        case "swell":
            raise MemoryError(dose.url)
    yield events.PageRejected(
        page_id=dose.page_id,
        outlet=dose.outlet,
        url=dose.url,
        step="poisoned",
        reason=Reason.NOT_AN_ARTICLE,
    )


events.AnyEvent |= Dose
pipeline.STAGES += (
    pipeline.StreamStage(
        name="poisoned",
        takes=(Dose,),
        pool=pipeline.Pool("prefork", prefetch=4),
        run=lambda dose, _services: swallow(dose),
    ),
)

from workers.celery_app.app import app  # noqa: E402  with the row

app.conf.task_time_limit = HARD_LIMIT_SECONDS  # before any task is made

from workers.celery_app.dead_queue import drain_dead_queue  # noqa: E402
from workers.celery_app.publishing import stage_runner  # noqa: E402
from workers.celery_app.tasks import declare_topology  # noqa: E402
from workers.local.worker_processes import worker_command  # noqa: E402

if __name__ == "__main__":
    match sys.argv[1:]:
        case ["work"]:
            command = worker_command("poisoned", os.environ["PRESSWIRE_PREFIX"], "poisoned_stage")
            os.execv(command[0], command)  # noqa: S606  its own list
        case ["send", *given]:
            declare_topology()
            now = datetime.now(UTC)
            doses = [
                Dose(page_id=urls.page_id(url), outlet="o", url=url, fetched_at=now)
                for url in given
            ]
            stage_runner().publish_all(doses)
        case ["drain"]:
            drain_dead_queue(stage_runner())
