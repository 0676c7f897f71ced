"""What is wrong with the machines around us, and not with a page."""

import errno

from redis.exceptions import RedisError

from workers.outcomes import TryAgain

SURROUNDINGS = (OSError, RedisError)
# a full or read-only disk, too many open files: the next page would meet the same
NOBODYS_FAULT = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ENOMEM}
)
WAIT_SECONDS = 30.0


def trouble_of(error: Exception) -> TryAgain:
    """The event waits; the attempt counts only where the event may be the cause."""
    is_innocent = isinstance(error, RedisError) or getattr(error, "errno", None) in NOBODYS_FAULT
    return TryAgain(repr(error), WAIT_SECONDS, was_tried=not is_innocent)
