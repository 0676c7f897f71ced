"""How Elasticsearch is reached, and what its troubles mean."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from elasticsearch import (
    ApiError,
    Elasticsearch,
    SerializationError,
    TransportError,
)

from workers.exceptions import TryAgain
from workers.settings import Settings

ANSWER_SECONDS = 60.0
REJECTED_STATUSES = frozenset({400, 413})
PAUSE_SECONDS = 10.0
MAX_CONNECTIONS = 32  # as many as threads of the site that may search at the same time


def connect(settings: Settings, answer_seconds: float = ANSWER_SECONDS) -> Elasticsearch:
    """Return a client for `settings.elasticsearch_url`: one address or several, comma-separated,
    each with its user and password. It waits `answer_seconds` for each answer."""
    hosts = [url.strip() for url in settings.elasticsearch_url.split(",")]
    options: dict[str, Any] = {}
    if settings.ca_file and hosts[0].startswith("https"):
        options["ca_certs"] = settings.ca_file
    return Elasticsearch(
        hosts,
        request_timeout=answer_seconds,
        max_retries=0,
        connections_per_node=MAX_CONNECTIONS,
        **options,
    )


@contextmanager
def translate_errors(what: str) -> Iterator[None]:
    """Turn errors of a whole request (no answer, too busy, no permission, no index) into TryAgain.

    Yields:
        nothing; the block runs inside.

    Raises:
        TryAgain: the request may work later.
        elasticsearch.ApiError: the server refuses this request (400, 413); it will not work later.
        elasticsearch.SerializationError: the request cannot be written as JSON.
    """
    try:
        yield
    except SerializationError:
        raise
    except TransportError as error:
        raise TryAgain(f"Elasticsearch, {what}: {error}", PAUSE_SECONDS) from error
    except ApiError as error:
        if error.status_code in REJECTED_STATUSES:
            raise
        raise TryAgain(f"Elasticsearch, {what}: {error}", PAUSE_SECONDS) from error
