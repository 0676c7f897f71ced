"""An article's event signature: its rarest terms, each with a weight, as a vector of length one."""

from collections.abc import Iterable, Mapping
from itertools import chain
from math import hypot, log, sqrt

from msgspec import Struct

from workers.relate.terms import TermKind, Terms, hash_all

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
# kind → shares of terms of 0, 1, 2 … letters or digits, the last one of all that are longer.
_PRIOR_SHARES = {
    TermKind.WORD: (0.15, 0.15, 0.15, 0.15, 0.08, 0.03, 0.03, 0.01),
    # short names are mostly the first words of sentences
    TermKind.NAME: (0.2, 0.2, 0.2, 0.1, 0.02, 0.005),
    TermKind.FIGURE: (0.05, 0.05, 0.05, 0.005),
    TermKind.NAME_PAIR: (0.001,),
}


class EventSignature(Struct, frozen=True):
    """The terms (32 bits each) with their weights; `keys` are the weightiest."""

    weights: Mapping[int, float]
    keys: tuple[int, ...]


def hash_terms(terms: Terms) -> tuple[int, ...]:
    """Return all terms as 32 bits, in the order of `terms`."""
    return tuple(chain.from_iterable(hash_all(kind, counts) for kind, counts in terms.items()))


def weigh_terms(
    terms: Terms, hashes: Iterable[int], document_counts: Iterable[int], documents: int
) -> EventSignature:
    """Return the signature of an article whose terms have occurred in so many of `documents`
    articles; `hashes` (of `hash_terms`) and `document_counts` are in the order of `terms`.

    The weight of a term is (1 + log count) · log(documents / document count), as usual (G. Salton
    and C. Buckley, 1988). Each kind of term that the article has gets an equal share.
    """
    seen = zip(hashes, document_counts, strict=True)
    total = documents + PRIOR_ARTICLES + 1
    kept = []
    for kind, counts in terms.items():
        priors = [PRIOR_ARTICLES * share for share in _PRIOR_SHARES[kind]]
        longest = len(priors) - 1
        weights = [
            ((1 + log(count)) * log(rarity), hashed)
            for (term, count), (hashed, known) in zip(counts.items(), seen, strict=False)
            if (rarity := total / (known + priors[min(len(term), longest)])) > 1
        ]
        if weights:
            kept.append(_normalize(weights, MAX_TERMS[kind]))
    share = 1 / sqrt(len(kept) or 1)
    weighed = {term: weight * share for each in kept for weight, term in each}
    rarest = sorted(weighed, key=weighed.__getitem__, reverse=True)
    return EventSignature(weighed, tuple(rarest[:MAX_KEYS]))


def _normalize(weights: list[tuple[float, int]], most: int) -> list[tuple[float, int]]:
    """Return the weightiest terms with weights whose squares add up to one."""
    weights.sort(reverse=True)
    largest = weights[:most]
    length = hypot(*(weight for weight, _ in largest))
    return [(weight / length, term) for weight, term in largest]
