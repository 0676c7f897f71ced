"""Which members of a cluster a round-up takes with it, and which it alone had brought together."""

from collections.abc import Iterable, Mapping
from itertools import chain

from msgspec import Struct

from workers.dedupe.record import Record, unpacked
from workers.dedupe.round_ups import stories_told
from workers.dedupe.ties import Tie, tie
from workers.dedupe.tools import Stored, Whole


class Judgement(Struct, frozen=True):
    """A round-up of so many stories; `copies` go with it, each of `parts` goes by itself."""

    stories: int
    copies: tuple[int, ...] = ()
    parts: tuple[tuple[int, ...], ...] = ()


def judgement(whole: Whole, like_it: list[Record], window_days: int) -> Judgement | None:
    """None if `whole` is no round-up, or is known as one; `like_it` are tied to it beside the
    members of its cluster."""
    itself = _read(whole.itself)
    members = {each.number: _read(each) for each in whole.members}
    openings, round_ups = map(_read_all, (whole.parts, whole.round_ups))
    stories = stories_told(itself, openings, chain(like_it, members.values()), round_ups)
    if not stories or stories == whole.stories:
        return None
    ties = {number: tie(itself, each, window_days)[0] for number, each in members.items()}
    copies = tuple(number for number, found in ties.items() if found is Tie.FIRM)
    rest = {number: each for number, each in members.items() if number not in copies}
    parts = _parts(rest, window_days) if whole.has_all else []
    return Judgement(stories, copies, tuple(tuple(part) for part in parts[1:]))


def _parts(members: Mapping[int, Record], window_days: int) -> list[list[int]]:
    """The members by what is tied without the round-up, most first."""
    parts: list[list[int]] = []
    for number, record in members.items():
        tied = [
            part
            for part in parts
            if any(tie(record, members[other], window_days)[0] for other in part)
        ]
        joined = [number, *chain.from_iterable(tied)]
        parts = [part for part in parts if part not in tied] + [joined]
    return sorted(parts, key=len, reverse=True)


def _read_all(stored: Iterable[Stored]) -> list[Record]:
    return [_read(each) for each in stored]


def _read(stored: Stored) -> Record:
    return unpacked(stored.lasting, stored.fleeting)
