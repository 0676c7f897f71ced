"""What stores of numbered articles have in common beside `records.lua` and `tables.lua`."""

from collections.abc import Iterable
from hashlib import blake2b

from workers.adapters.redis.connection import RedisClient

_MANY = 1_000


def print_of(document_id: bytes) -> bytes:
    """Return the print (5 bytes) under which an article's own id is found."""
    return blake2b(document_id, digest_size=5).digest()


def confirm_moves(redis: RedisClient, key: str, moves: Iterable[tuple[str, int]]) -> None:
    """Record that the index will be told which articles were moved because of another one, by the
    document id of that one and the moment of the move. Until then each attempt on that article
    tells it again."""
    with redis.pipeline(transaction=False) as changes:
        for document_id, at in moves:
            changes.zremrangebyscore(f"{key}:u:{document_id}", at, at)
        changes.execute()


def forget_records(redis: RedisClient, key: str) -> None:
    """Empty the store under `key`, before it is rebuilt. Numbers count on, so that a worker in the
    midst of an article finds nothing under its number instead of a stranger."""
    counters = {f"{key}:n".encode(), f"{key}:s".encode()}
    for each in redis.scan_iter(match=f"{key}:*", count=_MANY):
        if each not in counters:
            redis.unlink(each)
