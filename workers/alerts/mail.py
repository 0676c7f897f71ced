"""The e-mail that tells of new articles."""

import re
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import unquote

from schemas.alert import Alert, AlertArticle
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
    mail.set_content("\n\n".join(_shown(article) for article in alert.articles) + "\n")
    return mail


def _subject(alert: Alert) -> str:
    first, *more = alert.articles
    others = f" (and {len(more)} more)" if more else ""
    line = f"{alert.search_name}: {first.title}"
    return _one_line(line)[: MAX_SUBJECT_LENGTH - len(others)] + others


def _shown(article: AlertArticle) -> str:
    about = ", ".join(part for part in (article.outlet, article.time, *article.authors) if part)
    lines = (article.title, about, article.url)
    return "\n".join(_one_line(line) for line in lines if line)


def _one_line(text: str) -> str:
    return _BREAKS.sub(" ", text).strip()
