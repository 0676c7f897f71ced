"""An entry of the quarantine goes its way again, because a person asks for it."""

import msgspec

from schemas.events import PageFound, decode
from workers.adapters.redis.quarantine import QuarantineEntry
from workers.delivery.runner import StageRunner


def requeue(runner: StageRunner, entry: QuarantineEntry) -> bool:
    """Send the event of `entry` to its stage with fresh attempts, then remove the entry.

    Returns:
        False for a message that still cannot be decoded.
    """
    try:
        event = decode(entry.event)
    except (msgspec.ValidationError, msgspec.DecodeError):
        return False
    services = runner.services
    if isinstance(event, PageFound):
        services.frontier.reschedule(event, services.now())
    else:
        runner.restart(event)
    services.quarantine.drop_entry(entry)
    return True
