"""What the fingerprint store answers: which articles it knows, and how they are clustered."""

from msgspec import Struct


class StoredFingerprints(Struct, frozen=True):
    """An article in the store: its number, and the two parts of its record as
    `workers.dedupe.record` encodes them; `short_term` is empty once it has expired."""

    number: int
    long_term: bytes
    short_term: bytes


class Candidate(StoredFingerprints, frozen=True):
    """An article that shares fingerprints with another; those of one `cluster` are joined
    already."""

    cluster: int


class Claim(Struct, frozen=True):
    """The registration of an article: its number, the moment (milliseconds since 1970, rising),
    whether it was registered before, its candidates, those with most in common first, and whether
    it has moved other articles of which the index may not know."""

    number: int
    at: int
    is_known: bool
    candidates: tuple[Candidate, ...]
    has_unpublished: bool = False


class EarlierAddress(Struct, frozen=True):
    """An address with the same story number as another: the id made of it, the document that it
    belongs to (empty as long as that is not settled), and the long-term record of its text."""

    address_id: str
    document_id: str
    record: bytes


class RegisteredAddress(Struct, frozen=True):
    """The document that an address belongs to, empty as long as that is not settled; and then the
    addresses with the same story number, those registered first in front."""

    document_id: str
    earlier: tuple[EarlierAddress, ...] = ()


class ClusterUpdate(Struct, frozen=True):
    """The number of a cluster's first article, and the articles whose cluster or role changed at
    the moment `at` (milliseconds since 1970, rising)."""

    at: int
    first: int
    changed: tuple[StoredFingerprints, ...]


class RoundUpCandidate(Struct, frozen=True):
    """An article that prints parts of others: how many stories it is known to tell (0 if it is no
    known round-up), and those others; known round-ups among them are listed apart."""

    stories: int
    article: StoredFingerprints
    parts: tuple[StoredFingerprints, ...]
    round_ups: tuple[StoredFingerprints, ...]


class Members(Struct, frozen=True):
    """The other members of an article's cluster: all of them if `has_all`, else some."""

    others: tuple[StoredFingerprints, ...]
    has_all: bool
