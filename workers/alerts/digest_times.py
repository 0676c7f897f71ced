"""When a digest is due: at an hour of its reader's clock, whatever that clock does."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from schemas.saved_search import Digest

DAYS_IN_WEEK = 7


def last_due(digest: Digest, now: datetime) -> datetime:
    """Return the latest moment at which the digest was due, in UTC: `now` or before.

    An hour that a clock leaves out in spring is that much later on that day; of an hour that it
    shows twice in autumn the first counts (PEP 495, fold=0).

    Raises:
        zoneinfo.ZoneInfoNotFoundError: the system does not know the zone.
    """
    zone = ZoneInfo(digest.zone)
    today = now.astimezone(zone).date()
    # two more days: a clock that leaves out a whole day, and an hour that is still to come
    days = (today - timedelta(days=back) for back in range(DAYS_IN_WEEK + 2))
    moments = (_moment(day, digest.hour, zone) for day in days if _is_day(digest, day))
    return next(moment for moment in moments if moment <= now)


def _is_day(digest: Digest, day: date) -> bool:
    return digest.weekday in {None, day.weekday()}


def _moment(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC)
