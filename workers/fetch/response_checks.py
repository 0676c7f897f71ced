"""What an answer is: a page, nothing new, a passing trouble, or an end with its reason."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from schemas.events import Reason
from schemas.page import StoredPage
from workers.exceptions import PermanentFailure, TryAgain
from workers.fetch import challenges

OK = frozenset({200, 203})
NOT_MODIFIED = 304
CLIENT_ERRORS, SERVER_ERRORS = 400, 500
TRANSIENT_STATUSES = frozenset(
    {408, 423, 425, 429, 500, 502, 503, 504, 507, 509, *range(520, 531), 598, 599}
)
_REASONS = {404: Reason.NOT_FOUND, 410: Reason.GONE} | dict.fromkeys(
    (401, 402, 403, 407, 451), Reason.FORBIDDEN
)
HTML_TYPES = frozenset({"", "text/html", "application/xhtml+xml", "application/xml", "text/xml"})
# first bytes of what is sent as HTML by mistake: PDF, PNG, JPEG, GIF, ZIP, gzip, MP4, fonts
_BINARY = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"wOF")
_MISSING_PATHS = ("/404", "/error", "/notfound", "/not-found", "/page-not-found")
RETRY_SECONDS = 60.0


def check_head(status: int, headers: Mapping[str, str]) -> None:
    """Raises GiveUp for what need not be downloaded: a page that is no HTML."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if status in OK and kind not in HTML_TYPES:
        raise PermanentFailure(Reason.NOT_HTML, f"is {kind[:100]}")


def check_response(page: StoredPage) -> bool:
    """True for a page that is to be read, False for one that has not changed.

    Raises GiveUp for an end and TryAgain for what may pass.
    """
    if page.status == NOT_MODIFIED:
        return False
    _judge_status(page)
    if named := challenges.challenge_of(page.status, dict(page.headers), page.body):
        raise PermanentFailure(Reason.BOT_CHALLENGE, named)
    if not page.body.strip():
        raise PermanentFailure(Reason.BAD_RESPONSE, "an empty page")
    if page.body.startswith(_BINARY):
        raise PermanentFailure(Reason.NOT_HTML, f"begins with {page.body[:4]!r}")
    if missing := _moved_away(page):
        raise PermanentFailure(Reason.ERROR_PAGE, missing)
    return True


def _judge_status(page: StoredPage) -> None:
    status = page.status
    if status in OK:
        return
    if named := challenges.challenge_of(status, dict(page.headers), page.body):
        raise PermanentFailure(Reason.BOT_CHALLENGE, named)
    if status in TRANSIENT_STATUSES:
        raise TryAgain(f"status {status}", RETRY_SECONDS, Reason.BAD_RESPONSE)
    is_refusal = CLIENT_ERRORS <= status < SERVER_ERRORS
    default = Reason.FORBIDDEN if is_refusal else Reason.BAD_RESPONSE
    raise PermanentFailure(_REASONS.get(status, default), f"status {status}")


def _moved_away(page: StoredPage) -> str:
    """A soft 404: the redirects of an article end on the site's first page or on an error's."""
    asked, came = urlsplit(page.url), urlsplit(page.final_url)
    path = came.path.rstrip("/").lower()
    if asked.path.rstrip("/").lower() == path:
        return ""
    if not path and not came.query:
        return "redirected to the first page"
    return "redirected to an error page" if path.endswith(_MISSING_PATHS) else ""
