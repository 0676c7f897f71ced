"""What time it is: the one place that asks, so that tests can set it; and times as stores keep
them."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment, in UTC."""
    return datetime.now(UTC)


def to_milliseconds(moment: datetime) -> int:
    """Return `moment` in milliseconds since 1970, cut off to a whole number."""
    return int(moment.timestamp() * 1000)
