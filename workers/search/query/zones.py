"""Time zones: those whose days a search means, by their names of the IANA database."""

from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

UTC_ZONE: Final = ZoneInfo("UTC")
ZONE_ADVICE: Final = "give one like Europe/Berlin or UTC"
# What systems add to the database, and what the Java of Elasticsearch does not know: old short
# names, and a zone that is newer than its database.
_NO_ZONES: Final = frozenset(
    {"localtime", "Factory", "EST", "MST", "HST", "ROC", "America/Coyhaique"}
)


def find_zone(name: str) -> ZoneInfo | None:
    """Return the zone of this name, in capitals or not, or None."""
    key = _keys().get(name.strip().replace(" ", "_").lower())
    return ZoneInfo(key) if key else None


@cache
def _keys() -> dict[str, str]:
    """Return the names of the database by their lower case."""
    return {zone.lower(): zone for zone in available_timezones() - _NO_ZONES}
