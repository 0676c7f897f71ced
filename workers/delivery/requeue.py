"""An entry of the quarantine, or a rejected page, goes its way again, because a person asks for
it."""

from collections.abc import Iterable, Iterator

import msgspec

from schemas.events import PageFound, decode
from workers.adapters.redis.quarantine import Quarantine, QuarantineEntry
from workers.delivery.runner import StageRunner
from workers.services import Services


def requeue(runner: StageRunner, entry: QuarantineEntry, store: Quarantine | None = None) -> bool:
    """Send the event of `entry` to its stage with fresh attempts, then remove the entry from its
    store, the quarantine if no other is named.

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
    (store or services.quarantine).drop_entry(entry)
    return True


def still_rejected(
    services: Services, entries: Iterable[QuarantineEntry]
) -> Iterator[QuarantineEntry]:
    """Yield those of `entries` whose pages have not come further since."""
    for entry in entries:
        row = services.ledger.row(entry.id.partition(".")[0])
        if row is None or row.state == entry.reason:
            yield entry
