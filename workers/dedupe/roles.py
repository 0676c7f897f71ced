"""The role of an article in its cluster: what it is to the cluster's original."""

from schemas.events import Role
from workers.dedupe.record import Record
from workers.dedupe.similarity import compare

# An excerpt prints less of the original than this.
EXCERPT_BELOW = 0.5
# Less of an update's text than this is from the original: it brings nearly as much of its own.
UPDATE_BELOW = 0.6


def decide_role(member: Record, original: Record) -> tuple[Role, float]:
    """Return the role of `member`, and its overlap: the share of its text in the original."""
    if member.document_id == original.document_id:
        return Role.ORIGINAL, 1.0
    if member.digest == original.digest:
        return Role.REPRINT, 1.0
    similarity = compare(member, original)
    overlap = similarity.overlap_of(member)
    if similarity.overlap_of(original) < EXCERPT_BELOW:
        role = Role.EXCERPT
    else:
        role = Role.UPDATE if overlap < UPDATE_BELOW else Role.REPRINT
    return role, round(overlap, 3)
