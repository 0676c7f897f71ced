"""Upkeep: lost pages start again, old ones are forgotten, indices roll over.

Beat starts each of these now and then. Each is idempotent, and waits for the next time if
Elasticsearch is away.
"""

from collections.abc import Mapping
from datetime import timedelta
from itertools import islice

from workers.adapters.frontier.frontier import SEEN_SHARDS
from workers.delivery.runner import StageRunner
from workers.exceptions import TryAgain

# quarantine entries that one run exports to the index
MAX_FAILURES = 500
# lost pages that one run restarts
MAX_SWEPT = 500
# of the frontier's memory at a time: all of it in two hours
SHARDS_AT_A_TIME = SEEN_SHARDS // 128


def sweep(runner: StageRunner, depths: Mapping[str, int]) -> int:
    """Restart pages that got lost on their way from the archive. The other safeguards leave none,
    unless a sender died in between.

    Returns:
        their number.
    """
    services = runner.services
    busy = {stage for stage, depth in depths.items() if depth > 0}
    before = services.now() - timedelta(seconds=services.settings.stuck_seconds)
    again = 0
    for row in islice(services.ledger.stuck(before, busy), MAX_SWEPT):
        event = runner.decode("sweep", row.restart) if row.restart else None
        if event is not None:
            runner.publish(event)
            again += 1
    return again


def forget_old_pages(runner: StageRunner) -> int:
    """Remove pages from the frontier that no feed has named for long.

    Returns:
        their number.
    """
    services = runner.services
    before = services.now() - timedelta(days=services.settings.seen_retention_days)
    return services.frontier.forget(before, SHARDS_AT_A_TIME)


def roll_over(runner: StageRunner) -> int:
    """Start new indices where the present ones are large or old.

    Returns:
        their number.
    """
    try:
        return len(runner.services.search.roll_over())
    except TryAgain:
        return 0


def release_write_block(runner: StageRunner) -> int:
    """Remove write blocks of a migration that died in its last second.

    Returns:
        the number of indices.
    """
    try:
        return len(runner.services.search.remove_expired_write_blocks())
    except TryAgain:
        return 0


def export_failures(runner: StageRunner) -> int:
    """Write new quarantine entries into the index, for the dashboards. The last moment is exported
    twice, as more entries may have come in it.

    Returns:
        the number of entries.
    """
    services = runner.services
    entries = services.quarantine.unexported(MAX_FAILURES)
    try:
        if entries and services.search.write_failures(entries):
            services.quarantine.mark_exported(entries[-1].at)
    except TryAgain:
        return 0
    return len(entries)
