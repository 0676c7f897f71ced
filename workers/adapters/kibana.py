"""Kibana's import, over its API."""

from typing import Any

import httpx

from workers.settings import Settings

ANSWER_SECONDS = 60.0


class KibanaError(RuntimeError):
    """Kibana did not take the objects; the message says why."""


def import_saved_objects(settings: Settings, url: str, ndjson: str, *, space: str = "") -> int:
    """Import the objects over those with the same ids. `url` may hold a user and a password.

    Returns:
        the number of imported objects.

    Raises:
        KibanaError: Kibana cannot be reached or refuses the objects.
    """
    place = f"{url.rstrip('/')}{f'/s/{space}' if space else ''}/api/saved_objects/_import"
    tls = httpx.create_ssl_context(trust_env=False)
    if settings.ca_file:
        tls.load_verify_locations(settings.ca_file)
    try:
        with httpx.Client(timeout=ANSWER_SECONDS, verify=tls, trust_env=False) as client:
            response = client.post(
                place,
                params={"overwrite": "true"},
                headers={"kbn-xsrf": "presswire"},
                files={"file": ("presswire.ndjson", ndjson.encode(), "application/ndjson")},
            )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise KibanaError(f"Kibana does not answer: {error}") from error
    return _count(response)


def _count(response: httpx.Response) -> int:
    try:
        told: Any = response.json()
    except ValueError as error:
        raise KibanaError(f"no Kibana there: answered {response.status_code}") from error
    if response.is_error or not isinstance(told, dict):
        said = told.get("message", "") if isinstance(told, dict) else ""
        raise KibanaError(f"Kibana answered {response.status_code}: {said}")
    if not told.get("success"):
        lines = (f"{each.get('id')}: {each.get('error')}" for each in told.get("errors", []))
        raise KibanaError(f"Kibana refused some: {'; '.join(lines)}")
    return int(told.get("successCount", 0))
