"""An article's event signature: rare terms weigh most, each kind has its share."""

import math

import pytest

from workers.relate.signature import MAX_KEYS, MAX_TERMS, hash_terms, weigh_terms
from workers.relate.terms import TermKind, collect_terms, hash_all


def hash_term(kind, term):
    return hash_all(kind, [term])[0]


def signature(title, body="", counts=None, documents=10_000):
    terms = collect_terms(title, body)
    hashes = hash_terms(terms)
    known = {hash_term(*each): count for each, count in (counts or {}).items()}
    return weigh_terms(terms, hashes, [known.get(each, 1) for each in hashes], documents)


def test_a_signature_has_length_one():
    made = signature("Fire in Merrow kills 14", "Mayor Ilse Brandt spoke of a catastrophe.")
    assert math.hypot(*made.weights.values()) == pytest.approx(1)


def test_a_term_that_many_articles_have_weighs_less():
    counts = {(TermKind.NAME, "london"): 5_000}
    made = signature("from Merrow to London", counts=counts).weights
    london, merrow = (hash_term(TermKind.NAME, name) for name in ("london", "merrow"))
    assert made[london] < made[merrow] / 3


def test_a_term_that_every_article_has_is_none():
    counts = {(TermKind.NAME, "london"): 200_000}
    made = signature("from Merrow to London", counts=counts).weights
    assert hash_term(TermKind.NAME, "london") not in made


def test_before_anything_is_known_long_words_weigh_more_than_short_ones():
    made = signature("and reservoir", documents=0).weights
    assert made[hash_term(TermKind.WORD, "reservo")] > made[hash_term(TermKind.WORD, "and")]


def test_a_long_article_keeps_its_weightiest_terms():
    body = " ".join(f"word{at} Name{at} {at}" for at in range(500))
    made = signature("", body)
    assert len(made.weights) <= sum(MAX_TERMS.values())
    assert len(made.keys) == MAX_KEYS
    assert min(map(made.weights.get, made.keys)) >= sorted(made.weights.values())[-MAX_KEYS]


def test_an_article_without_terms_has_an_empty_signature():
    assert not signature("", "").weights
