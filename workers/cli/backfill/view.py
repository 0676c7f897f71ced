"""What a backfill has done and what is left, in lines for people."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from schemas.backfill import BackfillReport
from workers.terminal_text import terminal_safe

MAX_FAILED = 10
SECONDS_IN_MINUTE = 60
DAYS_IN_WORDS = timedelta(days=2)


def describe(report: BackfillReport, now: datetime) -> Iterator[str]:
    """Yield lines that say how far a backfill is, when it may be over, and what it left out."""
    plan = report.plan
    state: str = report.state
    if report.finished is not None:
        state = f"finished {report.finished:%Y-%m-%d %H:%M} UTC"
    yield f"{plan.outlet}: {plan.since:%Y-%m-%d} to {plan.until:%Y-%m-%d}: {state}"
    yield (
        f"  sources: {report.sources_read:,} read, {report.sources_left:,} left, "
        f"{report.sources_failed:,} could not be read"
    )
    yield (
        f"  links: {report.links:,} found: {report.new:,} new, {report.known:,} known already, "
        f"{report.waiting:,} wait"
    )
    yield f"  pages: {report.done:,} of {report.new:,} have ended{_ends(report)}"
    if report.state != "finished":
        yield f"  {describe_rest(report, now)}"
    yield from (f"  left out: {each}" for each in _left_out(report))
    for part in report.failed[:MAX_FAILED]:
        yield terminal_safe(f"  not read: {part.url}: {part.reason}: {part.detail}")
    if report.sources_failed > MAX_FAILED:
        yield f"  … and {report.sources_failed - MAX_FAILED:,} more could not be read"


def describe_rest(report: BackfillReport, now: datetime) -> str:
    """Return what is left, at which rate it ends, and when it may be over."""
    left = f"{report.left:,} pages left"
    if report.sources_left:
        left += f", unread sources: {report.sources_left:,}"
    seconds = report.seconds_left
    if report.state == "finished":
        return "finished"
    if report.state == "stopped":
        return f"{left}; stopped: the same command goes on"
    if seconds is None:
        return f"{left}; no estimate yet"
    end = now + timedelta(seconds=seconds)
    return (
        f"{left}; {_rate(report.rate)}; over about {end:%Y-%m-%d %H:%M} UTC, "
        f"in {_duration(timedelta(seconds=seconds))}"
    )


def _ends(report: BackfillReport) -> str:
    ends = sorted(report.ends.items(), key=lambda each: -each[1])
    words = ", ".join(f"{number:,} {name}" for name, number in ends)
    return f": {words}" if words else ""


def _left_out(report: BackfillReport) -> Iterator[str]:
    for left in sorted(report.left_out, key=lambda each: -each.number):
        yield terminal_safe(f"{left.number:,} {left.why}, such as {left.url}")


def _rate(rate: float) -> str:
    return f"{rate:.1f} pages/s" if rate >= 1 else f"{rate * SECONDS_IN_MINUTE:.1f} pages/min"


def _duration(time: timedelta) -> str:
    if time >= DAYS_IN_WORDS:
        return f"{time / timedelta(days=1):.1f} days"
    minutes = round(time.total_seconds() / SECONDS_IN_MINUTE)
    return f"{minutes // 60} h {minutes % 60:02} min"
