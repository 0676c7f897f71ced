"""What the dedupe stage needs of the fingerprint store."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from schemas.fingerprints import Claim, ClusterUpdate, Members, RegisteredAddress, RoundUpCandidate
from schemas.outlet import Outlet


class Outlets(Protocol):
    """The known outlets."""

    def get(self, outlet_id: str, /) -> Outlet | None:
        """Return the outlet, or None if it is unknown."""


class Fingerprints(Protocol):
    """Each coroutine is one atomic operation on what all workers share, and may be repeated. What
    the articles of one message wait for travels together.

    Articles are named by the number that `claim` gives them.
    """

    @property
    def window_days(self) -> int:
        """How long an article is remembered, in days."""

    async def register_address(
        self, address_id: str, keys: Sequence[str], record: bytes, /
    ) -> RegisteredAddress:
        """Register an address under its story keys, with the long-term record of its article.
        Return the document it belongs to, or the addresses to compare it with."""

    async def settle_address(
        self, address_id: str, keys: Sequence[str], document_id: str, /
    ) -> str:
        """Settle which document a registered address belongs to. Return the one that holds."""

    async def claim(
        self,
        document_id: str,
        fingerprints: tuple[Sequence[bytes], Sequence[bytes]],
        record: tuple[bytes, bytes],
        /,
    ) -> Claim:
        """Register an article; both tuples are a long-term and a short-term part. Return its
        number and the candidates to compare it with."""

    async def join(self, number: int, matches: Iterable[tuple[int, int]], /) -> ClusterUpdate:
        """Join an article and those that it matches (number, `Match`) to one cluster. Return what
        changed."""

    async def note_openings(
        self, openings: Iterable[tuple[int, int]], /
    ) -> Sequence[RoundUpCandidate]:
        """Store that articles print the openings of others (whole, part; a negative part is no
        opening). Return the articles that print parts of two or more."""

    async def members(self, number: int, /) -> Members:
        """Return the other members of the article's cluster."""

    async def leave(
        self,
        shown_by: str,
        number: int,
        stories: int,
        copies: Sequence[int],
        parts: Iterable[Sequence[int]],
        /,
    ) -> Sequence[ClusterUpdate]:
        """Take a round-up of so many stories and its copies out of their cluster, and make each of
        `parts` a cluster; the document `shown_by` shows that it is one. Return the clusters that
        are left."""

    async def unpublished(self, document_id: str, /) -> Sequence[ClusterUpdate]:
        """Return the clusters in which the articles are now that were moved because of this one and
        of which the index may not know."""
