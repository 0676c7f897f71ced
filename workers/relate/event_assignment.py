"""Which event an article tells, and which other articles move because of it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import combinations, product
from operator import itemgetter
from statistics import fmean

from msgspec import Struct

from schemas.news_events import EventClaim, EventUpdate, RelatedArticle
from workers.exceptions import TryAgain
from workers.relate.ports import NewsEvents
from workers.relate.record import (
    EventRecord,
    decode_neighbours,
    decode_record,
    encode_record,
    encode_similarity,
)
from workers.relate.signature import hash_terms, weigh_terms
from workers.relate.similarity import (
    NEIGHBOURS,
    Compared,
    closeness,
    level,
    similarity,
)
from workers.relate.terms import collect_terms

# From this mean closeness on an article belongs to an event, and two events are one.
CLOSE = 1.0
# An event is looked at as a whole when so many articles tell it: only then do its articles' levels
# show whether it is one.
CHECKED_SIZES = frozenset({3, 5, 8, 12, 16, 20, 24, 32})
MAX_CHECKED = 40


class RelatedText(Struct, frozen=True):
    """What relate needs of an article. `original_id` is the document id of its cluster's
    original."""

    document_id: str
    original_id: str
    title: str
    body: str
    published: datetime
    language: str | None = None


class EventAssignment(Struct, frozen=True):
    """The event that an article tells, by the document id of its first article, and the events to
    which other articles moved. `at` (milliseconds since 1970) rises with every assignment."""

    at: int
    event_id: str
    changes: tuple[EventUpdate, ...] = ()


class ComparedTelling(Struct, frozen=True):
    """An article to compare with: how alike it is, how close, and whether the new one is among its
    nearest."""

    number: int
    event: int
    compared: Compared
    similarity: float
    closeness: float
    is_neighbour: bool


async def assign_event(text: RelatedText, events: NewsEvents, now: datetime) -> EventAssignment:
    """Return the event of an article, after it has been registered, compared with others and joined
    to those that tell the same one. May be repeated.

    Articles are clustered online by average linkage: an article joins the event to whose articles
    it is closest in the mean, and events that it brings together become one.

    Raises:
        TryAgain: the events are being made anew, or were in the midst of this.
    """
    terms = collect_terms(text.title, text.body, text.language)
    hashes = hash_terms(terms)
    documents, counts = await events.document_counts(hashes, now)
    signature = weigh_terms(terms, hashes, counts, documents)
    raw = encode_record(text.document_id, int(text.published.timestamp()), signature.weights)
    keys = [(term, max(1, encode_similarity(signature.weights[term]))) for term in signature.keys]
    claim = await events.claim(text.document_id, text.original_id, keys, hashes, raw, now)
    candidates = _compare(decode_record(raw), claim)
    joined = _events_to_join(candidates)
    if claim.cluster_event:
        joined = [claim.cluster_event, *joined]
    nearest = [
        (each.number, encode_similarity(each.similarity))
        for at, each in enumerate(candidates)
        if each.similarity and (at < NEIGHBOURS or each.is_neighbour)
    ]
    update = await events.join(claim.number, nearest, joined)
    if not update.name:
        raise TryAgain("the events were made anew meanwhile", 0.0, counts_as_attempt=False)
    parts = await _split(text.document_id, update, events)
    again = await events.unpublished(text.document_id) if claim.has_unpublished else ()
    return _assignment(text.document_id, update, parts, again)


def _compare(record: EventRecord, claim: EventClaim) -> list[ComparedTelling]:
    """Return the candidates compared with `record`, those that are most alike first."""
    decoded = [decode_record(each.record) for each in claim.candidates]
    alike = [similarity(record, each) for each in decoded]
    mine = Compared(record, level(alike))
    candidates = []
    for each, other, value in zip(claim.candidates, decoded, alike, strict=True):
        known = dict(decode_neighbours(each.neighbours)) | {claim.number: value}
        nearest = sorted(known.values(), reverse=True)[:NEIGHBOURS]
        compared = Compared(other, level(nearest))
        candidates.append(
            ComparedTelling(
                each.number,
                each.event,
                compared,
                value,
                closeness(value, mine, compared),
                is_neighbour=value >= nearest[-1],
            )
        )
    return sorted(candidates, key=lambda each: (-each.similarity, each.number))


def _events_to_join(candidates: Sequence[ComparedTelling]) -> list[int]:
    """Return the event that an article belongs to, and those that are the same one; none if it is
    the first to tell its event."""
    by_event: dict[int, list[ComparedTelling]] = defaultdict(list)
    for each in candidates:
        by_event[each.event].append(each)
    means = {event: sum(each.closeness for each in of) / len(of) for event, of in by_event.items()}
    close = sorted((event for event in means if means[event] >= CLOSE), key=lambda e: -means[e])
    return [
        event
        for at, event in enumerate(close)
        if at == 0 or _are_close(by_event[close[0]], by_event[event])
    ]


def _are_close(one: Sequence[ComparedTelling], other: Sequence[ComparedTelling]) -> bool:
    """Return whether the articles of two events are close enough in the mean to tell one."""
    pairs = [(a.compared, b.compared) for a, b in product(one, other)]
    mean = fmean(closeness(similarity(a.record, b.record), a, b) for a, b in pairs)
    return mean >= CLOSE


async def _split(
    document_id: str, update: EventUpdate, events: NewsEvents
) -> Sequence[EventUpdate]:
    """Return the events that are parted from one that has grown, if its articles turn out to tell
    several."""
    if update.size not in CHECKED_SIZES:
        return ()
    members = await events.members(update.event, MAX_CHECKED)
    groups = part(members)
    return await events.split(document_id, update.event, groups) if len(groups) > 1 else ()


def part(members: Sequence[RelatedArticle]) -> list[list[int]]:
    """Return the numbers of articles in groups that tell one event each, by average linkage.

    The closeness of two groups is the mean of those of their pairs, which a merge updates (G. N.
    Lance and W. T. Williams, 1967).
    """
    compared = [_compared_member(each) for each in members]
    groups = {at: [each.number] for at, each in enumerate(members)}
    close = {
        (a, b): closeness(similarity(one.record, other.record), one, other)
        for (a, one), (b, other) in combinations(enumerate(compared), 2)
    }
    while close:
        (kept, gone), mean = max(close.items(), key=itemgetter(1))
        if mean < CLOSE:
            break
        sizes = len(groups[kept]), len(groups[gone])
        groups[kept] += groups.pop(gone)
        del close[kept, gone]
        for other in groups.keys() - {kept}:
            to_gone = close.pop((min(gone, other), max(gone, other)))
            pair = min(kept, other), max(kept, other)
            close[pair] = (sizes[0] * close[pair] + sizes[1] * to_gone) / sum(sizes)
    return list(groups.values())


def _compared_member(member: RelatedArticle) -> Compared:
    nearest = (value for _, value in decode_neighbours(member.neighbours))
    return Compared(decode_record(member.record), level(nearest))


def _assignment(
    document_id: str,
    update: EventUpdate,
    parts: Sequence[EventUpdate],
    again: Sequence[EventUpdate],
) -> EventAssignment:
    """Return where the article is in the end, and where the others went, those of an attempt before
    `again`."""
    event_id, at = update.name, update.at
    for each in parts:
        at = each.at
        if document_id in each.moved:
            event_id = each.name
    changes = tuple(
        EventUpdate(each.at, each.event, each.name, each.size, others)
        for each in (update, *parts, *again)
        if (others := tuple(name for name in each.moved if name != document_id))
    )
    return EventAssignment(at, event_id, changes)
