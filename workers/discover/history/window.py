"""Which links and sitemaps are of the time that a backfill asks for."""

import calendar
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from msgspec import Struct

from workers.discover.links import Link

FIRST_YEAR = 1990
# A day in an address is that of some zone; what it dates may be a day off in another.
SLACK = timedelta(days=1)
YEAR = timedelta(days=366)
DECEMBER = 12
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_MONTH = r"(?P<month>0?[1-9]|1[0-2])"
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])"
# A day or month stands alone: what follows is no digit.
_DATES = (
    re.compile(rf"(?<!\d){_YEAR}(?P<sign>[/_-]){_MONTH}(?P=sign){_DAY}(?!\d)"),
    re.compile(rf"/{_YEAR}/{_MONTH}(?P<day>)(?=/|$)"),
    re.compile(rf"(?<!\d){_YEAR}(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?!\d)"),
    re.compile(
        rf"[?&](?:yyyy|year|y)={_YEAR}(?:&(?:mm|month|m)={_MONTH}(?:&(?:dd|day|d)={_DAY})?)?(?!\d)"
    ),
)
# A month of this form in the slug of a story may be its subject; in a sitemap's name it is none.
_MONTH_OF_SITEMAP = re.compile(rf"(?<!\d){_YEAR}[_-]?{_MONTH}(?P<day>)(?!\d)")
_YEAR_OF_SITEMAP = re.compile(rf"(?<!\d){_YEAR}(?P<month>)(?P<day>)(?!\d)")

OLDER = "older than the backfill asks for"
NEWER = "newer than the backfill asks for"


class HistoryWindow(Struct, frozen=True):
    """The time from `since` to before `until`."""

    since: datetime
    until: datetime

    def reason_to_leave(self, link: Link) -> str:
        """Return why what `link` names is outside this time, or an empty string. A page is not
        younger than its last change, and the date in an address is that of publication; what
        nothing dates is taken."""
        period = period_in_address(link.url, self.until)
        if period is not None and period[1] + SLACK <= self.since:
            return OLDER
        if period is not None and period[0] - SLACK >= self.until:
            return NEWER
        if link.last_date is not None and link.last_date < self.since:
            return OLDER
        if link.title and link.published is not None and link.published >= self.until:
            return NEWER
        return ""


def period_in_address(url: str, now: datetime) -> tuple[datetime, datetime] | None:
    """Return the day, month or year that an address names, from its beginning to before its end, or
    None if it names none up to a year after `now`."""
    path = urlsplit(url).path
    is_sitemap = "sitemap" in url.lower() or path.endswith((".xml", ".xml.gz"))
    further = (_MONTH_OF_SITEMAP, _YEAR_OF_SITEMAP) if is_sitemap else ()
    for pattern in (*_DATES, *further):
        for found in pattern.finditer(url):
            period = _period_of(found)
            if period is not None and period[0].year >= FIRST_YEAR and period[0] <= now + YEAR:
                return period
    return None


def _period_of(found: re.Match[str]) -> tuple[datetime, datetime] | None:
    year, month, day = (int(found[name] or 0) for name in ("year", "month", "day"))
    if not month:
        return datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    days = calendar.monthrange(year, month)[1]
    if day > days:
        return None
    first = datetime(year, month, day or 1, tzinfo=UTC)
    return first, first + timedelta(days=1 if day else days)
