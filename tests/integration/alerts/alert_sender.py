"""A process that sends what is in the outbox, for tests that kill it: once, or with a lease in
seconds as its argument again and again."""

import asyncio
import sys
import time
from datetime import timedelta

from workers.adapters.redis import outbox
from workers.alerts.evaluate import evaluate_saved_searches
from workers.alerts.send import send_due_alerts
from workers.services import get_services

if __name__ == "__main__":
    services = get_services()
    if len(sys.argv) == 1:
        asyncio.run(send_due_alerts(services))
    else:
        outbox.LEASE = timedelta(seconds=float(sys.argv[1]))
        print("ready", flush=True)  # noqa: T201  the test waits for it
    while len(sys.argv) > 1:
        evaluate_saved_searches(services)
        asyncio.run(send_due_alerts(services))
        time.sleep(0.01)
