"""The capitalised names of an article: people, organisations, places, whatever is written so.

No model says what a name stands for. It is one if its words are capitalised side by side, and the
text nowhere writes them small; in German, where every noun has a capital, only if it is repeated.
"""

import re
from calendar import day_name, month_name
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from workers.annotate.capitals import NOUN_CAPITALS, TOKEN, fold, parts_of_names

MAX_NAMES: Final = 12
# What stands beyond is not read: names of whom a story is about come early.
MAX_CHARACTERS: Final = 4_000
MIN_LENGTH: Final = 3
MAX_WORDS: Final = 6
# Small words within names: "Ursula von der Leyen", "Rio de Janeiro".
_PARTICLES: Final = re.compile(
    r"\s(?:(?:de la|de los|van der|van den|von der|de|del|della|du|da|dos|di|van|von|bin|al|el)\s)?"
)
# What stands before a name, and is none.
_TITLES: Final = frozenset(
    "mr mrs ms miss dr prof sir dame lord lady herr frau monsieur madame mme señor señora".split()
)
_CALENDAR: Final = frozenset(word.lower() for word in (*day_name, *month_name) if word)


def find_names(title: str, body: str, language: str | None) -> tuple[str, ...]:
    """Return the names of an article as it writes them, the most frequent first. A surname that
    stands alone counts for the full name that came before.

    Headlines give every word a capital in some languages, so a name must be in the text, too.
    """
    code = (language or "").partition("-")[0]
    text = body[:MAX_CHARACTERS]
    found = list(_runs(text, code))
    counts = Counter(name for name, _ in found)
    full = _full_names(counts)
    mentions: Counter[str] = Counter()
    for name, count in counts.items():
        mentions[full.get(name, name)] += count
    within = {full.get(name, name) for name, is_first in found if not is_first}
    least = 2 if code in NOUN_CAPITALS else 1
    kept = {
        name: count + (name in title)
        for name, count in mentions.items()
        if name and count >= least and (count > 1 or name in within)
    }
    return tuple(sorted(kept, key=lambda name: -kept[name])[:MAX_NAMES])


def _runs(text: str, language: str) -> Iterator[tuple[str, bool]]:
    """Yield the names of a text in their order, and whether each begins a sentence."""
    matches = list(TOKEN.finditer(text))
    tokens = [match.group() for match in matches]
    folded = [fold(token) for token in tokens]
    parts = parts_of_names(tokens, folded, language)
    spans = [matches[at].span() for at in parts]
    starts = [at == 0 or not folded[at - 1] for at in parts]
    words = list(parts.values())
    for run in _joined(text, spans):
        first = next((n for n, at in enumerate(run) if words[at] not in _TITLES), len(run))
        if name := _written(text, [spans[at] for at in run[first:]]):
            yield name, starts[run[0]] and not first


def _joined(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[list[int]]:
    """Yield the places of parts that make one name."""
    run = [0] if spans else []
    for at, (last, part) in enumerate(pairwise(spans), 1):
        if not _PARTICLES.fullmatch(text[last[1] : part[0]]) or len(run) == MAX_WORDS:
            yield run
            run = []
        run.append(at)
    if run:
        yield run


def _written(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Return a name as the text writes it, without a genitive; empty if it is none."""
    if not spans:
        return ""
    start, end = spans[0][0], spans[-1][1]
    name = " ".join(text[start:end].split()).removesuffix("'s").removesuffix("’s")
    if "." in name.rpartition(" ")[2] and text[end : end + 1] == ".":
        name += "."  # that of "U.S."
    is_name = name[:1].isupper() and len(name) >= MIN_LENGTH and name.lower() not in _CALENDAR
    return name if is_name else ""


def _full_names(counts: Counter[str]) -> dict[str, str]:
    """Return by last word the full name that the text has for it; an empty one if there are
    several, as it is then not known whose it is."""
    by_last: dict[str, set[str]] = {}
    for name in counts:
        if " " in name:
            by_last.setdefault(name.rpartition(" ")[2], set()).add(name)
    return {last: names.pop() if len(names) == 1 else "" for last, names in by_last.items()}
