"""How often each tick runs. The feeds' own moments are in the feed clock, not here."""

from typing import Any

from celery.schedules import schedule

# seconds between two runs; a message of beat that waited longer is dropped, not piled up
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
    "unrelated": 2.0,
    "rollover": 3600.0,
    "fence": 15.0,
    "failures": 30.0,
    "standing": 10.0,
    "notices": 5.0,
    "subscribe": 60.0,
}
# what is due more often the tick's worker runs by its own clock: a message costs more than they do
BEAT_SECONDS = 10.0
OFTEN = {name: seconds for name, seconds in TICKS.items() if seconds < BEAT_SECONDS}
# their heartbeats are signs of life: of the tick's worker, and of beat, which has to send it
SIGNS_OF_LIFE = ("lease", "dead")


def beat_schedule() -> dict[str, dict[str, Any]]:
    """Return the periodic tasks in beat's form."""
    return {
        name: {
            "task": f"tick.{name}",
            "schedule": schedule(seconds),
            "options": {"expires": 2 * seconds},
        }
        for name, seconds in TICKS.items()
        if name not in OFTEN
    }
