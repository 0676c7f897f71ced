"""Which articles are made of others."""

import random
from datetime import UTC, datetime

from workers.dedupe.record import DocumentFacts, record
from workers.dedupe.round_ups import opens_in, stands_in, stories_told
from workers.dedupe.signature import signature
from workers.dedupe.similarity import similarity

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def story(seed, words=300):
    rng = random.Random(f"story {seed}")  # noqa: S311  no secret
    return ["".join(rng.choices("abdefgiklmnoprstuv", k=rng.randrange(3, 9))) for _ in range(words)]


def kept(name, words):
    return record(DocumentFacts(name, NOON, NOON, name), signature(" ".join(words)))


def test_a_piece_with_the_openings_of_three_stories_is_a_round_up():
    stories = [kept(f"s{n}", story(n)) for n in range(3)]
    whole = kept("r", [word for n in range(3) for word in story(n)[:60]])

    assert all(opens_in(each, similarity(whole, each)) for each in stories)
    assert stories_told(whole, stories, []) == 3


def test_two_stories_make_a_round_up_only_of_what_nobody_holds():
    stories = [kept(f"s{n}", story(n)) for n in range(2)]
    words = [word for n in range(2) for word in story(n)[:60]]
    whole, longer = kept("r", words), kept("o", words + story("rest"))

    assert stories_told(whole, stories, []) == 2
    assert stories_told(whole, stories, [longer]) == 0


def test_a_story_that_others_quote_is_no_round_up_of_them():
    original = kept("s", story(1, 400))
    quoting = [
        kept(f"q{n}", story(1, 400)[at : at + 50] + story(f"quoting {n}", 150))
        for n, at in enumerate((0, 100, 200, 300))
    ]
    longer = kept("l", story(1, 400) + story("more", 300))
    other = kept("o", story("own", 300) + story(1, 400))

    assert all(opens_in(each, similarity(original, each)) for each in quoting)
    assert stories_told(original, quoting, [longer, other]) == 0


def test_a_reprint_of_a_round_up_does_not_hide_it():
    stories = [kept(f"s{n}", story(n)) for n in range(3)]
    words = [word for n in range(3) for word in story(n)[:60]]

    assert stories_told(kept("r", words), stories, [kept("p", words)]) == 3


def test_what_long_texts_share_by_chance_makes_no_round_up():
    found = similarity(kept("a", story(1, 4000)), kept("b", story(1, 4000)[:60] + story(2, 3000)))

    assert found.shared >= 50
    assert not stands_in(found.short, found)


def test_a_piece_with_passages_from_the_midst_of_three_stories_is_a_round_up():
    stories = [kept(f"s{n}", story(n)) for n in range(3)]
    whole = kept("r", [word for n in range(3) for word in story(n)[100:180]])

    assert not any(opens_in(each, similarity(whole, each)) for each in stories)
    assert all(stands_in(each, similarity(whole, each)) for each in stories)
    assert stories_told(whole, stories, []) == 3
    assert stories_told(whole, stories[:2], []) == 0


def test_another_round_up_of_the_same_stories_does_not_hide_them():
    stories = [kept(f"s{n}", story(n)) for n in range(4)]
    whole = kept("r", [word for n in range(3) for word in story(n)[:60]])
    other = kept("o", [word for n in range(1, 4) for word in story(n)[:60]])

    assert stories_told(whole, [other, *stories[:3]], [other]) == 3


def test_what_tells_both_of_two_stories_may_be_their_source_unless_it_is_a_known_round_up():
    stories = [kept(f"s{n}", story(n)) for n in range(3)]
    whole = kept("r", [word for n in range(2) for word in story(n)[:60]])
    both = kept("b", [word for n in range(3) for word in story(n)[20:90]])

    assert stories_told(whole, [*stories[:2], both], []) == 0
    assert stories_told(whole, stories[:2], [], [both]) == 2


def test_two_excerpts_that_a_story_holds_whole_make_it_no_round_up():
    words = story(1, 600)
    excerpts = [kept("front", words[:250]), kept("back", words[350:])]

    assert stories_told(kept("whole", words), excerpts, []) == 0
