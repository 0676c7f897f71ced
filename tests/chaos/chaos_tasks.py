"""The product's tasks, with one difference: a page with "deadly" in its address kills the process
that parses it, as a bug in a C library would."""

import os
import signal

from workers import pipeline

_parse = pipeline.parse


def parse(fetched, *services):
    if "/deadly-" in fetched.url:
        os.kill(os.getpid(), signal.SIGKILL)
    yield from _parse(fetched, *services)


pipeline.parse = parse

from workers.celery_app.tasks import app  # noqa: E402, F401  after the change
