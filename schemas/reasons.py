"""Why a page did not become an article: the reasons that ledger, quarantine and metrics know.

A new one is a line here and a row in the runbook's table (CONTRIBUTING.md has the steps)."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a page ended before the index, or was put into quarantine: a closed list."""

    NOT_FOUND = "not_found"
    GONE = "gone"
    FORBIDDEN = "forbidden"
    ROBOTS = "robots"
    UNSAFE_ADDRESS = "unsafe_address"
    TOO_LARGE = "too_large"
    NOT_HTML = "not_html"
    BAD_TLS = "bad_tls"
    BAD_RESPONSE = "bad_response"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    UNREACHABLE = "unreachable"
    TOO_SLOW = "too_slow"
    BOT_CHALLENGE = "bot_challenge"
    ERROR_PAGE = "error_page"
    VARIANT = "variant"
    NOT_AN_ARTICLE = "not_an_article"
    NO_TITLE = "no_title"
    NO_BODY = "no_body"
    UNREADABLE = "unreadable"
    RENDER_FAILED = "render_failed"
    BAD_FEED = "bad_feed"
    FOREIGN_LINK = "foreign_link"
    EXCLUDED = "excluded"
    FRONTIER_FULL = "frontier_full"
    OUTLET_UNKNOWN = "outlet_unknown"
    INDEX_REFUSED = "index_refused"
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    BAD_MESSAGE = "bad_message"
    BUG = "bug"
