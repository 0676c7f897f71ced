"""What the step asks of the fingerprints."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from schemas.fingerprints import Claim, Joined, Members, RoundUpCandidate


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
    def note(self, openings: Iterable[tuple[int, int]], /) -> Sequence[RoundUpCandidate]: ...
    def members(self, number: int, /) -> Members: ...
    def leave(
        self,
        number: int,
        stories: int,
        copies: Sequence[int],
        parts: Iterable[Sequence[int]],
        /,
    ) -> Sequence[Joined]: ...
