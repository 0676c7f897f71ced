"""Which of the texts that a page calls its headline is the headline: each source has its weight.

Letters and digits make two texts the same; the first source that told it gives its spelling.
"""

from typing import Final

SOCIAL, LINKED, PRINTED, COPIED = (
    "meta og:title",
    "json-ld headline",
    "h1",
    "title tag as og:title",
)
# Learned by tests/bench/extraction/train_title.py. A title tag speaks against its text, as it is
# written for search engines. One that is og:title to the letter, site's name and all, was filled
# from the same field of an editing form: the two are one voice.
WEIGHTS: Final = {
    SOCIAL: 1.95,
    LINKED: 1.69,
    "meta": 1.96,
    "json-ld name": 1.32,
    PRINTED: 0.02,
    "meta twitter:title": 0.06,
    "title tag": -0.63,
    COPIED: -1.83,
}
# They speak for what others tell, and never stand for themselves.
SECONDS: Final = ("meta", "json-ld name")

Candidate = tuple[str, str]
Ballot = dict[str, list[Candidate]]


def count(told: list[tuple[str, str, str]]) -> Ballot:
    """Of (letters, text, origin) in order of trust: who told which text."""
    found: Ballot = {}
    for key, text, origin in told:
        if kind(origin) not in SECONDS:
            found.setdefault(key, []).append((text, origin))
    for key, text, origin in told:
        if kind(origin) in SECONDS and key in found:
            found[key].append((text, origin))
    return found


def choose(ballot: Ballot) -> Candidate:
    """The text with the most weight, and the first that told it."""
    return (resolve_single_source(ballot) or max(ballot.values(), key=source_weight))[0]


def source_weight(voices: list[Candidate]) -> float:
    """What the sources of one text weigh together."""
    return sum(WEIGHTS[kind(origin)] for _, origin in voices)


def kind(origin: str) -> str:
    """The row of the table for a source; all lesser meta tags share one."""
    return origin if origin in WEIGHTS else "meta"


def resolve_single_source(ballot: Ballot) -> list[Candidate]:
    """What is taken where the head of the page has one voice only and a heading stands against it.

    The heading; but one that holds all of the other has a kicker or a date glued to it.
    """
    by_origin = {origin: key for key, voices in ballot.items() for _, origin in voices}
    if by_origin.keys() != {SOCIAL, COPIED, PRINTED}:
        return []
    told, printed = by_origin[SOCIAL], by_origin[PRINTED]
    return ballot[told if told in printed else printed]
