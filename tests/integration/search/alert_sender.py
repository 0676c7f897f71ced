"""A process that sends what is in the outbox, once: for tests that kill it."""

import asyncio

from workers.alerts.send import send_due
from workers.services import tools_of_process

if __name__ == "__main__":
    asyncio.run(send_due(tools_of_process()))
