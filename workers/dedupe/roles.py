"""What an article is to the first of its cluster."""

from schemas.events import Role
from workers.dedupe.likeness import overlap
from workers.dedupe.record import Record

# An excerpt prints less than half of the original; an update brings nearly as much of its own.
EXCERPT_BELOW = 0.5
UPDATE_BELOW = 0.6


def role_of(member: Record, original: Record) -> tuple[Role, float]:
    """The role of `member`, and the part of its text that stands in the original."""
    if member.document_id == original.document_id:
        return Role.ORIGINAL, 1.0
    if member.digest == original.digest:
        return Role.REPRINT, 1.0
    found = overlap(member, original)
    shared = round(found.of_a, 3)
    if found.of_b < EXCERPT_BELOW:
        return Role.EXCERPT, shared
    return (Role.UPDATE if found.of_a < UPDATE_BELOW else Role.REPRINT), shared
