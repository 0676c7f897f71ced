"""All threads of a process share one event loop."""

import subprocess
import sys

# in a process of its own, as a loop that is there already proves nothing
FIRST_ASKS = """
import asyncio, sys, threading
from workers.adapters.http.event_loop import on_loop
sys.setswitchinterval(1e-6)
barrier, loops = threading.Barrier(16), set()
async def mine():
    return id(asyncio.get_running_loop())
def ask():
    barrier.wait()
    loops.add(on_loop(mine()))
threads = [threading.Thread(target=ask) for _ in range(16)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(len(loops))
"""


def test_threads_that_ask_first_at_the_same_moment_get_the_same_loop():
    done = subprocess.run([sys.executable, "-c", FIRST_ASKS], capture_output=True, check=True)
    assert done.stdout.strip() == b"1"
