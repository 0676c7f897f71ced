"""The product with a sixth stage: one row with its pool, and one function. Its event is a class, as
each event is.

`python -m sixth_stage work` is its worker, `send URL` sends it an event; every other word is one of
`presswire`'s commands."""

import os
import sys

from schemas import events
from schemas.reasons import Reason
from workers import pipeline, urls


class SummaryDue(events.Event, frozen=True, tag="SummaryDue"):
    """operator → summarise."""


def summarise(due, settings):
    """The step: here it only ends the page."""
    yield events.PageRejected(
        page_id=due.page_id,
        outlet=due.outlet,
        url=due.url,
        step="summarise",
        reason=Reason.NOT_AN_ARTICLE,
        detail=f"summarised for {settings.prefix}",
    )


events.AnyEvent |= SummaryDue
pipeline.STAGES += (
    pipeline.StreamStage(
        name="summarise",
        takes=(SummaryDue,),
        pool=pipeline.Pool("threads", size=2, prefetch=3),
        run=lambda due, services: summarise(due, services.settings),
    ),
)

from workers.celery_app.publishing import stage_runner  # noqa: E402
from workers.celery_app.tasks import app, declare_topology  # noqa: E402, F401  with the row
from workers.cli.main import main  # noqa: E402
from workers.local.worker_processes import worker_command  # noqa: E402

if __name__ == "__main__":
    match sys.argv[1:]:
        case ["work"]:
            command = worker_command("summarise", os.environ["PRESSWIRE_PREFIX"], "sixth_stage")
            os.execv(command[0], command)  # noqa: S606  its own list
        case ["send", url]:
            declare_topology()
            stage_runner().publish(SummaryDue(page_id=urls.page_id(url), outlet="o", url=url))
        case _:
            main()
