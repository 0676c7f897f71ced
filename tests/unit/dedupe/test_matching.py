"""Which pairs of articles are one story."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import astuple

from schemas.events import Role
from workers.dedupe.matching import Match, match
from workers.dedupe.record import DocumentMetadata, build_record, decode, encode
from workers.dedupe.roles import decide_role
from workers.dedupe.signature import compute_signature
from workers.dedupe.similarity import compare

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
BRIEF = (
    "Shares in {place} closed {a} points higher on Tuesday at {b}, after {c} points on the day "
    "before. Turnover was {d} million. The dollar was quoted at {e}, and a barrel of oil cost {f} "
    "at the close. Analysts expect the bank to leave its rate at {g} percent when it meets again."
)


def story(seed, words=300):
    rng = random.Random(f"story {seed}")  # noqa: S311  no secret
    return ["".join(rng.choices("abdefgiklmnoprstuv", k=rng.randrange(3, 9))) for _ in range(words)]


def record_of(name, words, days=0, outlet=""):
    text = words if isinstance(words, str) else " ".join(words)
    moment = NOON + timedelta(days=days)
    return build_record(
        DocumentMetadata(name, moment, moment, outlet or name), compute_signature(text)
    )


def matched(one, other):
    return match(one, other, 30)[0]


def figures_of(found):
    return (
        found.shared_words,
        found.overlap_of_short,
        found.overlap_of_long,
        found.opening_overlap_of_short,
        found.opening_overlap_of_long,
        found.is_scattered,
    )


def edited(words, every):
    return ["changed" if at % every == every - 1 else word for at, word in enumerate(words)]


COPIES = {
    "the same": story(1),
    "first eighth": story(1)[:40],
    "first half": story(1)[:150],
    "another lead": story("lead", 50) + story(1)[30:],
    "in a longer piece": story("a", 300) + story(1) + story("b", 300),
    "paragraphs in another order": story(1)[200:] + story(1)[:100] + story(1)[100:200],
    "every tenth word changed": edited(story(1), 10),
}


@pytest.mark.parametrize("copy", COPIES.values(), ids=COPIES)
def test_copies_match(copy):
    assert matched(record_of("a", story(1)), record_of("b", copy)) is not Match.NONE


OTHER_STORIES = {
    "another story": story(2),
    "a quotation": story(2, 150) + story(1)[100:130] + story(3, 150),
    "a short quotation of the lead": story(2, 150) + story(1)[:25] + story(3, 150),
    "the lead in a round-up": story(2, 70) + story(1)[:60] + story(3, 70),
}


@pytest.mark.parametrize("other", OTHER_STORIES.values(), ids=OTHER_STORIES)
def test_other_stories_do_not(other):
    assert matched(record_of("a", story(1)), record_of("b", other)) is Match.NONE


def test_a_brief_with_other_numbers_is_another_story():
    monday = BRIEF.format(place="Oslo", a=12, b=884, c=31, d=77, e=1.09, f=71.2, g=3)
    friday = BRIEF.format(place="Oslo", a=15, b=899, c=12, d=64, e=1.13, f=70.4, g=3)

    assert matched(record_of("a", monday), record_of("b", friday)) is Match.NONE
    assert (
        matched(record_of("a", monday), record_of("b", monday.replace("Analysts", "Experts")))
        is Match.FIRM
    )


def test_one_outlets_template_around_its_stories_is_no_match():
    template = story("frame", 150)
    one = record_of("a", story(1, 120) + template, outlet="gazette")
    other = record_of("b", story(2, 120) + template, outlet="gazette")

    assert matched(one, other) is Match.NONE


def test_a_sentence_is_the_beginning_of_a_short_text_only():
    sentence = record_of("s", story(1)[:16])

    assert matched(sentence, record_of("a", story(1)[:130]))
    assert not matched(sentence, record_of("b", story(1)[:300]))


def test_a_notice_at_the_end_of_two_outlets_stories_is_no_match():
    notice = story("notice", 130)
    one, other = record_of("a", story(1, 110) + notice), record_of("b", story(2, 130) + notice)

    assert compare(one, other).overlap_of_short > 0.5
    assert matched(one, other) is Match.NONE


def test_a_third_of_both_in_one_run_is_no_quotation_but_a_filled_template_is_a_trap():
    """At the margin the sample of a text decides, so this is counted over many texts."""
    in_runs = templates = 0
    for n in range(40):
        one = story(f"a{n}", 110) + story(f"shared{n}", 90)
        copy = story(f"b{n}", 60) + one[110:] + story(f"c{n}", 80)
        template = [word for at in range(9) for word in one[110 + at * 10 :][:10] + story(at, 14)]
        in_runs += matched(record_of("a", one), record_of("b", copy)) is not Match.NONE
        templates += matched(record_of("a", one), record_of("b", template)) is not Match.NONE

    assert templates <= 2
    assert in_runs >= 10


def test_a_story_after_a_lead_of_the_outlets_own_matches_one_after_another_lead():
    one, other = (
        record_of("a", story("a", 50) + story(1)),
        record_of("b", story("b", 60) + story(1)),
    )

    assert matched(one, other) is not Match.NONE


def test_a_notice_that_opens_two_outlets_stories_is_no_match():
    """If the notice is longer than the story after it, in most cases."""
    matches = 0
    for n in range(40):
        notice = story(f"notice{n}", 70)
        one, other = notice + story(f"one{n}", 60), notice + story(f"other{n}", 200)
        matches += matched(record_of("a", one), record_of("b", other)) is not Match.NONE

    assert matches <= 15


def test_a_copy_after_the_window_is_no_match():
    assert matched(record_of("a", story(1)), record_of("b", story(1), days=31)) is Match.NONE


def test_old_records_without_their_finer_sketch_are_still_compared():
    old = decode(encode(record_of("a", story(1, 400)))[0], b"")

    assert old.lead == 0
    assert matched(old, record_of("b", story(1, 400))) is Match.FIRM
    assert matched(old, record_of("c", edited(story(1, 400), 20))) is not Match.NONE
    assert matched(old, record_of("d", story(2, 400))) is Match.NONE


@given(
    st.lists(
        st.sampled_from(sorted([*COPIES.values(), *OTHER_STORIES.values()])), min_size=2, max_size=2
    )
)
def test_who_comes_first_makes_no_difference(pair):
    one, other = record_of("a", pair[0]), record_of("b", pair[1])
    swapped = {
        Match.CONTAINED_IN_OTHER: Match.CONTAINS_OTHER,
        Match.CONTAINS_OTHER: Match.CONTAINED_IN_OTHER,
    }
    found = matched(one, other)

    assert figures_of(compare(one, other)) == figures_of(compare(other, one))
    assert matched(other, one) is swapped.get(found, found)


@given(
    st.text(alphabet="abc é東0123456789 ", max_size=400),
    st.text(min_size=1, max_size=40),
    st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_a_record_is_read_as_it_was_written(text, name, moment):
    made = build_record(DocumentMetadata(name, moment, moment, "o"), compute_signature(text))

    if made.values:
        assert astuple(decode(*encode(made))) == astuple(made)


@pytest.mark.parametrize(
    ("words", "role"),
    [
        (story(1)[:80], Role.EXCERPT),
        (story(1)[10:], Role.REPRINT),
        (story(1) + story("news", 300), Role.UPDATE),
    ],
)
def test_the_role_follows_from_the_overlap_with_the_original(words, role):
    role_found, overlap = decide_role(record_of("b", words), record_of("a", story(1)))

    assert role_found is role
    assert overlap == pytest.approx(sum(w in set(story(1)) for w in words) / len(words), abs=0.08)
