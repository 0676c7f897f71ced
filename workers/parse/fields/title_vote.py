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
SHORT: Final = "one short word"
# Learned by tests/bench/extraction/train_title.py, of pages of four sets alike. A title tag counts
# against its text, as it is written for search engines; one that equals og:title, with the site's
# name, comes from the same field of the publishing system: the two are one source. One short word
# is a section's name more often than a headline.
WEIGHTS: Final = {
    SOCIAL: 1.08,
    LINKED: 0.7,
    "meta": 0.48,
    "json-ld name": -0.39,
    PRINTED: 1.51,
    "meta twitter:title": -0.08,
    "title tag": -0.12,
    COPIED: -0.55,
    SHORT: -0.79,
}
_MIN_HEADLINE_CHARS: Final = 8
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
    """Return the candidate with the most weight."""
    return spelling(max(votes.values(), key=source_weight))


def spelling(sources: list[Candidate]) -> Candidate:
    """Return the text of a candidate's best source, or as it is printed.

    A printed text with fewer marks is none: there a kicker and the headline were two elements.
    """
    best = sources[0]
    for source in sources:
        if source[1] == PRINTED and _count_marks(source[0]) >= _count_marks(best[0]):
            return source
    return best


def _count_marks(text: str) -> int:
    """Return how many characters are neither letters nor digits nor spaces."""
    return sum(not char.isalnum() and not char.isspace() for char in text)


def kinds_of(sources: list[Candidate]) -> list[str]:
    """Return the keys in `WEIGHTS` of all that speaks for or against one candidate."""
    kinds = [source_kind(origin) for _, origin in sources]
    text = sources[0][0]
    return [*kinds, SHORT] if len(text) < _MIN_HEADLINE_CHARS and " " not in text else kinds


def source_weight(sources: list[Candidate]) -> float:
    """Return the sum of the weights of one candidate's sources."""
    return sum(WEIGHTS[kind] for kind in kinds_of(sources))


def source_kind(origin: str) -> str:
    """Return the key of a source in `WEIGHTS`; all lesser meta tags share one, as headings do."""
    if origin == "h2":
        return PRINTED
    return origin if origin in WEIGHTS else "meta"
