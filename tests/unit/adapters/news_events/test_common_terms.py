"""Counts of common terms, as a process keeps them."""

from workers.adapters.news_events.common_terms import (
    COMMON,
    STEP,
    CommonTerms,
    parts_to_count,
)


def learned(documents=1_000):
    common = CommonTerms()
    common.known(5)
    common.forget_old(documents)
    common.learn({1: COMMON, 2: COMMON - 1})
    return common


def test_only_common_terms_are_kept():
    assert learned().known(5) == {1: COMMON}


def test_counts_are_kept_until_articles_have_become_some_more():
    common = learned(1_000)
    common.forget_old(1_031)
    assert common.known(5)
    common.forget_old(1_032)
    assert not common.known(5)


def test_counts_of_a_store_that_was_emptied_are_forgotten():
    common = learned(1_000)
    common.forget_old(999)
    assert not common.known(5)


def test_counts_are_of_one_epoch():
    assert not learned().known(6)


def test_rare_terms_are_counted_by_every_article_and_common_ones_by_one_in_a_step():
    common, times = {1: COMMON}, 0
    for at in range(4_000):
        rare, chosen = parts_to_count(f"article {at}", [1, 2], common)
        assert rare == [2]
        times += len(chosen)
    assert 4_000 * 0.85 < times * STEP < 4_000 * 1.15
