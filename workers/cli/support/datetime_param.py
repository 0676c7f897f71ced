"""A click parameter: a date or time."""

from datetime import datetime
from typing import Any

import click

from schemas.article import make_aware


class DatetimeParam(click.ParamType[datetime]):
    """A date or time of ISO 8601; without a time zone, UTC is meant."""

    name = "time"

    def convert(self, value: Any, param: Any, ctx: Any) -> datetime:  # noqa: ANN401  click's own
        """Return the time with its zone; click reports text that is not a time."""
        if isinstance(value, datetime):
            return value
        try:
            time = datetime.fromisoformat(value)
        except ValueError:
            advice = "write it like 2026-05-31 or 2026-05-31T10:00"
            self.fail(f"{value!r} is not a time; {advice}", param, ctx)
        return make_aware(time)
