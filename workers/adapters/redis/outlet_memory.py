"""What outlets' files said without a mistake, for processes that start while one has a mistake."""

import logging
from collections.abc import Mapping

import msgspec
from redis.exceptions import RedisError

from schemas.outlet import Outlet
from workers.adapters.redis.connection import RedisClient

log = logging.getLogger(__name__)


class OutletMemory:
    """The outlets in force, as JSON, in the hash `{prefix}:outlets`."""

    def __init__(self, redis: RedisClient, prefix: str) -> None:
        self._redis = redis
        self._key = f"{prefix}:outlets"
        self._saved: dict[str, Outlet] | None = None

    def load(self) -> dict[str, Outlet]:
        """Return the outlets by id; none if Redis does not answer."""
        try:
            stored = self._redis.hgetall(self._key)
        except RedisError as error:
            log.warning("the outlets' last good state cannot be read: %r", error)
            return {}
        return {name.decode(): outlet for name, raw in stored.items() if (outlet := _decode(raw))}

    def save(self, outlets: Mapping[str, Outlet]) -> None:
        """Keep the outlets in force in the place of those before."""
        if self._saved == outlets:
            return
        fields = {name: msgspec.json.encode(outlet) for name, outlet in outlets.items()}
        with self._redis.pipeline(transaction=True) as change:
            change.delete(self._key)
            if fields:
                change.hset(self._key, mapping=fields)
            change.execute()
        self._saved = dict(outlets)


def _decode(raw: bytes) -> Outlet | None:
    """Return the outlet, or None if another version has written it in another form."""
    try:
        return msgspec.json.decode(raw, type=Outlet)
    except (msgspec.ValidationError, msgspec.DecodeError):
        return None
