"""The pipeline's picture as tables for a terminal."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from rich.console import Group, RenderableType
from rich.filesize import decimal
from rich.text import Text

from schemas.events import FeedDue
from schemas.poll import PollReport
from workers.adapters.redis.memory_mark import LOST
from workers.cli.overview.sources import Picture
from workers.cli.support import feed_report
from workers.cli.support.terminal import SafeTable
from workers.discover.poll_log import explain_trouble
from workers.local.worker_processes import POOLS
from workers.terminal_text import terminal_safe

MAX_TROUBLES = 30
MAX_SILENT_OUTLETS = 20
SILENT_AFTER = timedelta(days=1)


def draw(picture: Picture, before: Picture | None = None) -> RenderableType:
    """Return the whole picture; with rates, if there is an earlier one."""
    return Group(
        _stages(picture), _places(picture, before), _resources(picture), *_sentences(picture)
    )


def _stages(picture: Picture) -> SafeTable:
    table = SafeTable("stage", "workers", "wait", "last work", title="stages")
    depths = picture.counts.get("queue", {})
    for stage in (*POOLS, "dead"):
        alive = "?" if picture.workers is None else str(picture.workers.get(stage, 0))
        last = picture.last_work.get(stage)
        table.add_row(
            stage,
            "" if stage == "dead" else alive,
            f"{depths[stage]:,}" if stage in depths else "?",
            age(picture.at, last) if last else "",
        )
    return table


def _places(picture: Picture, before: Picture | None) -> SafeTable:
    table = SafeTable("where", "what", "how many", "a minute")
    for where, counts in picture.counts.items():
        if where == "queue":
            continue
        for what, number in counts.items():
            table.add_row(where, what, f"{number:,}", _rate(picture, before, where, what))
    for kind, number in picture.quarantine.items():
        table.add_row("quarantine", kind, f"{number:,}", "")
    for state, number in feed_report.count_feeds(picture.feeds).items():
        table.add_row("feeds", state, f"{number:,}", "")
    return table


def _rate(picture: Picture, before: Picture | None, where: str, what: str) -> str:
    if before is None or where != "ledger":
        return ""
    minutes = (picture.at - before.at).total_seconds() / 60
    grown = picture.counts[where][what] - before.counts.get(where, {}).get(what, 0)
    return f"{grown / minutes:+,.0f}" if grown and minutes else ""


def _resources(picture: Picture) -> SafeTable:
    table = SafeTable("resource", "state", show_header=False, box=None)
    nothing = "?" if "redis" in picture.silent else "nothing is under way"
    oldest = age(picture.at, picture.oldest) if picture.oldest else nothing
    table.add_row("longest under way", oldest)
    table.add_row("Redis", picture.memory or "?")
    table.add_row("Elasticsearch", picture.index_health or "?")
    free = "a bucket, or not there yet" if picture.free_bytes is None else "free: "
    table.add_row("archive", free + (decimal(picture.free_bytes) if picture.free_bytes else ""))
    return table


def _sentences(picture: Picture) -> Iterator[Text]:
    for server, reason in picture.silent.items():
        yield Text(terminal_safe(f"{server} does not answer: {reason}"), "red")
    if picture.is_memory_lost:
        yield Text(LOST, "red")
    for stage, number in picture.waiting_in_vain.items():
        line = f"{stage} is off, and {number:,} pages wait for it: a tick hands them on without it"
        yield Text(line, "yellow")
    for line in picture.refused:
        yield Text(terminal_safe(f"refused, the last good state stays in force: {line}"), "yellow")
    silent = sorted(_silent_outlets(picture))
    for outlet, line in silent[:MAX_SILENT_OUTLETS]:
        yield Text(terminal_safe(f"{outlet}: {line}"))
    troubles = list(feed_report.describe_troubles(picture.feeds))
    for line in troubles[:MAX_TROUBLES]:
        yield Text(terminal_safe(line))
    left = max(0, len(troubles) - MAX_TROUBLES) + max(0, len(silent) - MAX_SILENT_OUTLETS)
    if left:
        yield Text(f"… and {left} lines more; --json has all")


def _silent_outlets(picture: Picture) -> Iterator[tuple[str, str]]:
    """Yield outlets that are polled and have brought nothing for a day, and since when."""
    for outlet in {due.outlet for due, _ in picture.feeds}:
        last = picture.last_indexed.get(outlet)
        if last is not None and picture.at - last > SILENT_AFTER:
            yield outlet, f"nothing indexed for {age(picture.at, last)}"


def draw_outlet(picture: Picture, outlet: str) -> RenderableType:
    """Return what is known of one outlet: its feeds with their last and next polls."""
    last = picture.last_indexed.get(outlet)
    indexed = f"last indexed {age(picture.at, last)} ago" if last else "nothing indexed yet"
    table = SafeTable("source", "last poll", "own", "new", "usually", "next poll", "trouble")
    for due, report in picture.feeds:
        if due.outlet == outlet:
            table.add_row(*_feed_cells(picture, due, report))
    return Group(Text(terminal_safe(f"{outlet}: {indexed}")), table)


def _feed_cells(picture: Picture, due: FeedDue, report: PollReport | None) -> tuple[str, ...]:
    again = picture.next_polls.get(due.page_id)
    coming = until(picture.at, again) if again else "paused"
    if report is None:
        return f"{due.kind} {due.url}", "never", "", "", "", coming, ""
    return (
        f"{due.kind} {due.url}",
        f"{age(picture.at, report.at)} ago",
        str(report.own),
        str(report.new),
        f"{report.usual_own:.0f}",
        coming,
        explain_trouble(report),
    )


def age(now: datetime, then: datetime) -> str:
    """Return how long ago a moment is: `5 s`, `12 min`, `3 h`, `4 d`."""
    seconds = max(0, int((now - then).total_seconds()))
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"


def until(now: datetime, then: datetime) -> str:
    """Return in how long a moment is; `now` if it has come."""
    return f"in {age(then, now)}" if then > now else "now"
