"""An article's event signature: its rarest terms, each with a weight, as a vector of length one."""

import math
from collections.abc import Iterable, Mapping
from heapq import nlargest
from operator import itemgetter

from msgspec import Struct

from workers.relate.terms import TermKind, Terms, hash_term

# How many terms of each kind are kept.
MAX_TERMS = {
    TermKind.WORD: 28,
    TermKind.NAME: 16,
    TermKind.FIGURE: 8,
    TermKind.NAME_PAIR: 14,
}
# By how many of its terms an article is found.
MAX_KEYS = 24
# As long as few articles are known, terms are as rare as they usually are in news: as if so many
# articles had been seen before, of which these shares have the term.
PRIOR_ARTICLES = 1_000
_PRIOR_SHARE_OF_PAIRS = 0.001
# short names are mostly the first words of sentences
_PRIOR_SHARES_OF_NAMES = {1: 0.2, 2: 0.2, 3: 0.1, 4: 0.02}
_PRIOR_SHARE_OF_LONG_NAMES = 0.005
_PRIOR_SHARES_OF_WORDS = {1: 0.15, 2: 0.15, 3: 0.15, 4: 0.08, 5: 0.03, 6: 0.03}
_PRIOR_SHARE_OF_LONG_WORDS = 0.01
_PRIOR_SHARE_OF_SHORT_FIGURES, _PRIOR_SHARE_OF_LONG_FIGURES = 0.05, 0.005
_MAX_SHORT_FIGURE = 2


class EventSignature(Struct, frozen=True):
    """The terms (32 bits each) with their weights; `keys` are the weightiest."""

    weights: Mapping[int, float]
    keys: tuple[int, ...]


def hash_terms(terms: Terms) -> tuple[int, ...]:
    """Return all terms as 32 bits, in the order of `terms`."""
    return tuple(hash_term(kind, term) for kind, counts in terms.items() for term in counts)


def weigh_terms(terms: Terms, document_counts: Iterable[int], documents: int) -> EventSignature:
    """Return the signature of an article whose terms have occurred in so many of `documents`
    articles; `document_counts` are in the order of `terms`.

    The weight of a term is (1 + log count) · log(documents / document count), as usual (G. Salton
    and C. Buckley, 1988). Each kind of term that the article has gets an equal share.
    """
    seen = iter(document_counts)
    total = documents + PRIOR_ARTICLES + 1
    kept = []
    for kind, counts in terms.items():
        weights = {
            hash_term(kind, term): (1 + math.log(count)) * rarity
            for (term, count), known in zip(counts.items(), seen, strict=False)
            if (rarity := math.log(total / (known + PRIOR_ARTICLES * _prior_share(kind, term)))) > 0
        }
        if weights:
            kept.append(_normalize(weights, MAX_TERMS[kind]))
    share = 1 / math.sqrt(len(kept) or 1)
    weights = {term: weight * share for each in kept for term, weight in each.items()}
    keys = nlargest(MAX_KEYS, weights, key=weights.__getitem__)
    return EventSignature(weights, tuple(keys))


def _normalize(weights: Mapping[int, float], most: int) -> dict[int, float]:
    """Return the weightiest terms with weights whose squares add up to one."""
    largest = nlargest(most, weights.items(), key=itemgetter(1))
    length = math.hypot(*(weight for _, weight in largest))
    return {term: weight / length for term, weight in largest}


def _prior_share(kind: TermKind, term: str) -> float:
    """Return the share (0..1) of articles that usually have a term of this form."""
    if kind is TermKind.WORD:
        return _PRIOR_SHARES_OF_WORDS.get(len(term), _PRIOR_SHARE_OF_LONG_WORDS)
    if kind is TermKind.FIGURE:
        is_short = len(term) <= _MAX_SHORT_FIGURE
        return _PRIOR_SHARE_OF_SHORT_FIGURES if is_short else _PRIOR_SHARE_OF_LONG_FIGURES
    if kind is TermKind.NAME:
        return _PRIOR_SHARES_OF_NAMES.get(len(term), _PRIOR_SHARE_OF_LONG_NAMES)
    return _PRIOR_SHARE_OF_PAIRS
