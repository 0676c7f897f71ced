"""What the fingerprints tell of articles: who is known, and who belongs to whom."""

from msgspec import Struct


class StoredFingerprints(Struct, frozen=True):
    """An article that is known: its number and the two parts of its record, as
    `workers.dedupe.record` packs them."""

    number: int
    long_term: bytes
    short_term: bytes


class Candidate(StoredFingerprints, frozen=True):
    """An article whose text may be like another's; those of one `cluster` are joined already."""

    cluster: int


class Claim(Struct, frozen=True):
    """An article's number, the moment of the claim (milliseconds since 1970, rising), whether it
    was claimed before, and the articles whose text may be like its own, likeliest first."""

    number: int
    at: int
    is_known: bool
    candidates: tuple[Candidate, ...]


class Joined(Struct, frozen=True):
    """A cluster's first article, and those whose place in a cluster changed at the moment `at`."""

    at: int
    first: int
    changed: tuple[StoredFingerprints, ...]


class RoundUpCandidate(Struct, frozen=True):
    """An article that prints the openings of others: how many stories it is known to tell, those
    others, and the known round-ups among them apart."""

    stories: int
    itself: StoredFingerprints
    parts: tuple[StoredFingerprints, ...]
    round_ups: tuple[StoredFingerprints, ...]


class Members(Struct, frozen=True):
    """The other members of an article's cluster: all of them (`has_all`), or the first ones."""

    others: tuple[StoredFingerprints, ...]
    has_all: bool
