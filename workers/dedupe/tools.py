"""What the step asks of the fingerprints."""

from collections.abc import Iterable, Sequence
from typing import Protocol


class Stored(Protocol):
    """The two parts of a record, as `workers.dedupe.record` packs them."""

    @property
    def number(self) -> int: ...
    @property
    def lasting(self) -> bytes: ...
    @property
    def fleeting(self) -> bytes: ...


class Candidate(Stored, Protocol):
    """An article whose text may be like another's; those of one `cluster` are joined already."""

    @property
    def cluster(self) -> int: ...


class Claim(Protocol):
    """The number that an article has been given, and whose text may be like its own."""

    @property
    def number(self) -> int: ...
    @property
    def at(self) -> int: ...
    @property
    def is_known(self) -> bool: ...
    @property
    def candidates(self) -> Sequence[Candidate]: ...


class Joined(Protocol):
    """A cluster's first article, and those whose place has changed."""

    @property
    def at(self) -> int: ...
    @property
    def first(self) -> int: ...
    @property
    def changed(self) -> Sequence[Stored]: ...


class Whole(Protocol):
    """An article, those whose openings it prints (known round-ups apart)."""

    @property
    def stories(self) -> int: ...
    @property
    def itself(self) -> Stored: ...
    @property
    def parts(self) -> Sequence[Stored]: ...
    @property
    def round_ups(self) -> Sequence[Stored]: ...


class Members(Protocol):
    """The others of an article's cluster: all of them, or the first ones."""

    @property
    def others(self) -> Sequence[Stored]: ...
    @property
    def has_all(self) -> bool: ...


class Fingerprints(Protocol):
    """Each method is one atomic change of what all workers share, and may be repeated."""

    @property
    def window_days(self) -> int: ...
    def claim(
        self,
        document_id: str,
        prints: tuple[Sequence[bytes], Sequence[bytes]],
        record: tuple[bytes, bytes],
        /,
    ) -> Claim: ...
    def join(self, number: int, ties: Iterable[tuple[int, int]], /) -> Joined: ...
    def note(self, openings: Iterable[tuple[int, int]], /) -> Sequence[Whole]: ...
    def members(self, number: int, /) -> Members: ...
    def leave(
        self,
        number: int,
        stories: int,
        copies: Sequence[int],
        parts: Iterable[Sequence[int]],
        /,
    ) -> Sequence[Joined]: ...
