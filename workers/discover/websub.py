"""WebSub (W3C), the subscriber's side: which hub a feed names, how a subscription is requested, and
how the hub's messages are checked."""

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlencode

from msgspec import Struct

from schemas.page import StoredPage
from schemas.subscription import Subscription
from workers import urls
from workers.discover.feeds import Feed
from workers.discover.links import read_link_headers

REQUESTED_LEASE = timedelta(days=7)
MAX_LEASE = timedelta(days=30)
MAX_LEASE_DIGITS = 9  # 30 years in seconds
RENEW_AT_SHARE = 0.8  # of a lease: the rest is time for a hub that does not answer at once
MIN_RETRY_PAUSE = timedelta(minutes=10)
MAX_RETRY_PAUSE = timedelta(days=1)
MAX_DOUBLINGS = 10
# The longest delay that a lost push can cost; the slowest feeds are polled as rarely.
POLLING_PAUSE_SECONDS = 2 * 3600.0
# A hub has this credit after a push. Each poll that finds news takes one: the first poll finds what
# was pushed, the others what the hub failed to push.
INITIAL_CREDIT = 3
ALGORITHMS = ("sha256", "sha384", "sha512", "sha1")
MAX_URL_LENGTH = 2_000


def find_hub(feed: Feed, page: StoredPage) -> tuple[str, str]:
    """Return the hub and the topic of the feed in `page`, or two empty strings. Headers take
    precedence over the feed; without rel=self the topic is the feed's address."""
    links: dict[str, str] = {}
    for header in read_link_headers(page):
        for relation in header.relations:
            links.setdefault(relation, urls.join(page.final_url, header.url))
    hub = links.get("hub") or feed.hub or ""
    topic = links.get("self") or feed.topic or page.final_url
    return (hub, topic) if _is_usable(hub) and _is_usable(topic) else ("", "")


def _is_usable(url: str) -> bool:
    """Return whether a hub or topic can be sent as it is, in a form and in a request line."""
    is_clean = url.isascii() and url.isprintable() and " " not in url
    is_short = len(url) <= MAX_URL_LENGTH
    return is_clean and is_short and not urls.url_error(url) and not urls.has_credentials(url)


def callback_url(base: str, subscription: Subscription) -> str:
    """Return the address at which the hub reaches us."""
    return f"{base.rstrip('/')}/websub/{subscription.feed}/{subscription.key}"


def request_form(base: str, subscription: Subscription) -> bytes:
    """Return the form with which a subscription is requested from the hub."""
    fields = {
        "hub.mode": "subscribe",
        "hub.topic": subscription.topic,
        "hub.callback": callback_url(base, subscription),
        "hub.secret": subscription.secret,
        "hub.lease_seconds": int(REQUESTED_LEASE.total_seconds()),
    }
    return urlencode(fields).encode()


def retry_pause(attempts: int) -> timedelta:
    """Return how long after the `attempts`-th unconfirmed request (from 1) the next one is made."""
    return min(MAX_RETRY_PAUSE, MIN_RETRY_PAUSE * 2.0 ** min(attempts - 1, MAX_DOUBLINGS))


class HubMessage(Struct, frozen=True):
    """A hub's message about a subscription; `lease` and `challenge` count if it confirms one."""

    mode: Literal["subscribe", "denied"]
    challenge: str = ""
    lease: timedelta = REQUESTED_LEASE


def parse_hub_message(query: Mapping[str, str], subscription: Subscription) -> HubMessage | None:
    """Return what the hub says in its request to the callback, or None if we did not ask for it."""
    mode, challenge = query.get("hub.mode"), query.get("hub.challenge", "")
    if query.get("hub.topic") != subscription.topic:
        return None
    if mode == "denied":
        return HubMessage("denied")
    if mode != "subscribe" or not challenge:
        return None
    seconds = query.get("hub.lease_seconds", "")
    is_number = seconds.isascii() and seconds.isdigit() and len(seconds) <= MAX_LEASE_DIGITS
    lease = timedelta(seconds=int(seconds)) if is_number else REQUESTED_LEASE
    return HubMessage("subscribe", challenge, min(lease, MAX_LEASE))


def renew_at(lease: timedelta, now: datetime) -> datetime:
    """Return when to request the next lease; a hub with very short leases is not asked all the
    time."""
    return now + max(MIN_RETRY_PAUSE, lease * RENEW_AT_SHARE)


def is_signed(body: bytes, header: str, secret: str) -> bool:
    """Return whether `header` (X-Hub-Signature: method=hex) is the signature of `body` under
    `secret`."""
    method, _, signature = header.strip().partition("=")
    if method.lower() not in ALGORITHMS:
        return False
    expected = hmac.new(secret.encode(), body, method.lower()).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.strip().lower().encode())


def polling_pause(until: float, credit: int, now: datetime) -> float:
    """Return for how many seconds a feed need not be polled because its hub would push: 0 until the
    hub has shown that it does, after it missed news, and while the news of a push have not been
    found."""
    if not 0 < credit < INITIAL_CREDIT:
        return 0.0
    return max(0.0, min(POLLING_PAUSE_SECONDS, until - now.timestamp()))
