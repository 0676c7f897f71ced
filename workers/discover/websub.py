"""WebSub (W3C), the subscriber's side: which hub a feed names, what it is asked, and whether what
it sends can be believed."""

import hmac
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlencode, urljoin

from msgspec import Struct

from schemas.page import StoredPage
from schemas.subscription import Subscription
from workers import urls
from workers.discover.feeds import Feed

LEASE = timedelta(days=7)
MAX_LEASE = timedelta(days=30)
RENEWED_AT = 0.8  # of a lease: what is left is time for a hub that does not answer at once
MIN_PAUSE = timedelta(minutes=10)
MAX_PAUSE = timedelta(days=1)
# What a lost push costs at most: as rarely the slowest of the polled feeds are looked at.
POLLING_PAUSE_SECONDS = 2 * 3600.0
# A hub has this credit when it pushed. Each look that finds news costs one: the first is the
# pushed one, the others found what the hub did not tell.
CREDIT = 3
ALGORITHMS = ("sha256", "sha384", "sha512", "sha1")
MAX_URL_LENGTH = 2_000
MAX_HEADER_LENGTH = 4_000
_LINK = re.compile(r'<([^<>]*)>((?:[^,"<]|"[^"]*")*)')
_PARAMETER = re.compile(r';\s*([\w*-]+)\s*=\s*("[^"]*"|[^\s;,"]*)')


def hub_of(feed: Feed, page: StoredPage) -> tuple[str, str]:
    """Return the hub and the topic of the feed in `page`, or two empty strings. Headers take
    precedence over the feed; without rel=self the topic is the feed's address."""
    named: dict[str, str] = {}
    for relation, url in _links(page):
        named.setdefault(relation, _joined(page.final_url, url))
    hub = named.get("hub") or feed.hub or ""
    topic = named.get("self") or feed.topic or page.final_url
    return (hub, topic) if _is_usable(hub) and _is_usable(topic) else ("", "")


def _links(page: StoredPage) -> Iterator[tuple[str, str]]:
    """Yield relations and targets of the Link headers (RFC 8288)."""
    for name, value in page.headers:
        if name == "link":
            for url, parameters in _LINK.findall(value[:MAX_HEADER_LENGTH]):
                named = {key.lower(): given for key, given in _PARAMETER.findall(parameters)}
                relations = named.get("rel", "").strip('"').lower().split()
                yield from ((relation, url.strip()) for relation in relations)


def _joined(base: str, url: str) -> str:
    try:
        return urljoin(base, url)
    except ValueError:
        return ""


def _is_usable(url: str) -> bool:
    """Return whether a hub or topic can be sent as it is, in a form and in a request line."""
    is_clean = url.isascii() and url.isprintable() and " " not in url
    is_short = len(url) <= MAX_URL_LENGTH
    return is_clean and is_short and not urls.url_error(url) and not urls.has_credentials(url)


def callback(base: str, wanted: Subscription) -> str:
    """Return the address at which the hub reaches us."""
    return f"{base.rstrip('/')}/websub/{wanted.feed}/{wanted.key}"


def request(base: str, wanted: Subscription) -> bytes:
    """Return the form with which a subscription is requested from the hub."""
    fields = {
        "hub.mode": "subscribe",
        "hub.topic": wanted.topic,
        "hub.callback": callback(base, wanted),
        "hub.secret": wanted.secret,
        "hub.lease_seconds": int(LEASE.total_seconds()),
    }
    return urlencode(fields).encode()


def pause(times: int) -> timedelta:
    """Return how long after the `times`-th unconfirmed request (from 1) the next one is made."""
    return min(MAX_PAUSE, MIN_PAUSE * 2.0 ** min(times - 1, 10))


class HubMessage(Struct, frozen=True):
    """What a hub says of a subscription; `lease` is set where it confirms one."""

    mode: Literal["subscribe", "denied"]
    challenge: str = ""
    lease: timedelta = LEASE


def parse_hub_message(query: Mapping[str, str], asked: Subscription) -> HubMessage | None:
    """Return what the hub says in its request to the callback, or None if we did not ask for it."""
    mode, challenge = query.get("hub.mode"), query.get("hub.challenge", "")
    if query.get("hub.topic") != asked.topic:
        return None
    if mode == "denied":
        return HubMessage("denied")
    if mode != "subscribe" or not challenge:
        return None
    given = query.get("hub.lease_seconds", "")
    is_number = given.isascii() and given.isdigit() and len(given) < 10  # noqa: PLR2004  30 years
    lease = timedelta(seconds=int(given)) if is_number else LEASE
    return HubMessage("subscribe", challenge, min(lease, MAX_LEASE))


def renewal(lease: timedelta, now: datetime) -> datetime:
    """Return when to request the next lease; a hub with very short leases is not asked all the
    time."""
    return now + max(MIN_PAUSE, lease * RENEWED_AT)


def is_signed(body: bytes, header: str, secret: str) -> bool:
    """Return whether `header` (X-Hub-Signature: method=hex) is the signature of `body` under
    `secret`."""
    method, _, given = header.strip().partition("=")
    if method.lower() not in ALGORITHMS:
        return False
    expected = hmac.new(secret.encode(), body, method.lower()).hexdigest()
    return hmac.compare_digest(expected.encode(), given.strip().lower().encode())


def polling_pause(until: float, credit: int, now: datetime) -> float:
    """Return for how many seconds a feed need not be polled because its hub would push: 0 until the
    hub has shown that it does, after it missed news, and while the news of a push have not been
    found."""
    if not 0 < credit < CREDIT:
        return 0.0
    return max(0.0, min(POLLING_PAUSE_SECONDS, until - now.timestamp()))
