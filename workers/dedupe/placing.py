"""An article's place among those known: its cluster, its role, and whom it moves."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from schemas.events import Role
from workers.dedupe.likeness import is_same_story
from workers.dedupe.record import Facts, Record, packed, record, unpacked
from workers.dedupe.roles import role_of
from workers.dedupe.signature import signature

Member = tuple[str, str, Role, float]


class Stored(Protocol):
    """The two parts of a record, as `workers.dedupe.record` packs them."""

    @property
    def number(self) -> int: ...
    @property
    def lasting(self) -> bytes: ...
    @property
    def fleeting(self) -> bytes: ...


class Claim(Protocol):
    @property
    def number(self) -> int: ...
    @property
    def at(self) -> int: ...
    @property
    def is_known(self) -> bool: ...
    @property
    def candidates(self) -> Sequence[Stored]: ...


class Joined(Protocol):
    @property
    def at(self) -> int: ...
    @property
    def first(self) -> int: ...
    @property
    def changed(self) -> Sequence[Stored]: ...


class Fingerprints(Protocol):
    @property
    def window_days(self) -> int: ...
    def claim(
        self, document_id: str, prints: tuple[bytes, bytes], record: tuple[bytes, bytes], /
    ) -> Claim: ...
    def join(self, number: int, others: Sequence[int], /) -> Joined: ...


class Placement(Struct, frozen=True):
    """`at` rises with every placement, so that of two about one article the later one counts;
    `moved` are the members whose cluster or role this article has changed."""

    at: int
    place: Member
    moved: tuple[Member, ...] = ()


def placed(facts: Facts, text: str, fingerprints: Fingerprints) -> Placement:
    """Registers the article, compares it and joins it to its like. May be repeated: a worker that
    dies between the two leaves an article that the next attempt, or a later twin, joins."""
    signed = signature(text)
    mine = record(facts, signed)
    parts = packed(mine)
    claim = fingerprints.claim(facts.document_id, (signed.lasting, signed.fleeting), parts)
    alike = [
        stored.number
        for stored in claim.candidates
        if is_same_story(mine, _read(stored), fingerprints.window_days)
    ]
    if not alike and not claim.is_known:
        return Placement(claim.at, _alone(facts.document_id))
    joined = fingerprints.join(claim.number, alike)
    return _placement(joined, mine)


def _placement(joined: Joined, mine: Record) -> Placement:
    """A first article has always been the first of its own, so its label stays as it was."""
    changed = [(stored.number, _read(stored)) for stored in joined.changed]
    first = next((each for number, each in changed if number == joined.first), mine)
    untold = {mine.document_id, first.document_id}
    moved = [_member(each, first) for _, each in changed if each.document_id not in untold]
    return Placement(joined.at, _member(mine, first), tuple(moved))


def _member(of: Record, first: Record) -> Member:
    return of.document_id, first.document_id, *role_of(of, first)


def _alone(document_id: str) -> Member:
    return document_id, document_id, Role.ORIGINAL, 1.0


def _read(stored: Stored) -> Record:
    return unpacked(stored.lasting, stored.fleeting)
