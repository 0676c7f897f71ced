"""When a failed event is tried again: `failures.py` lets it wait so long.

A page that could not be fetched waits in the frontier instead, by the same rule
(`workers/adapters/frontier/scripts/release.lua`).
"""

from datetime import timedelta

from workers.exceptions import TryAgain

MAX_DELAY_SECONDS = 3600.0


def retry_delay(error: TryAgain, attempt: int) -> timedelta:
    """Return how long an event waits after its `attempt` (from 1) failed with `error`.

    The error names the first delay; each further attempt that counts doubles it, up to an hour
    (exponential backoff). An attempt that does not count waits the first delay again.
    """
    doublings = attempt - 1 if error.counts_as_attempt else 0
    return timedelta(seconds=min(error.after * 2**doublings, MAX_DELAY_SECONDS))
