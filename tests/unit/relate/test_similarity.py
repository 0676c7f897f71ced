"""When two articles are close enough to tell one event."""

import pytest

from workers.relate.record import (
    MAX_BYTE,
    MAX_WEIGHT,
    EventRecord,
    decode_neighbours,
    decode_record,
    encode_record,
    encode_similarity,
)
from workers.relate.similarity import MIN_LEVEL, Compared, closeness, level, similarity

DAY = 86_400


def compared(mean, days=0.0):
    return Compared(EventRecord("a", int(days * DAY), {}), mean)


def test_similarity_is_that_of_the_shared_terms():
    one, other = (
        decode_record(encode_record("a", 0, weights))
        for weights in ({1: 0.5, 2: 0.6}, {2: 0.5, 3: 0.4})
    )
    assert similarity(one, other) == pytest.approx(0.3, abs=0.002)


def test_an_article_that_is_like_nothing_keeps_a_level():
    assert level([]) == level([0.01]) == MIN_LEVEL


def test_the_same_similarity_is_less_among_articles_that_are_all_alike():
    assert closeness(0.25, compared(0.6), compared(0.6)) < 1
    assert closeness(0.25, compared(0.2), compared(0.2)) > 1


def test_hardly_alike_is_never_close():
    assert closeness(0.1, compared(0.0001), compared(0.0001)) < 1


def test_a_day_changes_nothing_and_three_more_halve():
    now = closeness(0.3, compared(0.3), compared(0.3))
    assert closeness(0.3, compared(0.3), compared(0.3, 1)) == now
    assert closeness(0.3, compared(0.3, 4), compared(0.3)) == pytest.approx(now / 2)


def test_a_record_comes_back_as_it_was_but_for_rounding():
    record = decode_record(encode_record("0123456789abcdef", 1_760_000_000, {7: 0.3, 2**32 - 1: 9}))
    assert (record.document_id, record.published) == ("0123456789abcdef", 1_760_000_000)
    assert record.weights[7] / MAX_BYTE * MAX_WEIGHT == pytest.approx(0.3, abs=0.002)
    assert record.weights[2**32 - 1] == MAX_BYTE


def test_a_date_before_1970_is_the_first_of_all():
    assert decode_record(encode_record("a", -5, {})).published == 0


def test_neighbours_are_numbers_with_similarities():
    raw = (5).to_bytes(4, "little") + bytes([encode_similarity(0.5)])
    assert decode_neighbours(raw) == [(5, pytest.approx(0.5, abs=0.002))]
