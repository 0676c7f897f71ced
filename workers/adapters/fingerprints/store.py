"""Fingerprints in Redis: who has printed this text, and which articles are one story."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from schemas.fingerprints import (
    Candidate,
    Claim,
    ClusterUpdate,
    EarlierAddress,
    Members,
    RegisteredAddress,
    RoundUpCandidate,
    StoredFingerprints,
)
from workers.adapters.redis.connection import RedisClient
from workers.adapters.redis.lockstep import run_all
from workers.adapters.redis.lua import ScriptRun
from workers.adapters.redis.records import RecordStore, print_of

MAX_CANDIDATES = 12
MAX_MEMBERS = 40
MAX_ADDRESSES = 32
SHORT_SECONDS = 86_400
MANY = 1_000
# what `claim.lua` answers of a known article that has moved others
_UNPUBLISHED = 2
_SCRIPTS = Path(__file__).parent / "scripts"
# verb → what its script needs beside the head
_LIBRARIES = {
    "claim": ("tables",),
    "find": ("tables", "articles"),
    "register": ("tables", "articles", "addresses"),
    "settle": ("addresses",),
    "join": ("clusters",),
    "members": ("clusters",),
    "note": ("clusters",),
    "leave": ("clusters",),
    "unpublished": ("clusters",),
}


class FingerprintStore(RecordStore):
    """The fingerprints of one deployment's articles."""

    def __init__(self, redis: RedisClient, prefix: str, window_days: int) -> None:
        super().__init__(redis, f"{prefix}:dedupe", _SCRIPTS, _LIBRARIES)
        self._story = f"{prefix}:story"
        self.window_days = window_days
        self._window = int(timedelta(days=window_days).total_seconds())

    async def claim(
        self,
        document_id: str,
        prints: tuple[Sequence[bytes], Sequence[bytes]],
        record: tuple[bytes, bytes],
    ) -> Claim:
        """Register an article; it is safe to repeat. `prints` (5 bytes each, in rising order) and
        `record` are pairs: what is kept for the window, and what is kept for a day or two.

        Returns:
            the article's number and the articles whose text may be like its own.

        Raises:
            TryAgain: the store is closed, as it is being made anew.
        """
        name = document_id.encode()
        own = print_of(name)
        lasting = sorted((*prints[0], own))
        number, at, is_known, *rest = await self._claim(
            name,
            b"".join(lasting),
            b"".join(prints[1]),
            lasting.index(own) + 1,
            *record,
            self._window,
            SHORT_SECONDS,
            MAX_CANDIDATES,
        )
        rows = zip(rest[::4], rest[1::4], rest[2::4], rest[3::4], strict=True)
        candidates = tuple(Candidate(*row) for row in rows)
        return Claim(number, int(at), bool(is_known), candidates, is_known == _UNPUBLISHED)

    async def find(self, document_id: str) -> int | None:
        """Return the number of an article that was registered; None if it is not remembered."""
        name = document_id.encode()
        number = await self._run("find", name, print_of(name), self._window, SHORT_SECONDS)
        return int(number) or None

    async def register_address(
        self, address_id: str, keys: Sequence[str], record: bytes
    ) -> RegisteredAddress:
        """Register an address under the `keys` of the numbers in it; it is safe to repeat. `record`
        is the long-term one of its article.

        Returns:
            the document that it belongs to if that is settled, else the addresses to compare with.
        """
        flat = [part for key in keys for part in (key, print_of(key.encode()))]
        document, *rest = await self._run_on(
            "register", keys, address_id, record, self._window, SHORT_SECONDS, MAX_ADDRESSES, *flat
        )
        rows = zip(rest[::3], rest[1::3], rest[2::3], strict=True)
        earlier = tuple(EarlierAddress(a.decode(), d.decode(), stored) for a, d, stored in rows)
        return RegisteredAddress(document.decode(), earlier)

    async def settle_address(self, address_id: str, keys: Sequence[str], document_id: str) -> str:
        """Settle which document a registered address belongs to.

        Returns:
            the document that holds: another one if that was settled before.
        """
        settled: bytes = await self._run_on("settle", keys, address_id, document_id)
        return settled.decode()

    async def join(self, number: int, ties: Iterable[tuple[int, int]]) -> ClusterUpdate:
        """Bring an article, the ones that it matches (number, match), and all that belong to them,
        into one cluster.

        Returns:
            the cluster's first article, and the members whose place has changed.
        """
        flat = [part for pair in ties for part in pair]
        at, first, *rest = await self._run("join", number, self._window, *flat)
        return ClusterUpdate(int(at), int(first), _stored(rest))

    async def note_openings(self, openings: Iterable[tuple[int, int]]) -> list[RoundUpCandidate]:
        """Record that articles print the openings of others (whole, part).

        Returns:
            what is known of those that print two or more.
        """
        flat = [part for pair in openings for part in pair]
        answers = await self._run("note", self._window, *flat)
        return [
            RoundUpCandidate(stories, told[0], told[1:], _stored(known))
            for stories, flat_told, known in answers
            for told in [_stored(flat_told)]
        ]

    async def members(self, number: int) -> Members:
        """Return the other members of the article's cluster."""
        has_all, *flat = await self._run("members", number, MAX_MEMBERS)
        return Members(_stored(flat), bool(has_all))

    async def leave(
        self,
        shown_by: str,
        number: int,
        stories: int,
        copies: Sequence[int],
        parts: Iterable[Sequence[int]],
    ) -> tuple[ClusterUpdate, ...]:
        """Take a round-up and its copies out of their cluster, and separate the `parts` from the
        rest; `shown_by` is the document id of the article that shows that it is one.

        Returns:
            the clusters that remain.
        """
        flat = [member for part in parts for member in (0, *part)]
        return _updates(
            await self._run("leave", shown_by, number, stories, self._window, *copies, *flat)
        )

    async def unpublished(self, document_id: str) -> tuple[ClusterUpdate, ...]:
        """Return the clusters in which the articles are now that were moved because of this one,
        and of which `confirm` has not heard."""
        return _updates(await self._run("unpublished", document_id))

    def clusters(self) -> Iterator[tuple[StoredFingerprints, StoredFingerprints]]:
        """Yield every known article with the first one of its cluster."""
        last = int(self._redis.get(f"{self._key}:n") or 0)
        for start in range(1, last + 1, MANY):
            numbers = range(start, min(start + MANY, last + 1))
            updates = run_all([self.join(number, ()) for number in numbers])
            for number, joined in zip(numbers, updates, strict=True):
                known = {each.number: each for each in joined.changed}
                if number in known and joined.first in known:
                    yield known[number], known[joined.first]

    def _run_on(self, name: str, keys: Sequence[str], *args: bytes | int | str) -> ScriptRun:
        stories = [f"{self._story}:{key}" for key in keys]
        return ScriptRun(self._scripts[name], [self._key, *stories], args)


def _updates(answer: Sequence[Any]) -> tuple[ClusterUpdate, ...]:
    at, *groups = answer
    return tuple(ClusterUpdate(int(at), int(first), _stored(rest)) for first, *rest in groups)


def _stored(flat: Sequence[Any]) -> tuple[StoredFingerprints, ...]:
    triples = zip(flat[::3], flat[1::3], flat[2::3], strict=True)
    return tuple(StoredFingerprints(*triple) for triple in triples)
