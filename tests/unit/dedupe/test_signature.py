"""Words, shingles and sketches are the same in every process and for every typography."""

import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.dedupe.signature import (
    LEAD_SHINGLES,
    SHINGLE_CHARACTERS,
    SHINGLE_WORDS,
    compute_signature,
    hash_shingles,
)
from workers.dedupe.tokens import tokenize

TEXT = "The council’s budget — 1,200 pages of it — passed by nine votes to four."


def test_typography_makes_no_difference():
    plain = "the COUNCIL's budget - 1,200 pages of it - passed by nine votes to four"
    soft = TEXT.replace("council", "coun\u00adcil").replace("budget", "bud\u200bget")

    assert tokenize(TEXT) == tokenize(plain) == tokenize(soft)


def test_wide_and_ligature_forms_are_the_same_words():
    assert tokenize("ＡＢＣ ﬁrst") == tokenize("abc first")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("東京で会議。", ["東", "京", "で", "会", "議"]),
        ("서울 2026", ["서", "울", "2026"]),
        ("ไทย", ["ไ", "ท", "ย"]),
        ("Straße über", ["straße", "über"]),
    ],
)
def test_scripts_without_spaces_are_read_by_character(text, expected):
    assert [word.decode() for word in tokenize(text)[0]] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("東京で", {"東", "京", "で"}), ("The word 東京 is Tokyo", {"東", "京"}), ("words", set())],
)
def test_the_characters_of_scripts_without_spaces_are_told_from_words(text, expected):
    assert {each.decode() for each in tokenize(text)[1]} == expected


def test_a_passage_has_the_same_shingles_in_a_text_of_two_scripts():
    unspaced = "".join(chr(0x4E00 + n) for n in range(40))
    spaced = " ".join(f"word{n}" for n in range(40))

    values = set(compute_signature(f"{spaced} {unspaced}").values)

    assert set(compute_signature(unspaced).values) <= values
    assert set(compute_signature(spaced).values) <= values


def test_shingle_hashes_are_those_that_are_stored_already():
    """Fingerprints outlive a process and a Python version."""
    tokens, _ = tokenize("one two three four five")

    assert hash_shingles(tokens, SHINGLE_WORDS).hex() == "c00d91b19f28b6262090f3d61da1691d"


def test_another_process_with_another_hash_seed_makes_the_same_signature():
    program = (
        "from workers.dedupe.signature import compute_signature\n"
        f"print(compute_signature({TEXT!r}))"
    )

    runs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert runs == {f"{compute_signature(TEXT)}\n"}


def test_a_text_shorter_than_a_shingle_is_one():
    assert compute_signature("two words").length == 1
    assert compute_signature("").length == 0


def test_the_lead_is_kept_whole_and_the_rest_in_part():
    text = " ".join(f"word{n}" for n in range(1000))

    made = compute_signature(text)

    assert made.length == 1000 - SHINGLE_WORDS + 1
    assert all(not value % made.rate for value in made.values[LEAD_SHINGLES:])
    assert (
        (1000 - LEAD_SHINGLES) / made.rate * 0.7
        < len(made.values) - LEAD_SHINGLES
        < (1000 - LEAD_SHINGLES) / made.rate * 1.3
    )


def test_fingerprints_of_a_cut_copy_are_among_those_of_its_original():
    text = " ".join(f"word{n}" for n in range(400))
    whole, cut = compute_signature(text), compute_signature(" ".join(text.split()[:60]))

    assert {*cut.long_term} <= {*whole.long_term}
    assert {*cut.short_term} <= {*whole.short_term}
    assert len({*cut.long_term, *cut.short_term}) > 3


def test_characters_of_a_script_without_spaces_make_longer_shingles():
    text = "".join(chr(0x4E00 + n) for n in range(100))

    assert compute_signature(text).length == 100 - SHINGLE_CHARACTERS + 1


@given(st.text())
def test_any_text_has_a_signature(text):
    made = compute_signature(text)

    assert made == compute_signature(text)
    assert all(len(each) == 5 for each in (*made.long_term, *made.short_term))
