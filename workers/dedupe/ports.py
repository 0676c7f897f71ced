"""What the dedupe stage needs of the fingerprint store."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from schemas.fingerprints import Claim, ClusterUpdate, Members, RoundUpCandidate


class Fingerprints(Protocol):
    """Each method is one atomic operation on what all workers share, and may be repeated.

    Articles are named by the number that `claim` gives them.
    """

    @property
    def window_days(self) -> int:
        """How long an article is remembered, in days."""

    def claim(
        self,
        document_id: str,
        fingerprints: tuple[Sequence[bytes], Sequence[bytes]],
        record: tuple[bytes, bytes],
        /,
    ) -> Claim:
        """Register an article; both tuples are a long-term and a short-term part. Return its
        number and the candidates to compare it with."""

    def join(self, number: int, matches: Iterable[tuple[int, int]], /) -> ClusterUpdate:
        """Join an article and those that it matches (number, `Match`) to one cluster. Return what
        changed."""

    def note_openings(self, openings: Iterable[tuple[int, int]], /) -> Sequence[RoundUpCandidate]:
        """Store that articles print the openings of others (whole, part; a negative part is no
        opening). Return the articles that print parts of two or more."""

    def members(self, number: int, /) -> Members:
        """Return the other members of the article's cluster."""

    def leave(
        self,
        number: int,
        stories: int,
        copies: Sequence[int],
        parts: Iterable[Sequence[int]],
        /,
    ) -> Sequence[ClusterUpdate]:
        """Take a round-up of so many stories and its copies out of their cluster, and make each of
        `parts` a cluster. Return the clusters that are left."""
