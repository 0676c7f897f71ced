"""Backfills go on: links into the frontier, ended pages into the counts. It is idempotent, and two
beats do no more than one."""

from workers.delivery.runner import StageRunner


def advance_backfills(runner: StageRunner) -> int:
    """Move links of the backfills that run into the frontier, and count how pages have ended.

    Returns:
        the number of links that were moved.
    """
    services = runner.services
    moved = 0
    for outlet in services.backfills.running():
        now = services.now()
        services.backfills.settle(outlet, services.ledger.row_prefix, now)
        moved += services.backfills.admit(outlet, services.settings.max_frontier_pages, now)
    return moved
