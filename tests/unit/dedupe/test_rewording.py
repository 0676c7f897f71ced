"""Versions of a story in other words, and what only looks like one."""

import random
from array import array
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.dedupe.long_words import (
    MAX_WORDS,
    LongWords,
    decode_words,
    encode_words,
    sample_words,
    share_words,
)
from workers.dedupe.matching import Match, match
from workers.dedupe.record import DocumentMetadata, build_record, decode, encode
from workers.dedupe.signature import compute_signature

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FORM = (
    "Forecast for {place}: {sky} skies throughout the morning, with temperatures reaching {a} "
    "degrees inland and {b} degrees along the coastline. Moderate breezes from the {wind} approach "
    "{c} kilometres per hour towards evening. Precipitation probability stands at {d} percent, "
    "increasing overnight to {e} percent. Visibility remains adequate throughout, except around "
    "mountain passages above {f} metres. Meteorologists publish another forecast tomorrow morning."
)


def story(seed, words=300):
    """Return words of which every third is a long one, and every thirtieth a number."""
    rng = random.Random(f"version {seed}")  # noqa: S311  no secret
    return [
        str(rng.randrange(10, 5_000)) if at % 30 == 7 else _word(rng, 9 if at % 3 else 4)
        for at in range(words)
    ]


def _word(rng, length):
    return "".join(rng.choices("abdefgiklmnoprstuv", k=length))


def reworded(words, every):
    """Every so manieth word replaced, numbers excepted."""
    rng = random.Random(every)  # noqa: S311  no secret
    return [
        _word(rng, len(word)) if at % every == 0 and not word.isdigit() else word
        for at, word in enumerate(words)
    ]


def with_figures(words, share):
    """So large a share of the numbers replaced by higher ones."""
    rng = random.Random(0)  # noqa: S311  no secret
    return [
        str(int(word) + 7) if word.isdigit() and rng.random() < share else word for word in words
    ]


def record_of(name, words, hours=0.0, outlet=""):
    moment = NOON + timedelta(hours=hours)
    text = words if isinstance(words, str) else " ".join(words)
    metadata = DocumentMetadata(name, moment, moment, outlet or name)
    return decode(*encode(build_record(metadata, compute_signature(text))))


def matched(one, other):
    return match(one, other, 30)[0]


REWORDED = {
    "one word of five": reworded(story(1), 5),
    "one word of five, and a lead of its own": story("lead", 30) + reworded(story(1), 5),
    "four words of ten": [
        other if at % 10 < 4 else word
        for at, (word, other) in enumerate(zip(story(1), reworded(story(1), 1), strict=True))
    ],
    "one word of six, and a third cut": reworded(story(1)[:100] + story(1)[200:], 6),
    "one word of six, and its halves swapped": reworded(story(1)[150:] + story(1)[:150], 6),
}


@pytest.mark.parametrize("copy", REWORDED.values(), ids=REWORDED)
def test_a_reworded_copy_matches(copy):
    assert matched(record_of("a", story(1)), record_of("b", copy)) is not Match.NONE


def test_a_report_with_the_same_names_in_other_sentences_does_not():
    long = [word for word in story(1) if len(word) > 5]
    other = story(2, 150)
    other[::2] = random.Random(1).sample(long, 75)  # noqa: S311  no secret

    assert matched(record_of("a", story(1)), record_of("b", other)) is Match.NONE


def test_a_block_that_two_outlets_print_in_other_words_is_no_version():
    notice = story("notice", 150)
    one = record_of("a", story(1, 130) + notice)
    other = record_of("b", story(2, 130) + reworded(notice, 30))

    assert matched(one, other) is Match.NONE


UPDATES = {
    "a new lead, and a third cut": story("lead", 110) + story(1)[:230],
    "new paragraphs between the old ones": story(1)[:150] + story("news", 150) + story(1)[150:],
    "a lead, other figures": story("lead", 110) + with_figures(story(1)[:250], 0.5),
    "a shorter one with a new lead": story("lead", 40) + story(1)[:140],
    "a first take": reworded(story(1)[:75], 40),
    "every eighth word changed": reworded(story(1), 8),
}


@pytest.mark.parametrize("update", UPDATES.values(), ids=UPDATES)
def test_an_outlets_own_update_of_the_day_matches_and_a_later_one_does_not(update):
    first = record_of("a", story(1), outlet="gazette")

    assert matched(first, record_of("b", update, hours=5, outlet="gazette")) is not Match.NONE
    assert matched(first, record_of("b", update, hours=30, outlet="gazette")) is Match.NONE


@pytest.mark.parametrize("outlet", ["gazette", "courier"])
def test_a_form_with_other_figures_is_no_version(outlet):
    morning = FORM.format(
        place="Oslo", sky="clear", wind="north", a=12, b=9, c=31, d=20, e=45, f=800
    )
    evening = FORM.format(
        place="Oslo", sky="grey", wind="south", a=15, b=8, c=22, d=35, e=60, f=650
    )
    first = record_of("a", morning, outlet="gazette")

    assert matched(first, record_of("b", evening, hours=6, outlet=outlet)) is Match.NONE


def test_pages_of_an_outlet_that_share_its_blocks_are_no_versions():
    blocks = reworded(story("blocks", 160), 200)
    one = record_of("a", story(1, 120) + blocks, outlet="gazette")
    other = record_of("b", story(2, 200) + blocks, hours=1, outlet="gazette")

    assert matched(one, other) is Match.NONE


def test_an_article_of_the_version_before_has_no_words_and_is_still_compared():
    """It stored nothing behind the values of the finer sketch."""
    made = build_record(
        DocumentMetadata("a", NOON, NOON, "a"), compute_signature(" ".join(story(1)))
    )
    stored = encode(made)[0], array("H", made.values).tobytes()

    old = decode(*stored)

    assert old.values == made.values
    assert old.words == LongWords()
    assert matched(old, record_of("b", story(1)[:150])) is not Match.NONE
    assert matched(old, record_of("b", reworded(story(1), 5))) is Match.NONE


def test_a_text_of_two_scripts_has_long_words_of_one_and_pairs_of_the_other():
    spaced, unspaced = "council budgets", "東京会議"
    both = set(compute_signature(f"{spaced} {unspaced}").words.hashes)

    assert set(compute_signature(spaced).words.hashes) < both
    assert len(both) == 2 + 3


HASHES = st.lists(st.integers(0, 0xFFFF), max_size=3 * MAX_WORDS)


@given(HASHES, HASHES)
def test_what_two_texts_share_does_not_depend_on_their_order(one, other):
    first, second = sample_words([*one, *other[::2]]), sample_words(other)

    assert share_words(first, second) == share_words(second, first)


@given(HASHES)
def test_words_are_read_as_they_were_written(hashes):
    words = sample_words(hashes)

    assert decode_words((0, *encode_words(words))) == words
    assert all(each & 1 for each in encode_words(words))
