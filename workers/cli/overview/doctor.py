"""`presswire doctor`."""

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import click
from msgspec import Struct
from rich.filesize import decimal
from rich.text import Text

from workers import mypyc_loader
from workers.celery_app.schedule import SIGNS_OF_LIFE
from workers.cli.overview.sources import Picture, take
from workers.cli.overview.view import age
from workers.cli.support.services import command_services
from workers.cli.support.terminal import SafeTable, display
from workers.local.worker_processes import POOLS
from workers.pipeline import RELATE, RENDER
from workers.services import Services

MIN_FREE_BYTES = 20_000_000_000
START_BEAT = "start beat and a worker of ticks"
MAX_TICK_SILENCE = timedelta(minutes=2)
STYLES = {"well": "green", "look": "yellow", "broken": "red"}


class Finding(Struct, frozen=True):
    """What was found of a part: `state` is "well", "look" or "broken"; `fix` says what to do."""

    part: str
    state: str
    detail: str
    fix: str = ""


@click.command()
def doctor() -> None:
    """Check every part of the installation, and name for each fault what mends it.

    The exit code is 1 if something is broken.
    """
    services = command_services()
    findings = list(examine(services, take(services)))
    table = SafeTable("part", "state", "detail", "what to do")
    for finding in findings:
        state = Text(finding.state, STYLES[finding.state])
        table.add_row(finding.part, state, finding.detail, finding.fix)
    display(table)
    if any(finding.state == "broken" for finding in findings):
        sys.exit(1)


def examine(services: Services, picture: Picture) -> Iterator[Finding]:
    """Yield a finding for each part."""
    yield from _servers(picture)
    yield from _workers(services, picture)
    yield _ticks(services, picture)
    yield from _waiting(picture)
    yield _outlets(services, picture)
    yield _archive(picture)
    yield _compiled()


def _servers(picture: Picture) -> Iterator[Finding]:
    urls = {"broker": "BROKER", "redis": "REDIS", "elasticsearch": "ELASTICSEARCH"}
    for server, name in urls.items():
        reason = picture.silent.get(server)
        if reason is not None:
            fix = f"start it, or set PRESSWIRE_{name}_URL to where it is"
            yield Finding(server, "broken", f"does not answer: {reason}", fix)
        elif server == "redis" and picture.is_memory_lost:
            yield Finding(server, "broken", "has lost its memory", "presswire rebuild")
        elif server == "elasticsearch" and picture.index_health.startswith("red"):
            yield Finding(server, "broken", picture.index_health, "see the runbook")
        elif server == "elasticsearch" and not picture.counts.get("index"):
            yield Finding(server, "look", "has no index", "presswire index bootstrap")
        else:
            detail = {"redis": picture.memory, "elasticsearch": picture.index_health}
            yield Finding(server, "well", detail.get(server, "answers"))


def _workers(services: Services, picture: Picture) -> Iterator[Finding]:
    if picture.workers is None:
        return
    optional = {RENDER} if services.relates_events else {RENDER, RELATE}
    missing = [stage for stage in POOLS if not picture.workers.get(stage) and stage not in optional]
    if missing:
        fix = "presswire up, or docker compose up --detach " + " ".join(missing)
        yield Finding("workers", "broken", f"none of {', '.join(missing)} answers", fix)
    else:
        number = sum(picture.workers.values())
        yield Finding("workers", "well", f"{number} answer, of every stage that is needed")


def _ticks(services: Services, picture: Picture) -> Finding:
    if "redis" in picture.silent:
        return Finding("beat", "look", "unknown without Redis", "see Redis")
    known = services.heartbeats.last()
    missing = [name for name in SIGNS_OF_LIFE if name not in known]
    if missing:
        return Finding("beat", "broken", f"no tick {missing[0]} was ever worked on", START_BEAT)
    last = min(known[name] for name in SIGNS_OF_LIFE)
    if picture.at - last > MAX_TICK_SILENCE:
        detail = f"no tick for {age(picture.at, last)}"
        return Finding("beat", "broken", detail, START_BEAT)
    return Finding("beat", "well", f"a tick {age(picture.at, last)} ago")


def _waiting(picture: Picture) -> Iterator[Finding]:
    dead = picture.counts.get("queue", {}).get("dead", 0)
    if dead:
        fix = "a tick settles them; if they stay: presswire health beat"
        yield Finding("dead queue", "look", f"{dead:,} messages", fix)
    for stage, number in picture.waiting_in_vain.items():
        fix = "a tick hands them on without it; if they stay: presswire health beat"
        yield Finding(stage, "look", f"is off, and {number:,} pages wait for it", fix)
    render = picture.counts.get("ledger", {}).get(RENDER, 0)
    if render and picture.workers is not None and not picture.workers.get(RENDER):
        fix = "presswire up, or docker compose --profile render up --detach"
        yield Finding(RENDER, "look", f"{render:,} pages wait, and no worker of it answers", fix)
    reasons = Counter[str]()
    for kind, number in picture.quarantine.items():
        reasons[kind.rpartition(", ")[2]] += number
    if reasons:
        detail = ", ".join(f"{number:,} {reason}" for reason, number in reasons.most_common())
        reason = "bug" if "bug" in reasons else reasons.most_common(1)[0][0]
        fix = f"presswire quarantine list --reason {reason}; after the fix retry --reason {reason}"
        yield Finding("quarantine", "look", detail, fix)


def _outlets(services: Services, picture: Picture) -> Finding:
    if picture.refused:
        fix = "presswire outlet check names file, line and field"
        return Finding("outlets", "broken", f"mistakes in files: {len(picture.refused)}", fix)
    if not services.outlets:
        return Finding("outlets", "look", "there are none", "presswire outlet add URL")
    return Finding("outlets", "well", f"{len(services.outlets)}, no mistake in their files")


def _archive(picture: Picture) -> Finding:
    if picture.free_bytes is None:
        return Finding("archive", "well", "a bucket, or a folder that the first page makes")
    free = f"{decimal(picture.free_bytes)} free"
    if picture.free_bytes < MIN_FREE_BYTES:
        return Finding("archive", "look", free, "presswire archive prune --keep-days 90 --dry-run")
    return Finding("archive", "well", free)


def _compiled() -> Finding:
    if mypyc_loader.is_in_use():
        return Finding("parse stage", "well", "is compiled")
    return Finding("parse stage", "look", "is interpreted, and a third slower", "./run compile")
