"""The embedded stack: the servers that the settings do not name, started on this machine."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Literal

from msgspec import Struct

from workers.local.elasticsearch import elasticsearch
from workers.local.processes import Started, ignore
from workers.local.rabbitmq import rabbitmq
from workers.local.valkey import valkey

BROKER = "PRESSWIRE_BROKER_URL"
REDIS = "PRESSWIRE_REDIS_URL"
ELASTICSEARCH = "PRESSWIRE_ELASTICSEARCH_URL"
ARCHIVE = "PRESSWIRE_ARCHIVE"


class StackOptions(Struct, frozen=True):
    """Ports (0 = a free one) and the broker of a stack."""

    broker: Literal["valkey", "rabbitmq"] = "valkey"
    elasticsearch_port: int = 0
    redis_port: int = 0
    broker_port: int = 0


@contextmanager
def stack(
    folder: Path,
    given: Mapping[str, str],
    wishes: StackOptions | None = None,
    started: Started = ignore,
) -> Iterator[dict[str, str]]:
    """Start the servers that `given` (environment variables) does not name, with data in `folder`;
    `started` is told of each process.

    Yields:
        the whole environment for workers and commands.

    Raises:
        LocalStackError: a server cannot be started.
    """
    wishes = wishes or StackOptions()
    folder = folder.resolve()
    environment = {k: v for k, v in given.items() if k.startswith("PRESSWIRE_")}
    environment.setdefault(ARCHIVE, str(folder / "archive"))
    with ExitStack() as servers:
        if REDIS not in environment:
            url = servers.enter_context(valkey(folder / "redis", wishes.redis_port, started))
            environment[REDIS] = f"{url}/1"
        if BROKER not in environment:
            environment[BROKER] = servers.enter_context(_broker(folder, wishes, started))
        if ELASTICSEARCH not in environment:
            url = servers.enter_context(
                elasticsearch(folder / "elasticsearch", wishes.elasticsearch_port, started=started)
            )
            environment[ELASTICSEARCH] = url
        yield environment


@contextmanager
def _broker(folder: Path, wishes: StackOptions, started: Started) -> Iterator[str]:
    if wishes.broker == "rabbitmq":
        with rabbitmq(folder / "rabbitmq", wishes.broker_port, started=started) as url:
            yield url
        return
    with valkey(folder / "broker", wishes.broker_port, started) as url:
        yield f"{url}/0"
