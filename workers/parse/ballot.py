"""Which of the texts that a page calls its headline is the headline: each source has its weight.

Letters and digits make two texts the same; the first source that told it gives its spelling.
"""

# Learned by tests/bench/extraction/train_title.py. A title tag speaks against its text, as it is
# written for search engines; one that is og:title letter for letter, site's name and all, comes
# from the same field of an editing form, and the two of them are one voice.
WEIGHTS = {
    "meta og:title": 2.0,
    "json-ld headline": 1.6,
    "meta": 1.45,
    "json-ld name": 1.5,
    "h1": 0.35,
    "meta twitter:title": 0.0,
    "title tag": -0.65,
    "title tag as og:title": -1.5,
}
# They speak for what others tell, and never stand for themselves.
SECONDS = {"json-ld name"}

Candidate = tuple[str, str]
Ballot = dict[str, list[Candidate]]


def count(told: list[tuple[str, str, str]]) -> Ballot:
    """Of (letters, text, origin) in order of trust: who told which text."""
    found: Ballot = {}
    for key, text, origin in told:
        if key in found or origin not in SECONDS:
            found.setdefault(key, []).append((text, origin))
    return found


def choose(ballot: Ballot) -> Candidate:
    """The text with the most weight, and the first that told it."""
    return max(ballot.values(), key=weight)[0]


def weight(voices: list[Candidate]) -> float:
    """What the sources of one text weigh together."""
    return sum(WEIGHTS[kind(origin)] for _, origin in voices)


def kind(origin: str) -> str:
    """The row of the table for a source; all lesser meta tags share one."""
    return origin if origin in WEIGHTS else "meta"
