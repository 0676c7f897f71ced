"""What each server knows of the pipeline, asked one by one: one that does not answer costs its own
part of the picture."""

import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from kombu.exceptions import KombuError
from msgspec import Struct, field
from redis.exceptions import RedisError

from schemas.events import FeedDue
from schemas.poll import PollReport
from workers import outlets
from workers.celery_app.app import app, topology
from workers.exceptions import TryAgain
from workers.local.worker_processes import stages_named
from workers.pipeline import RELATE
from workers.services import Services

PING_SECONDS = 1.5
ANSWERS = ("green", "yellow", "red")
ResultT = TypeVar("ResultT")


class Picture(Struct):
    """The pipeline at a moment. `counts` are by place and name; `waiting_in_vain` are pages by the
    stage that is off; `silent` says of each server that did not answer why."""

    at: datetime
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    last_work: dict[str, datetime] = field(default_factory=dict)
    last_indexed: dict[str, datetime] = field(default_factory=dict)
    oldest: datetime | None = None
    workers: dict[str, int] | None = None
    quarantine: dict[str, int] = field(default_factory=dict)
    waiting_in_vain: dict[str, int] = field(default_factory=dict)
    feeds: list[tuple[FeedDue, PollReport | None]] = field(default_factory=list)
    next_polls: dict[str, datetime] = field(default_factory=dict)
    memory: str = ""
    is_memory_lost: bool = False
    free_bytes: int | None = None
    index_health: str = ""
    refused: list[str] = field(default_factory=list)
    silent: dict[str, str] = field(default_factory=dict)


def take(services: Services, *, with_workers: bool = True) -> Picture:
    """Return the picture of now; without its workers it is quicker."""
    picture = Picture(services.now())
    picture.refused = outlets.find_errors(Path(services.settings.outlets))
    _ask(picture, "broker", lambda: _see_broker(picture, with_workers=with_workers))
    _ask(picture, "redis", lambda: _see_redis(services, picture))
    _ask(picture, "elasticsearch", lambda: _see_index(services, picture))
    folder = Path(services.settings.archive)
    picture.free_bytes = shutil.disk_usage(folder).free if folder.is_dir() else None
    return picture


def _ask(picture: Picture, server: str, see: Callable[[], None]) -> None:
    try:
        see()
    except (RedisError, KombuError, OSError, TryAgain) as error:
        picture.silent[server] = str(error) or type(error).__name__


def _see_broker(picture: Picture, *, with_workers: bool) -> None:
    with app.connection_for_read() as connection:
        # again at once, and after a second: a person waits for this
        connection.ensure_connection(max_retries=2, interval_start=0, interval_step=1)
        picture.counts["queue"] = topology.all_depths(connection)
        if with_workers:
            picture.workers = count_workers(app.control.ping(timeout=PING_SECONDS))


def count_workers(answers: list[dict[str, object]] | None) -> dict[str, int]:
    """Return the number of workers that answered, by stage."""
    names = [name for answer in answers or () for name in answer]
    return dict(Counter(stage for name in names for stage in stages_named(name)))


def _see_redis(services: Services, picture: Picture) -> None:
    ledger, counts = services.ledger, picture.counts
    feeds = services.feed_schedule
    counts["frontier"] = services.frontier.depth()
    counts["ledger"] = ledger.counts()
    if not services.relates_events and RELATE in counts["ledger"]:
        picture.waiting_in_vain[RELATE] = counts["ledger"][RELATE]
    counts["waits"] = {
        "delayed": len(services.delayed_events),
        "quarantine": len(services.quarantine),
    }
    counts["backfills"] = {"running": len(services.backfills.running())}
    picture.last_work, picture.last_indexed = ledger.last_work(), ledger.last_indexed()
    picture.oldest = ledger.oldest()
    picture.quarantine = _by_words(services.quarantine.counts())
    picture.feeds, picture.next_polls = feeds.reports(), feeds.next_polls()
    picture.is_memory_lost = services.memory_mark.is_lost()
    used = services.redis.info("memory")
    picture.memory = _memory(used)


def _by_words(counts: Mapping[tuple[str, str], int]) -> dict[str, int]:
    return {f"{stage}, {reason}": number for (stage, reason), number in sorted(counts.items())}


def _memory(info: Mapping[str, object]) -> str:
    most = info.get("maxmemory_human") if info.get("maxmemory") else "no bound"
    return f"{info.get('used_memory_human')} of {most}"


def _see_index(services: Services, picture: Picture) -> None:
    picture.counts["index"] = {"articles": services.search.count()}
    picture.index_health = services.search.health()
