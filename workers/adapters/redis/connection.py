"""One way to reach Redis: a client that waits for a lost server instead of failing."""

from typing import Any

from redis import Redis
from redis.backoff import ExponentialBackoff
from redis.exceptions import BusyLoadingError, ConnectionError, TimeoutError  # noqa: A004  redis' own
from redis.retry import Retry

# redis-py's own types answer "bytes | str" whatever the client was told
RedisClient = Any

MAX_PAUSE_SECONDS = 5.0
ANSWER_SECONDS = 10.0
RETRY_FOREVER = -1


def connect(url: str, ca_file: str = "", retries: int = RETRY_FOREVER) -> RedisClient:
    """Return a client of the server at `url` (redis:// or rediss://, with its password).

    Shared state keeps us polite and complete, so with the default `retries` every call waits until
    the server is back: intake stops, and goes on by itself. With zero a call fails at once."""
    options: dict[str, Any] = (
        {"ssl_ca_certs": ca_file} if url.startswith("rediss") and ca_file else {}
    )
    return Redis.from_url(
        url,
        retry=Retry(ExponentialBackoff(cap=MAX_PAUSE_SECONDS, base=0.05), retries),
        retry_on_error=[ConnectionError, TimeoutError, BusyLoadingError],
        socket_timeout=ANSWER_SECONDS,
        socket_connect_timeout=ANSWER_SECONDS,
        socket_keepalive=True,
        health_check_interval=30,
        **options,
    )
