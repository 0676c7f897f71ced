"""A process that sends what is in the outbox, once: for tests that kill it."""

import asyncio

from workers.alerts.send import send_due_alerts
from workers.services import get_services

if __name__ == "__main__":
    asyncio.run(send_due_alerts(get_services()))
