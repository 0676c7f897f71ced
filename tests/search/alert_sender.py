"""A process that sends what is in the outbox, once: for tests that kill it."""

import asyncio

from workers.delivery.notices import send_due
from workers.wiring import tools_of_process

if __name__ == "__main__":
    asyncio.run(send_due(tools_of_process()))
