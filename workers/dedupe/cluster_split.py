"""Split a cluster: which copies a round-up takes with it, and which stories it had joined."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from itertools import chain

from msgspec import Struct

from schemas.fingerprints import Members, RoundUpCandidate, StoredFingerprints
from workers.dedupe.matching import Match, match
from workers.dedupe.ports import Fingerprints
from workers.dedupe.record import Record, decode_stored
from workers.dedupe.round_ups import count_stories


class SplitDecision(Struct, frozen=True):
    """A round-up of so many stories leaves its cluster with its `copies`; each of `parts` becomes
    a cluster of its own. Articles are named by their numbers in the fingerprint store."""

    stories: int
    copies: tuple[int, ...] = ()
    parts: tuple[tuple[int, ...], ...] = ()


def decide_split(
    candidate: RoundUpCandidate, matching: Iterable[Record], fingerprints: Fingerprints
) -> SplitDecision | None:
    """Return how to split the candidate's cluster, or None if it is no round-up or a known one.

    `matching` are articles that match it beside the members of its cluster; those are only fetched
    if they matter.
    """
    record, window_days = decode_stored(candidate.article), fingerprints.window_days
    get_members = cache(partial(fingerprints.members, candidate.article.number))
    parts, round_ups = map(_decode_all, (candidate.parts, candidate.round_ups))
    related = chain(matching, _members(get_members))
    stories = count_stories(record, parts, related, round_ups, candidate.stories)
    if not stories:
        return None
    members = {each.number: decode_stored(each) for each in get_members().others}
    matches = {number: match(record, each, window_days)[0] for number, each in members.items()}
    copies = tuple(number for number, kind in matches.items() if kind is Match.FIRM)
    if not get_members().has_all:
        return SplitDecision(stories, copies)
    rest = {number: each for number, each in members.items() if number not in copies}
    groups = _connected_components(rest, window_days)
    return SplitDecision(stories, copies, tuple(tuple(group) for group in groups[1:]))


def _members(get_members: Callable[[], Members]) -> Iterator[Record]:
    """Yield the other members of the cluster, fetched when the first one is needed."""
    yield from _decode_all(get_members().others)


def _connected_components(members: Mapping[int, Record], window_days: int) -> list[list[int]]:
    """Return the numbers of members that are connected by matches, the largest group first."""
    groups: list[list[int]] = []
    for number, record in members.items():
        connected = [
            group
            for group in groups
            if any(match(record, members[other], window_days)[0] for other in group)
        ]
        joined = [number, *chain.from_iterable(connected)]
        groups = [group for group in groups if group not in connected] + [joined]
    return sorted(groups, key=len, reverse=True)


def _decode_all(stored: Iterable[StoredFingerprints]) -> list[Record]:
    """Return the records of stored articles, in their order."""
    return [decode_stored(each) for each in stored]
