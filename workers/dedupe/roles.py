"""What an article is to the first of its cluster."""

from schemas.events import Role
from workers.dedupe.record import Record
from workers.dedupe.similarity import similarity

# An excerpt prints less than half of the original; an update brings nearly as much of its own.
EXCERPT_BELOW = 0.5
UPDATE_BELOW = 0.6


def role_of(member: Record, original: Record) -> tuple[Role, float]:
    """Return the role of `member`, and the share (0..1) of its text that the original contains."""
    if member.document_id == original.document_id:
        return Role.ORIGINAL, 1.0
    if member.digest == original.digest:
        return Role.REPRINT, 1.0
    found = similarity(member, original)
    shared = found.of(member)
    if found.of(original) < EXCERPT_BELOW:
        role = Role.EXCERPT
    else:
        role = Role.UPDATE if shared < UPDATE_BELOW else Role.REPRINT
    return role, round(shared, 3)
