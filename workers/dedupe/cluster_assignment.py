"""Assign an article to a cluster: which one, in which role, and which other articles move."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from schemas.events import Role
from schemas.fingerprints import Claim, ClusterUpdate, StoredFingerprints
from workers.dedupe.cluster_split import decide_split
from workers.dedupe.matching import CONTAINED_OVERLAP, Match, match
from workers.dedupe.ports import Fingerprints
from workers.dedupe.record import (
    DocumentMetadata,
    Record,
    build_record,
    decode,
    decode_stored,
    encode,
)
from workers.dedupe.roles import decide_role
from workers.dedupe.round_ups import (
    covered_share,
    have_little_in_common,
    is_opening_reprinted,
    is_passage_reprinted,
)
from workers.dedupe.signature import Signature, compute_signature
from workers.dedupe.similarity import Similarity, is_mostly_contained
from workers.exceptions import TryAgain

# Document id, cluster id (the document id of its first article), role, overlap with that one.
Member = tuple[str, str, Role, float]


class ClusterChange(Struct, frozen=True):
    """Members whose cluster or role changed; `clustered_at` as in `Assignment`."""

    clustered_at: int
    members: tuple[Member, ...]


class Assignment(Struct, frozen=True):
    """An article's cluster and the other members that moved.

    `clustered_at` (milliseconds since 1970) rises with every assignment: of two assignments of one
    article the later one counts.
    """

    clustered_at: int
    member: Member
    changes: tuple[ClusterChange, ...] = ()

    @property
    def moves(self) -> set[tuple[str, int]]:
        """For which document others were moved, and when: what `FingerprintStore.confirm` wants
        once their new places are kept."""
        return {(self.member[0], change.clustered_at) for change in self.changes}


class ComparedArticle(Struct, frozen=True):
    """A candidate, how the new article matches it, and what the two share. `number` and `cluster`
    are those of the fingerprint store."""

    number: int
    cluster: int
    record: Record
    match: Match
    similarity: Similarity


async def assign(metadata: DocumentMetadata, text: str, fingerprints: Fingerprints) -> Assignment:
    """Return what `assign_signature` does for an article with this `text`."""
    return await assign_signature(metadata, compute_signature(text), fingerprints)


async def assign_signature(
    metadata: DocumentMetadata, signature: Signature, fingerprints: Fingerprints
) -> Assignment:
    """Return the cluster and role of an article, and the other articles that move.

    The article is registered, compared with others, and joined to those that match. May be
    repeated: a worker that dies in between leaves an article that the next attempt, or a later
    copy, joins; one that dies afterwards leaves moves that the next attempt returns again.

    Raises:
        TryAgain: the fingerprints are being made anew, or were in the midst of this.
    """
    record = build_record(metadata, signature)
    parts = encode(record)
    claim = await fingerprints.claim(
        metadata.document_id, (signature.long_term, signature.short_term), parts
    )
    if claim.candidates:
        record = decode(*parts)  # the object that others will decode: each pair is compared once
    compared = _compare_candidates(record, claim, fingerprints.window_days)
    splits = await _split_round_ups(record, claim.number, compared, fingerprints)
    matching = _keep_one_story(record, [each for each in compared if each.match])
    matches = [(each.number, int(each.match)) for each in matching]
    if not matches and not claim.is_known and not splits:
        return Assignment(claim.at, _only_member(metadata.document_id))
    joined = await fingerprints.join(claim.number, matches)
    if all(each.number != claim.number for each in joined.changed):
        raise TryAgain("the fingerprints were made anew meanwhile", 0.0, counts_as_attempt=False)
    again = await fingerprints.unpublished(metadata.document_id) if claim.has_unpublished else ()
    changes = [
        *(_others_in(split, record) for split in splits),
        _moved_by(joined, record),
        *(_others_in(each, record) for each in again),
    ]
    return Assignment(
        clustered_at=joined.at,
        member=_member(record, _first_of(joined, record)),
        changes=tuple(change for change in changes if change.members),
    )


def membership(stored: StoredFingerprints, first: StoredFingerprints) -> Member:
    """Return the cluster and role of an article whose cluster begins with `first`."""
    return _member(decode_stored(stored), decode_stored(first))


def _compare_candidates(record: Record, claim: Claim, window_days: int) -> list[ComparedArticle]:
    """Return the candidates compared with `record`.

    One match is enough to join a cluster. Of its other members, copies of the article are left
    out: only what may be a round-up still counts.
    """
    compared: list[ComparedArticle] = []
    matching_clusters: set[int] = set()
    for candidate in claim.candidates:
        other = decode_stored(candidate)
        if candidate.cluster in matching_clusters and is_mostly_contained(record, other):
            continue
        kind, similarity = match(record, other, window_days)
        compared.append(
            ComparedArticle(candidate.number, candidate.cluster, other, kind, similarity)
        )
        if kind:
            matching_clusters.add(candidate.cluster)
    return compared


def _keep_one_story(
    record: Record, matching: Sequence[ComparedArticle]
) -> Sequence[ComparedArticle]:
    """Return the matching articles that the article is to be joined to.

    An article that matches clusters with nothing in common belongs to the one that it shares most
    with, unless together they make up most of it: then it is a story, and they print parts of it.
    """
    if len({each.cluster for each in matching}) <= 1:
        return matching
    if covered_share(record, [each.record for each in matching]) >= CONTAINED_OVERLAP:
        return matching
    nearest = max(
        matching, key=lambda each: (each.similarity.shared_words, each.record.document_id)
    )
    return [
        each
        for each in matching
        if each.cluster == nearest.cluster or not have_little_in_common(each.record, nearest.record)
    ]


async def _split_round_ups(
    record: Record, number: int, compared: Sequence[ComparedArticle], fingerprints: Fingerprints
) -> list[ClusterUpdate]:
    """Return the clusters that are left when round-ups have been taken out of theirs.

    First it is stored who prints whose opening: only then does an article turn out to be a
    round-up.
    """
    openings = list(_reprints(record, number, compared))
    matching = {each.number: each.record for each in compared if each.match}
    updates = list[ClusterUpdate]()
    for candidate in await fingerprints.note_openings(openings) if openings else ():
        candidate_number = candidate.article.number
        if candidate_number == number:
            related = list(matching.values())
        else:
            related = [record] if candidate_number in matching else []
        split = await decide_split(candidate, related, fingerprints)
        if split:
            updates += await fingerprints.leave(
                record.document_id, candidate_number, split.stories, split.copies, split.parts
            )
    return updates


def _reprints(
    record: Record, number: int, compared: Sequence[ComparedArticle]
) -> Iterator[tuple[int, int]]:
    """Yield who prints a part of whom, as the numbers of both articles; the second is negative if
    the part is not the opening."""
    for each in compared:
        if is_opening_reprinted(each.record, each.similarity):
            yield number, each.number
        elif is_passage_reprinted(each.record, each.similarity):
            yield number, -each.number
        if is_opening_reprinted(record, each.similarity):
            yield each.number, number
        elif is_passage_reprinted(record, each.similarity):
            yield each.number, -number


def _others_in(update: ClusterUpdate, record: Record) -> ClusterChange:
    """Return all members of a cluster that was split, except the new article."""
    first = _first_of(update, record)
    others = [decode_stored(each) for each in update.changed]
    members = [_member(each, first) for each in others if each.document_id != record.document_id]
    return ClusterChange(update.at, tuple(members))


def _moved_by(update: ClusterUpdate, record: Record) -> ClusterChange:
    """Return the members that moved when a cluster grew, except the new article and the first one:
    that one was the first of its own cluster before, so its label stays the same."""
    first = _first_of(update, record).document_id
    change = _others_in(update, record)
    moved = tuple(member for member in change.members if member[0] != first)
    return ClusterChange(change.clustered_at, moved)


def _first_of(update: ClusterUpdate, record: Record) -> Record:
    """Return the first article of a cluster: one of those that changed, or the new one."""
    return next(
        (decode_stored(each) for each in update.changed if each.number == update.first), record
    )


def _member(record: Record, first: Record) -> Member:
    """Return the cluster and role of an article whose cluster begins with `first`."""
    return record.document_id, first.document_id, *decide_role(record, first)


def _only_member(document_id: str) -> Member:
    """Return the membership of an article that is alone in its cluster."""
    return document_id, document_id, Role.ORIGINAL, 1.0
