"""What a response means: a page, nothing new, something that may pass, or an end with its reason.

The downloader asks `check_head` before it reads a body, and `check_challenge` before it takes a
429 or 503 for "come back later"; the step asks `check_response` about what it gets.
"""

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

from schemas.page import StoredPage
from schemas.reasons import Reason
from workers.exceptions import PermanentFailure, Refusal, TryAgain
from workers.fetch.challenges import find_challenge
from workers.fetch.mime_types import essence_of, is_markup

PAGE_STATUSES = frozenset({HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION})
# beside HTTP's own: 509, 520 to 530 and 598, 599 are those of hosting companies and proxies
TRANSIENT_STATUSES = frozenset(
    {408, 423, 425, 429, 500, 502, 503, 504, 507, 509, *range(520, 531), 598, 599}
)
_REASONS = {410: Reason.GONE} | dict.fromkeys((401, 402, 407, 451), Reason.FORBIDDEN)
# where the header says nothing, the body does
HTML_TYPES = frozenset({"", "text/html", "application/xhtml+xml", "application/xml", "text/xml"})
# first bytes of what is sent as HTML by mistake: PDF, PNG, JPEG, GIF, ZIP, gzip, fonts
_BINARY_SIGNATURES = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"wOF",
)
_ERROR_PATHS = ("/404", "/error", "/notfound", "/not-found", "/page-not-found")
# A host that fails or blocks us may do so for an hour, which 5, 10, 20 and 40 minutes outlast.
RETRY_SECONDS = 300.0
# An announcement is sometimes earlier than its page, by minutes: fewer tries, and soon.
MISSING_SECONDS, MISSING_PATIENCE = 60.0, 0.5


def check_head(status: int, headers: Mapping[str, str]) -> None:
    """Check whether the body is worth downloading.

    Raises:
        PermanentFailure: the page is not HTML.
    """
    media_type = essence_of(headers.get("content-type", ""))
    if status in PAGE_STATUSES and media_type not in HTML_TYPES:
        raise PermanentFailure(Reason.NOT_HTML, f"is {media_type[:100]}")


def check_challenge(status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Check whether the page was meant for us at all.

    Raises:
        Refusal: it is a bot challenge.
    """
    if challenge := find_challenge(status, headers, body):
        raise Refusal(Reason.BOT_CHALLENGE, challenge, RETRY_SECONDS)


def is_refusal(status: int, headers: Mapping[str, str], body: bytes) -> bool:
    """Return whether the host turns us away, which is its state and not the page's."""
    return status == HTTPStatus.FORBIDDEN or bool(find_challenge(status, headers, body))


def check_response(page: StoredPage) -> bool:
    """Return True for a page to be parsed, False for one that has not changed.

    Raises:
        PermanentFailure: there is no page to be had here.
        Refusal: the host does not give the page to us, which may pass.
        TryAgain: the server has an error that may pass.
    """
    if page.status == HTTPStatus.NOT_MODIFIED:
        return False
    check_challenge(page.status, dict(page.headers), page.body)
    _check_status(page.status)
    if page.is_cut:
        raise TryAgain("the body breaks off", RETRY_SECONDS, Reason.BAD_RESPONSE)
    if not page.body.strip():
        raise PermanentFailure(Reason.BAD_RESPONSE, "an empty page")
    if page.body.startswith(_BINARY_SIGNATURES):
        raise PermanentFailure(Reason.NOT_HTML, f"begins with {page.body[:4]!r}")
    if not essence_of(content_type_of(page)) and not is_markup(page.body):
        raise PermanentFailure(Reason.NOT_HTML, "says no type and is no markup")
    if error := _soft_404(page):
        raise PermanentFailure(Reason.ERROR_PAGE, error)
    return True


def content_type_of(page: StoredPage) -> str:
    """Return what the page's Content-Type headers say, however many there are."""
    return ", ".join(value for name, value in page.headers if name == "content-type")


def _check_status(status: int) -> None:
    if status in PAGE_STATUSES:
        return
    if status in TRANSIENT_STATUSES:
        raise TryAgain(f"status {status}", RETRY_SECONDS, Reason.BAD_RESPONSE)
    if status == HTTPStatus.FORBIDDEN:
        raise Refusal(Reason.FORBIDDEN, f"status {status}", RETRY_SECONDS)
    if status == HTTPStatus.NOT_FOUND:
        raise Refusal(Reason.NOT_FOUND, f"status {status}", MISSING_SECONDS, MISSING_PATIENCE)
    is_client_error = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    default = Reason.FORBIDDEN if is_client_error else Reason.BAD_RESPONSE
    raise PermanentFailure(_REASONS.get(status, default), f"status {status}")


def _soft_404(page: StoredPage) -> str:
    """Return why the page is a missing one although its status is 200: the redirects of an
    article ended on the site's home page or on an error page. Empty if they did not."""
    requested, final = urlsplit(page.url), urlsplit(page.final_url)
    path = final.path.rstrip("/").lower()
    asked = requested.path.rstrip("/").lower()
    if not path and not final.query and (asked or requested.query):
        return "redirected to the first page"
    if asked == path:
        return ""
    return "redirected to an error page" if path.endswith(_ERROR_PATHS) else ""
