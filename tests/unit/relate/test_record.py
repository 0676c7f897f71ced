"""The record of an article as the store keeps it."""

from workers.relate.record import decode_record, encode_record


def test_a_record_comes_back_as_it_was():
    raw = encode_record("id-é", 1_772_452_800, {2**32 - 1: 0.64, 7: 0.32, 0: 0.0, 5: 9.0})
    record = decode_record(raw)
    assert (record.document_id, record.published) == ("id-é", 1_772_452_800)
    assert record.weights == {2**32 - 1: 255, 7: 128, 0: 0, 5: 255}


def test_an_article_without_terms_has_a_record():
    assert decode_record(encode_record("empty", -1, {})).weights == {}
