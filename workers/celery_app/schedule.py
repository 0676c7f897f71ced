"""When beat fires which tick. The feeds' own moments are in the feed clock, not here."""

from typing import Any

from celery.schedules import schedule

# seconds between two firings; a tick that waited longer than that is dropped, not piled up
TICKS = {
    "memory": 1.0,
    "lease": 0.5,
    "feeds": 1.0,
    "delayed": 1.0,
    "backfill": 2.0,
    "outlets": 60.0,
    "outlet_files": 2.0,
    "exhausted": 5.0,
    "sweep": 60.0,
    "forget": 60.0,
    "dead": 10.0,
    "rollover": 3600.0,
    "fence": 15.0,
    "failures": 30.0,
    "standing": 10.0,
    "notices": 5.0,
    "subscribe": 60.0,
}


def beat_schedule() -> dict[str, dict[str, Any]]:
    """Return the periodic tasks in beat's form."""
    return {
        name: {
            "task": f"tick.{name}",
            "schedule": schedule(seconds),
            "options": {"expires": max(5.0, 2 * seconds)},
        }
        for name, seconds in TICKS.items()
    }
