"""An article's place among those known: its cluster, its role, and whom it moves."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from schemas.events import Role
from schemas.fingerprints import Claim, Joined, StoredFingerprints
from workers.dedupe.cluster_split import split_decision
from workers.dedupe.matching import HELD, Match, match
from workers.dedupe.ports import Fingerprints
from workers.dedupe.record import DocumentFacts, Record, decode, encode, record, stored_record
from workers.dedupe.roles import role_of
from workers.dedupe.round_ups import are_apart, covered, opens_in, stands_in
from workers.dedupe.signature import signature
from workers.dedupe.similarity import Similarity, is_much_the_same

Member = tuple[str, str, Role, float]


class ClusterChange(Struct, frozen=True):
    """Members whose cluster or role has changed, at the moment `at`."""

    at: int
    members: tuple[Member, ...]


class Placement(Struct, frozen=True):
    """`at` rises with every placement, so that of two about one article the later one counts."""

    at: int
    place: Member
    changes: tuple[ClusterChange, ...] = ()


class ComparedArticle(Struct, frozen=True):
    """One of the articles that may be like the new one, and what ties the two."""

    number: int
    cluster: int
    other: Record
    tie: Match
    likeness: Similarity


def assign(facts: DocumentFacts, text: str, fingerprints: Fingerprints) -> Placement:
    """Register the article, compare it with its candidates and join it to a cluster. It is safe to
    run twice: if a worker dies in between, the next attempt or a later twin joins the article.

    Returns:
        the article's place, and the changes of other articles' places.
    """
    signed = signature(text)
    mine = record(facts, signed)
    parts = encode(mine)
    claim = fingerprints.claim(facts.document_id, (signed.long_term, signed.short_term), parts)
    if claim.candidates:
        mine = decode(*parts)  # as others will read it, so that no pair is compared twice
    compared = _compared(mine, claim, fingerprints.window_days)
    left = list(_round_ups_leave(mine, claim.number, compared, fingerprints))
    tied = _of_one_story(mine, [each for each in compared if each.tie])
    ties = [(each.number, int(each.tie)) for each in tied]
    if not ties and not claim.is_known and not left:
        return Placement(claim.at, _alone(facts.document_id))
    joined = fingerprints.join(claim.number, ties)
    changes = [*(_parted(each, mine) for each in left), _moved(joined, mine)]
    return Placement(joined.at, _place(joined, mine), tuple(c for c in changes if c.members))


def membership(stored: StoredFingerprints, first: StoredFingerprints) -> Member:
    """Return what an article is to the first one of its cluster."""
    return _member(stored_record(stored), stored_record(first))


def _compared(mine: Record, claim: Claim, window_days: int) -> list[ComparedArticle]:
    """Return the candidates that match, each with its match. One match with a cluster is enough; of
    that cluster's other members only those are compared that may be round-ups."""
    compared: list[ComparedArticle] = []
    tied: set[int] = set()
    for candidate in claim.candidates:
        other = stored_record(candidate)
        if candidate.cluster in tied and is_much_the_same(mine, other):
            continue
        found, likeness = match(mine, other, window_days)
        compared.append(
            ComparedArticle(candidate.number, candidate.cluster, other, found, likeness)
        )
        tied.update([candidate.cluster] if found else [])
    return compared


def _of_one_story(mine: Record, tied: Sequence[ComparedArticle]) -> Sequence[ComparedArticle]:
    """Return the matches of one story. An article that matches two clusters which have nothing in
    common belongs to the one that it shares most with, unless the two make up most of it: then it
    is a story that others print parts of."""
    others = [each.other for each in tied]
    if len({each.cluster for each in tied}) <= 1 or covered(mine, others) >= HELD:
        return tied
    nearest = max(tied, key=lambda each: (each.likeness.shared, each.other.document_id))
    return [
        each
        for each in tied
        if each.cluster == nearest.cluster or not are_apart(each.other, nearest.other)
    ]


def _round_ups_leave(
    mine: Record, number: int, compared: Sequence[ComparedArticle], fingerprints: Fingerprints
) -> Iterator[Joined]:
    """Record who prints whose opening.

    Yields:
        the clusters that an article leaves because it turns out to be a round-up.
    """
    openings = list(_openings(mine, number, compared))
    tied = {each.number: each.other for each in compared if each.tie}
    for whole in fingerprints.note(openings) if openings else ():
        is_mine = whole.itself.number == number
        like_it = list(tied.values()) if is_mine else [mine] * (whole.itself.number in tied)
        judged = split_decision(whole, like_it, fingerprints)
        if judged:
            number_of_it = whole.itself.number
            yield from fingerprints.leave(number_of_it, judged.stories, judged.copies, judged.parts)


def _openings(
    mine: Record, number: int, compared: Sequence[ComparedArticle]
) -> Iterator[tuple[int, int]]:
    for each in compared:
        if opens_in(each.other, each.likeness):
            yield number, each.number
        elif stands_in(each.other, each.likeness):
            yield number, -each.number
        if opens_in(mine, each.likeness):
            yield each.number, number
        elif stands_in(mine, each.likeness):
            yield each.number, -number


def _parted(joined: Joined, mine: Record) -> ClusterChange:
    """Return the new places of all members of a cluster that was split, without the article
    itself."""
    first = _first(joined, mine)
    others = [stored_record(each) for each in joined.changed]
    members = [_member(each, first) for each in others if each.document_id != mine.document_id]
    return ClusterChange(joined.at, tuple(members))


def _moved(joined: Joined, mine: Record) -> ClusterChange:
    """Return the new places of all members of a cluster that has grown, without its first article:
    that one was the first of its own cluster before, so its label stays."""
    first = _first(joined, mine).document_id
    change = _parted(joined, mine)
    return ClusterChange(change.at, tuple(each for each in change.members if each[0] != first))


def _place(joined: Joined, mine: Record) -> Member:
    return _member(mine, _first(joined, mine))


def _first(joined: Joined, mine: Record) -> Record:
    return next(
        (stored_record(each) for each in joined.changed if each.number == joined.first), mine
    )


def _member(of: Record, first: Record) -> Member:
    return of.document_id, first.document_id, *role_of(of, first)


def _alone(document_id: str) -> Member:
    return document_id, document_id, Role.ORIGINAL, 1.0
