"""The e-mail that tells of new articles."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import unquote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from schemas.alert import Alert, AlertArticle
from schemas.article import make_aware
from workers.alerts.webhook import TargetError

MAX_SUBJECT_LENGTH = 150
_BREAKS = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_ADDRESS = re.compile(r"[^@\s,;:<>\"()\[\]\\]{1,64}@[A-Za-z0-9.-]{1,253}")


def parse_address(target: str) -> str:
    """Return the address in `mailto:ada@example.org`.

    Raises:
        TargetError: it does not hold exactly one address.
    """
    address = unquote(target.removeprefix("mailto:").partition("?")[0]).strip()
    if not _ADDRESS.fullmatch(address):
        raise TargetError("this is no e-mail address")
    try:
        return Address(addr_spec=address).addr_spec
    except (HeaderParseError, ValueError) as error:
        raise TargetError(f"this is no e-mail address: {error}") from error


def message(alert: Alert, sender: str) -> EmailMessage:
    """Return the mail; it has the same Message-ID however often it is sent.

    Raises:
        TargetError: the receiver's address is not valid.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = parse_address(alert.target)
    mail["Subject"] = _subject(alert)
    mail["Date"] = format_datetime(alert.at)
    mail["Message-ID"] = f"<{alert.id}@{sender.rpartition('@')[2].strip('> ')}>"
    mail["Auto-Submitted"] = "auto-generated"
    zone = _zone(alert)
    mail.set_content("\n\n".join(_shown(article, zone) for article in alert.articles) + "\n")
    return mail


def _zone(alert: Alert) -> ZoneInfo | None:
    """Return the reader's time zone, or None if it is not known: UTC, as most searches have it,
    was chosen by nobody."""
    name = alert.digest.zone if alert.digest else alert.zone
    try:
        return ZoneInfo(name) if alert.digest or name != "UTC" else None
    except ZoneInfoNotFoundError:
        return None


def _subject(alert: Alert) -> str:
    first, *more = alert.articles
    others = f" (and {len(more)} more)" if more else ""
    line = f"{_about(alert)}: {first.title}"
    return _one_line(line)[: MAX_SUBJECT_LENGTH - len(others)] + others


def _about(alert: Alert) -> str:
    """Return the search's name, of a digest with its day on its reader's calendar."""
    if not alert.digest:
        return alert.search_name
    day = alert.at.astimezone(_zone(alert) or UTC)
    period = "day" if alert.digest.weekday is None else "week"
    return f"{alert.search_name}, the {period} to {day.day} {day:%B %Y}"


def _shown(article: AlertArticle, zone: ZoneInfo | None) -> str:
    time = _local(article.time, zone)
    about = ", ".join(part for part in (article.outlet, time, *article.authors) if part)
    lines = (article.title, about, article.url, *_also(article))
    return "\n".join(_one_line(line) for line in lines if line)


def _also(article: AlertArticle) -> Iterator[str]:
    """Yield a line for each further printing of the story."""
    for each in article.also:
        yield f"Also: {each.outlet} {each.url}"
    if article.more:
        yield f"and {article.more} more"


def _local(time: str, zone: ZoneInfo | None) -> str:
    """Return an article's time by its reader's clock; as it is where that is not known."""
    if not (time and zone):
        return time
    local = make_aware(datetime.fromisoformat(time)).astimezone(zone)
    return f"{local.day} {local:%B %Y, %H:%M %Z}"


def _one_line(text: str) -> str:
    return _BREAKS.sub(" ", text).strip()
