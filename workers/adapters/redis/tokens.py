"""API tokens in Redis: only their hashes, so that who reads Redis cannot use them."""

import hmac
import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal

import msgspec
from msgspec import Struct

from workers.adapters.redis.connection import RedisClient

MARK = "pw"
SECRET_BYTES = 32
MAX_TOKEN_LENGTH = 120


TokenRole = Literal["reader", "operator"]


class ApiToken(Struct, frozen=True):
    """What is known of a token; `digest` is of its secret, which has 256 random bits: no salt and
    no slow hash would add to that. A reader searches, saves searches with alerts and names
    collections; an operator sees quarantine as well, and sends its pages again."""

    id: str
    name: str
    digest: bytes
    created: datetime
    expires: datetime | None = None
    role: TokenRole = "operator"  # those from before there were roles keep what they could


class Tokens:
    """In the hash `{prefix}:tokens`, id → JSON."""

    def __init__(self, redis: RedisClient, prefix: str) -> None:
        self._redis = redis
        self._key = f"{prefix}:tokens"

    def create(
        self, name: str, now: datetime, days: int | None = None, role: TokenRole = "reader"
    ) -> str:
        """Return a new token, shown this once: `pw_<id>_<secret>`."""
        token_id, secret = secrets.token_hex(6), secrets.token_urlsafe(SECRET_BYTES)
        expires = now + timedelta(days=days) if days else None
        token = ApiToken(token_id, name, _digest(secret), now, expires, role)
        self._redis.hset(self._key, token_id, msgspec.json.encode(token))
        return f"{MARK}_{token_id}_{secret}"

    def check(self, text: str, now: datetime) -> ApiToken | None:
        """Return the token that `text` is, or None if it is none or has expired."""
        mark, _, rest = text[:MAX_TOKEN_LENGTH].partition("_")
        token_id, _, secret = rest.partition("_")
        if mark != MARK or not (packed := self._redis.hget(self._key, token_id)):
            return None
        token = msgspec.json.decode(packed, type=ApiToken)
        is_right = hmac.compare_digest(token.digest, _digest(secret))
        is_over = token.expires is not None and token.expires <= now
        return token if is_right and not is_over else None

    def all(self) -> list[ApiToken]:
        """Return every token, oldest first."""
        packed = self._redis.hvals(self._key)
        return sorted(
            (msgspec.json.decode(each, type=ApiToken) for each in packed),
            key=lambda token: token.created,
        )

    def revoke(self, token_id: str) -> bool:
        """Remove a token.

        Returns:
            False if there was none.
        """
        return bool(self._redis.hdel(self._key, token_id))


def _digest(secret: str) -> bytes:
    return sha256(secret.encode("utf-8", "replace")).digest()
