"""Which articles are round-ups of others."""

import random
from datetime import UTC, datetime

from workers.dedupe.record import DocumentMetadata, build_record
from workers.dedupe.round_ups import count_stories, is_opening_reprinted, is_passage_reprinted
from workers.dedupe.signature import compute_signature
from workers.dedupe.similarity import compare

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def story(seed, words=300):
    rng = random.Random(f"story {seed}")  # noqa: S311  no secret
    return ["".join(rng.choices("abdefgiklmnoprstuv", k=rng.randrange(3, 9))) for _ in range(words)]


def record_of(name, words):
    return build_record(
        DocumentMetadata(name, NOON, NOON, name), compute_signature(" ".join(words))
    )


def test_a_piece_with_the_openings_of_three_stories_is_a_round_up():
    stories = [record_of(f"s{n}", story(n)) for n in range(3)]
    whole = record_of("r", [word for n in range(3) for word in story(n)[:60]])

    assert all(is_opening_reprinted(each, compare(whole, each)) for each in stories)
    assert count_stories(whole, stories, []) == 3


def test_two_stories_make_a_round_up_only_if_no_article_contains_it():
    stories = [record_of(f"s{n}", story(n)) for n in range(2)]
    words = [word for n in range(2) for word in story(n)[:60]]
    whole, longer = record_of("r", words), record_of("o", words + story("rest"))

    assert count_stories(whole, stories, []) == 2
    assert count_stories(whole, stories, [longer]) == 0


def test_a_story_that_others_quote_is_no_round_up_of_them():
    original = record_of("s", story(1, 400))
    quoting = [
        record_of(f"q{n}", story(1, 400)[at : at + 50] + story(f"quoting {n}", 150))
        for n, at in enumerate((0, 100, 200, 300))
    ]
    longer = record_of("l", story(1, 400) + story("more", 300))
    other = record_of("o", story("own", 300) + story(1, 400))

    assert all(is_opening_reprinted(each, compare(original, each)) for each in quoting)
    assert count_stories(original, quoting, [longer, other]) == 0


def test_a_reprint_of_a_round_up_does_not_hide_it():
    stories = [record_of(f"s{n}", story(n)) for n in range(3)]
    words = [word for n in range(3) for word in story(n)[:60]]

    assert count_stories(record_of("r", words), stories, [record_of("p", words)]) == 3


def test_what_long_texts_share_by_chance_makes_no_round_up():
    found = compare(
        record_of("a", story(1, 4000)), record_of("b", story(1, 4000)[:60] + story(2, 3000))
    )

    assert found.shared_words >= 50
    assert not is_passage_reprinted(found.short, found)


def test_a_piece_with_passages_from_the_midst_of_three_stories_is_a_round_up():
    stories = [record_of(f"s{n}", story(n)) for n in range(3)]
    whole = record_of("r", [word for n in range(3) for word in story(n)[100:180]])

    assert not any(is_opening_reprinted(each, compare(whole, each)) for each in stories)
    assert all(is_passage_reprinted(each, compare(whole, each)) for each in stories)
    assert count_stories(whole, stories, []) == 3
    assert count_stories(whole, stories[:2], []) == 0


def test_another_round_up_of_the_same_stories_does_not_hide_them():
    stories = [record_of(f"s{n}", story(n)) for n in range(4)]
    whole = record_of("r", [word for n in range(3) for word in story(n)[:60]])
    other = record_of("o", [word for n in range(1, 4) for word in story(n)[:60]])

    assert count_stories(whole, [other, *stories[:3]], [other]) == 3


def test_what_tells_both_of_two_stories_may_be_their_source_unless_it_is_a_known_round_up():
    stories = [record_of(f"s{n}", story(n)) for n in range(3)]
    whole = record_of("r", [word for n in range(2) for word in story(n)[:60]])
    both = record_of("b", [word for n in range(3) for word in story(n)[20:90]])

    assert count_stories(whole, [*stories[:2], both], []) == 0
    assert count_stories(whole, stories[:2], [], [both]) == 2


def test_two_excerpts_of_a_story_make_it_no_round_up():
    words = story(1, 600)
    excerpts = [record_of("front", words[:250]), record_of("back", words[350:])]

    assert count_stories(record_of("whole", words), excerpts, []) == 0
