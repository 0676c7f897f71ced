"""Which members of a cluster a round-up takes with it, and which it alone had brought together."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from itertools import chain

from msgspec import Struct

from schemas.fingerprints import Members, RoundUpCandidate, StoredFingerprints
from workers.dedupe.matching import Match, match
from workers.dedupe.ports import Fingerprints
from workers.dedupe.record import Record, stored_record
from workers.dedupe.round_ups import stories_told


class SplitDecision(Struct, frozen=True):
    """A round-up of so many stories; `copies` go with it, each of `parts` goes by itself."""

    stories: int
    copies: tuple[int, ...] = ()
    parts: tuple[tuple[int, ...], ...] = ()


def split_decision(
    whole: RoundUpCandidate, like_it: Iterable[Record], fingerprints: Fingerprints
) -> SplitDecision | None:
    """Return how the cluster of `whole` is split, or None if `whole` is no round-up or is known as
    one. `like_it` match it beside the members of its cluster, which are read only where they
    matter."""
    itself, window_days = stored_record(whole.itself), fingerprints.window_days
    ask = cache(partial(fingerprints.members, whole.itself.number))
    openings, round_ups = map(_records, (whole.parts, whole.round_ups))
    everyone = chain(like_it, _others(ask))
    stories = stories_told(itself, openings, everyone, round_ups, whole.stories)
    if not stories:
        return None
    members = {each.number: stored_record(each) for each in ask().others}
    ties = {number: match(itself, each, window_days)[0] for number, each in members.items()}
    copies = tuple(number for number, found in ties.items() if found is Match.FIRM)
    rest = {number: each for number, each in members.items() if number not in copies}
    parts = _parts(rest, window_days) if ask().has_all else []
    return SplitDecision(stories, copies, tuple(tuple(part) for part in parts[1:]))


def _others(ask: Callable[[], Members]) -> Iterator[Record]:
    yield from _records(ask().others)


def _parts(members: Mapping[int, Record], window_days: int) -> list[list[int]]:
    """Return the members grouped by matches that do not involve the round-up, largest group
    first."""
    parts: list[list[int]] = []
    for number, record in members.items():
        tied = [
            part
            for part in parts
            if any(match(record, members[other], window_days)[0] for other in part)
        ]
        joined = [number, *chain.from_iterable(tied)]
        parts = [part for part in parts if part not in tied] + [joined]
    return sorted(parts, key=len, reverse=True)


def _records(stored: Iterable[StoredFingerprints]) -> list[Record]:
    return [stored_record(each) for each in stored]
