"""Chooses the headline among the candidates of a page: each source votes with its weight.

Texts with the same letters and digits are one candidate; its first source gives the spelling.
"""

from typing import Final

SOCIAL, LINKED, PRINTED, COPIED = (
    "meta og:title",
    "json-ld headline",
    "h1",
    "title tag as og:title",
)
# Learned by tests/bench/extraction/train_title.py. A title tag counts against its text, as it is
# written for search engines. One that equals og:title, with the site's name, comes from the same
# field of the publishing system: the two are one source.
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
TAGGED, COPY_OF_SOCIAL = "title tag", "meta twitter:title"
# A heading of one short word is a section's.
_MIN_HEADING_CHARS: Final = 8
# Sources that only support a candidate of another source.
SUPPORTING_SOURCES: Final = ("meta", "json-ld name")

Candidate = tuple[str, str]
"""A text and its origin."""
Votes = dict[str, list[Candidate]]
"""The sources of each candidate, by its letters and digits, best source first."""


def count_votes(votes: list[tuple[str, str, str]]) -> Votes:
    """Return the sources of each candidate.

    `votes` are letters and digits, text and origin, best source first.
    """
    counted: Votes = {}
    for key, text, origin in votes:
        if source_kind(origin) not in SUPPORTING_SOURCES:
            counted.setdefault(key, []).append((text, origin))
    for key, text, origin in votes:
        if source_kind(origin) in SUPPORTING_SOURCES and key in counted:
            counted[key].append((text, origin))
    return counted


def choose(votes: Votes) -> Candidate:
    """Return the candidate with the most weight, in the spelling of its best source.

    What is printed and agreed on beats the others.
    """
    best = max(votes.values(), key=source_weight)
    return (resolve_single_source(votes) or _find_agreed(votes, best) or best)[0]


def _find_agreed(votes: Votes, best: list[Candidate]) -> list[Candidate]:
    """Return the sources of a printed headline that the head of the page has too; else empty.

    JSON-LD is enough; the title tag is where og:title, or whatever is `best`, stands alone and is
    not a part of it, below a kicker. On pages that no weight was learned from, such a headline was
    right thirty times as often as wrong.
    """
    is_alone = COPY_OF_SOCIAL not in _kinds(best)
    for sources in votes.values():
        kinds, text = _kinds(sources), sources[0][0]
        is_headline = " " in text or len(text) >= _MIN_HEADING_CHARS
        is_agreed = LINKED in kinds or (TAGGED in kinds and is_alone and best[0][0] not in text)
        if PRINTED in kinds and is_headline and is_agreed:
            return sources
    return []


def _kinds(sources: list[Candidate]) -> set[str]:
    return {source_kind(origin) for _, origin in sources}


def source_weight(sources: list[Candidate]) -> float:
    """Return the sum of the weights of one candidate's sources."""
    return sum(WEIGHTS[source_kind(origin)] for _, origin in sources)


def source_kind(origin: str) -> str:
    """Return the key of a source in `WEIGHTS`; all lesser meta tags share one, as headings do."""
    if origin == "h2":
        return PRINTED
    return origin if origin in WEIGHTS else "meta"


def resolve_single_source(votes: Votes) -> list[Candidate]:
    """Return the sources of the headline where the head has one source that differs from the h1.

    It is the h1, unless that contains the other text with a kicker or a date. Empty for pages with
    other sources.
    """
    by_origin = {origin: key for key, sources in votes.items() for _, origin in sources}
    if by_origin.keys() != {SOCIAL, COPIED, PRINTED}:
        return []
    social, printed = by_origin[SOCIAL], by_origin[PRINTED]
    return votes[social if social in printed else printed]
