"""Split a cluster: which copies a round-up takes with it, and which stories it had joined."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from msgspec import Struct

from schemas.fingerprints import RoundUpCandidate, StoredFingerprints
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


async def decide_split(
    candidate: RoundUpCandidate, matching: Sequence[Record], fingerprints: Fingerprints
) -> SplitDecision | None:
    """Return how to split the candidate's cluster, or None if it is no round-up or a known one.

    `matching` are articles that match it beside the members of its cluster; those can only speak
    against a round-up, so they are fetched if it is one without them.
    """
    record, window_days = decode_stored(candidate.article), fingerprints.window_days
    parts, round_ups = map(_decode_all, (candidate.parts, candidate.round_ups))
    if not count_stories(record, parts, matching, round_ups, candidate.stories):
        return None
    stored = await fingerprints.members(candidate.article.number)
    members = {each.number: decode_stored(each) for each in stored.others}
    related = [*matching, *members.values()]
    stories = count_stories(record, parts, related, round_ups, candidate.stories)
    if not stories:
        return None
    matches = {number: match(record, each, window_days)[0] for number, each in members.items()}
    copies = tuple(number for number, kind in matches.items() if kind is Match.FIRM)
    if not stored.has_all:
        return SplitDecision(stories, copies)
    rest = {number: each for number, each in members.items() if number not in copies}
    groups = _connected_components(rest, window_days)
    return SplitDecision(stories, copies, tuple(tuple(group) for group in groups[1:]))


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
