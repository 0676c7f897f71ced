"""What is wrong with the machines around us, and not with a page."""

import errno

from redis.exceptions import RedisError, ResponseError

from workers.exceptions import TryAgain

INFRASTRUCTURE_ERRORS = (OSError, RedisError)
# a full or read-only disk, too many open files: the next page would meet the same
EXHAUSTED_RESOURCES = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ENOMEM}
)
# Redis cannot write just now; its other refusals are of a command that will not get any better
REDIS_IS_AWAY = ("BUSY", "LOADING", "MASTERDOWN", "MISCONF", "NOREPLICAS", "OOM", "READONLY")
WAIT_SECONDS = 30.0


def as_try_again(error: Exception) -> TryAgain:
    """Return `error` as a reason to wait; the attempt counts only where the event may be the
    cause."""
    return TryAgain(repr(error), WAIT_SECONDS, counts_as_attempt=not _is_environmental(error))


def _is_environmental(error: Exception) -> bool:
    if type(error) is ResponseError:  # other trouble has classes of its own
        return str(error).startswith(REDIS_IS_AWAY)
    return isinstance(error, RedisError) or getattr(error, "errno", None) in EXHAUSTED_RESOURCES
