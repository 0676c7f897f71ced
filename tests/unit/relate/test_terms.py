"""The terms of a text: names are told from words, the top counts most, every script has some."""

import pytest

from workers.relate.terms import MAX_TOKENS, TermKind, collect_terms, hash_all

STORY = (
    "The harbour of Merrow was closed, the harbour office said. Mayor Ilse Brandt said that 14 "
    "boats had sunk. "
    "“The harbour will open,” Brandt's office said."
)


def test_capitalised_words_are_names_unless_the_text_writes_them_small():
    names = collect_terms("Harbour closed in Merrow", STORY)[TermKind.NAME]
    assert {"merrow", "brandt", "ilse"} <= names.keys()
    assert not {"harbour", "closed", "the"} & names.keys()


def test_the_first_word_of_a_sentence_is_no_name_unless_it_is_one_elsewhere():
    text = "Nobody was hurt. Merrow sleeps. Police in Merrow said so. Ilse Brandt wept."
    assert collect_terms("", text)[TermKind.NAME].keys() == {"merrow", "ilse", "brandt"}


def test_where_every_noun_has_a_capital_names_stand_in_pairs_or_after_prepositions():
    text = "Es gab 24 Tote und 3 Millionen Euro Schaden bei dem Brand in Merrow, sagte Ilse Brandt."
    names = collect_terms("", text, "de")[TermKind.NAME]
    assert {"merrow", "ilse", "brandt"} <= names.keys()
    assert not {"tote", "brand", "millionen", "euro", "schaden"} & names.keys()


def test_names_side_by_side_are_a_pair_but_not_over_the_end_of_a_sentence():
    pairs = collect_terms("", "Mayor Ilse Brandt spoke. Merrow listened")[TermKind.NAME_PAIR]
    assert {"ilse brandt", "mayor ilse"} == pairs.keys()


def test_a_name_and_its_possessive_are_one():
    assert collect_terms("", "it was Brandt’s boat and Brandt's only")[TermKind.NAME].keys() == {
        "brandt"
    }


def test_figures_are_terms_of_their_own():
    figures = collect_terms("", "Some 1,400 of 3.5 million, 14 of them old")[TermKind.FIGURE]
    assert figures.keys() == {"1,400", "3.5", "14"}


def test_a_term_at_the_top_counts_more_than_one_below():
    words = collect_terms("flood", "filler " * 150 + "drought")[TermKind.WORD]
    assert words["flood"] > 3 * words["drought"]


@pytest.mark.parametrize("text", ["渋谷で火災が発生", "قتل ثلاثة أشخاص", "ไฟไหม้ตลาด", "наводнение"])
def test_a_script_without_capitals_has_words(text):
    assert collect_terms("", text)[TermKind.WORD]


@pytest.mark.parametrize("text", ["", " \n", "...", "“”", "\0", "a" * 100_000, "1" * 50_000])
def test_any_text_has_terms_or_none(text):
    assert sum(map(len, collect_terms(text, text).values())) <= 2


def test_a_long_text_costs_no_more_than_its_beginning():
    body = " ".join(f"Name{at} word{at}" for at in range(5_000))
    assert sum(map(len, collect_terms("", body).values())) <= 3 * MAX_TOKENS


def test_a_term_of_two_kinds_is_two():
    assert hash_all(TermKind.WORD, ["merrow"]) != hash_all(TermKind.NAME, ["merrow"])
