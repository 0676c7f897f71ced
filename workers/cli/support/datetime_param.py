"""Times on the command line."""

from datetime import UTC, datetime
from typing import Any

import click


class DatetimeParam(click.ParamType[datetime]):
    """A date or time of ISO 8601, UTC where it names no zone."""

    name = "time"

    def convert(self, value: Any, param: Any, ctx: Any) -> datetime:  # noqa: ANN401  click's own
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            advice = "write it like 2026-05-31 or 2026-05-31T10:00"
            self.fail(f"{value!r} is no time; {advice}", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
