"""beat's scheduler: it keeps nothing, so that two beats, or one that is often started again, only
fire idempotent ticks more often, and never leave one out."""

from datetime import timedelta

from celery.beat import Scheduler as CeleryScheduler

LONG_AGO = timedelta(days=1)


class Scheduler(CeleryScheduler):
    """Set as `beat_scheduler`. Celery's own would wait a tick's whole interval after each start."""

    def setup_schedule(self) -> None:
        """Every tick is due at once."""
        super().setup_schedule()
        for entry in self.schedule.values():
            entry.last_run_at = entry.default_now() - LONG_AGO
