"""The request that tells a webhook of new articles, signed so that it can be believed."""

import hmac
from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import urlsplit

import msgspec

from schemas.alert import Alert

VERSION = 1
MAX_AGE_SECONDS = 300


class TargetError(ValueError):
    """A receiver that cannot be told anything; the message says why."""


def signing_key(secret: bytes, search_id: str) -> str:
    """Return the key of one saved search, which its owner gives to the receiver."""
    return hmac.new(secret, f"webhook:{search_id}".encode(), sha256).hexdigest()


def body(alert: Alert) -> bytes:
    """Return the alert as JSON, the same bytes however often it is sent."""
    told: dict[str, object] = {
        "version": VERSION,
        "id": alert.id,
        "search": {"id": alert.search_id, "name": alert.search_name},
        "at": alert.at,
        "articles": alert.articles,
    }
    if alert.digest:
        told["digest"] = alert.digest
    return msgspec.json.encode(told)


def headers(key: str, alert: Alert, content: bytes, now: int) -> dict[str, str]:
    """Return the headers. None of their values comes from an article or from what a user wrote."""
    return {
        "Content-Type": "application/json",
        "Content-Length": str(len(content)),
        "Idempotency-Key": alert.id,
        "Presswire-Signature": f"t={now},v1={signature(key, content, now)}",
    }


def signature(key: str, content: bytes, at: int) -> str:
    """Return the HMAC-SHA256 of the moment and the body, in hex."""
    return hmac.new(key.encode(), f"{at}.".encode() + content, sha256).hexdigest()


def is_genuine(key: str, header: str, content: bytes, now: int) -> bool:
    """Return whether `content` comes from us and is not a copy of an old alert. It is the reference
    for receivers."""
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    if not parts.get("t", "").isdigit() or abs(now - int(parts["t"])) > MAX_AGE_SECONDS:
        return False
    return hmac.compare_digest(signature(key, content, int(parts["t"])), parts.get("v1", ""))


def checked(url: str) -> str:
    """Return `url` if webhooks may be sent there.

    Raises:
        TargetError: they may not; the message says why.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise TargetError(f"this address cannot be read: {error}") from error
    if any(ord(sign) <= ord(" ") or ord(sign) == 127 for sign in url):  # noqa: PLR2004  DEL
        raise TargetError("an address holds no spaces or control characters")
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise TargetError("a webhook begins with https:// or http://")
    if parts.username is not None or parts.password is not None:
        raise TargetError("a webhook's address carries no user or password")
    return url


def mapping_of(fields: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Return headers as bytes.

    Raises:
        TargetError: a header would begin another line.
    """
    for name, value in fields.items():
        if any(sign in name + value for sign in "\r\n\0"):
            raise TargetError(f"{name} holds a line break")
    return [(name.encode("ascii"), value.encode("ascii")) for name, value in fields.items()]
