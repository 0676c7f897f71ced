"""An entry of the quarantine, or a rejected page, goes its way again, because a person asks for
it."""

from collections.abc import Iterable, Iterator

import msgspec

from schemas.events import PageFound, decode, messages_in
from workers.adapters.redis.quarantine import Quarantine, QuarantineEntry
from workers.delivery.runner import StageRunner
from workers.services import Services


def requeue(runner: StageRunner, entry: QuarantineEntry, store: Quarantine | None = None) -> bool:
    """Send what `entry` holds to its stage with fresh attempts, then remove the entry from its
    store, the quarantine if no other is named. It is one event, or a message of several that a
    worker of the version before could not read.

    Returns:
        False for a message that still cannot be decoded.
    """
    try:
        events = [decode(each) for each in messages_in(msgspec.json.decode(entry.event))]
    except (msgspec.ValidationError, msgspec.DecodeError):
        return False
    services = runner.services
    for event in events:
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
