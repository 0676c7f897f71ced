"""What had failed goes its way again."""

import msgspec

from schemas.events import PageFound, decode
from workers.adapters.redis.quarantine import Entry
from workers.delivery.runner import Delivery


def retry(delivery: Delivery, entry: Entry) -> bool:
    """Sends the event of `entry` to its stage with fresh attempts, then forgets the entry; False
    for a message that still cannot be read."""
    try:
        event = decode(entry.event)
    except (msgspec.ValidationError, msgspec.DecodeError):
        return False
    tools = delivery.tools
    if isinstance(event, PageFound):
        tools.frontier.again(event, tools.now())
    else:
        delivery.start_again(event)
    tools.quarantine.drop_this(entry)
    return True
