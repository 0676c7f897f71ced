"""Keys that every process of a deployment shares, made by whichever asks first."""

import secrets

from workers.adapters.redis.connection import RedisClient

KEY_BYTES = 32


def shared_secret(redis: RedisClient, prefix: str, name: str) -> bytes:
    """Return the secret called `name`; it stays the same until it is deleted from Redis."""
    key = f"{prefix}:secret:{name}"
    redis.set(key, secrets.token_bytes(KEY_BYTES), nx=True)
    return bytes(redis.get(key))
