"""Claims and joins on a real server."""

import struct
from datetime import UTC, datetime, timedelta

import pytest

from schemas.events import Role
from workers.adapters.fingerprints.store import FingerprintStore
from workers.dedupe.cluster_assignment import assign
from workers.dedupe.record import DocumentFacts

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def fingerprints(clean_redis):
    return FingerprintStore(clean_redis, "test", 30)


@pytest.fixture
def place(fingerprints):
    """Places an article; its placement."""

    def place_one(name, words, minutes=0, outlet="", days=0):
        moment = NOON + timedelta(days=days, minutes=minutes)
        facts = DocumentFacts(name, moment, moment, outlet or name)
        return assign(facts, " ".join(words), fingerprints)

    return place_one


@pytest.fixture
def words(newswire):
    """The words of a story that nobody else tells."""

    def write(seed, number=300):
        return newswire.text(newswire.dice("words", seed), number)

    return write


def test_an_article_that_nobody_else_has_is_the_original_of_its_own_cluster(place, words):
    assert place("a", words(1)).place == ("a", "a", Role.ORIGINAL, 1.0)
    assert place("b", words(2)).place == ("b", "b", Role.ORIGINAL, 1.0)


def test_an_article_claimed_again_is_never_its_own_copy(place, words):
    first = place("a", words(1))
    again = place("a", words(1))

    assert again.place == first.place
    assert again.changes == ()
    assert again.at > first.at


def test_a_copy_that_prints_the_first_paragraphs_is_an_excerpt(place, words):
    place("a", words(1))

    name, cluster, role, shared = place("b", words(1)[:60], 5).place

    assert (name, cluster, role) == ("b", "a", Role.EXCERPT)
    assert shared > 0.9


def test_an_article_published_earlier_becomes_the_original_and_moves_the_others(place, words):
    place("late", words(1), 60)
    place("later", words(1), 70)

    placement = place("early", words(1), 0)

    assert placement.place[:3] == ("early", "early", Role.ORIGINAL)
    [change] = placement.changes
    assert sorted(change.members) == [
        ("late", "early", Role.REPRINT, 1.0),
        ("later", "early", Role.REPRINT, 1.0),
    ]


def test_a_late_bridge_brings_two_clusters_together(place, words):
    text = words(1, 600)
    place("front", text[:250])
    place("back", text[350:], 1)

    placement = place("whole", text, 2)

    assert placement.place[1] == "front"
    assert [change.members[0][:2] for change in placement.changes] == [("back", "front")]


def test_a_reprint_after_the_window_is_a_new_story(place, words):
    place("a", words(1))

    assert place("b", words(1), days=31).place[1] == "b"
    assert place("c", words(1), days=60).place[1] == "b"


def test_pages_of_one_outlet_with_the_same_frame_are_no_cluster(place, words):
    frame = words("frame", 120)
    place("a", frame[:60] + words(1, 100) + frame[60:], outlet="gazette")

    placement = place("b", frame[:60] + words(2, 100) + frame[60:], outlet="gazette")

    assert placement.place[1] == "b"


def test_a_round_up_belongs_to_none_of_its_stories(place, words):
    stories = [words(n) for n in range(4)]
    place("short copy", stories[0][:70])
    round_up = [word for story in stories for word in story[:70]]
    assert place("round-up", round_up, 1).place[1] == "short copy"

    placements = [place(f"story{n}", story, 2 + n) for n, story in enumerate(stories)]

    told = {
        member[0]: member
        for placement in placements
        for change in placement.changes
        for member in change.members
    }
    assert told["round-up"] == ("round-up", "round-up", Role.ORIGINAL, 1.0)
    assert placements[0].place[1] == "short copy"
    assert [placement.place[1] for placement in placements[1:]] == ["story1", "story2", "story3"]
    assert place("round-up", round_up, 1).place[1] == "round-up"


def test_a_round_up_that_comes_last_joins_none_of_its_stories(place, words):
    stories = [words(n) for n in range(4)]
    for n, story in enumerate(stories):
        place(f"story{n}", story, n)
        place(f"short{n}", story[:70], n)

    placement = place("round-up", [word for story in stories for word in story[:70]], 9)

    assert placement.place == ("round-up", "round-up", Role.ORIGINAL, 1.0)


def test_a_round_up_of_two_stories_that_has_more_of_one_joins_neither(place, words):
    stories = [words(n) for n in range(2)]
    for n, story in enumerate(stories):
        place(f"story{n}", story, n)
        place(f"short{n}", story[:75], n)

    placement = place("round-up", [*stories[0][:80], *words(9, 20), *stories[1][:75]], 9)

    assert placement.place == ("round-up", "round-up", Role.ORIGINAL, 1.0)


def test_openings_count_before_the_pieces_that_have_a_story_in_their_midst(place, words):
    stories = [words(n, 250) for n in range(2)]
    for n, story in enumerate(stories):
        place(f"story{n}", story, n)
        place(f"short{n}", story[:75], n)
        for piece in range(4):
            own = [words(f"{n} {piece} {side}", 250) for side in range(2)]
            place(f"piece{n}{piece}", [*own[0], *story, *own[1]], n)

    placement = place("round-up", [*stories[0][:80], *words(9, 20), *stories[1][:75]], 9)

    assert placement.place == ("round-up", "round-up", Role.ORIGINAL, 1.0)


def test_who_has_much_of_one_story_and_a_little_of_another_brings_no_two_together(place, words):
    stories = [words(n, 800) for n in range(2)]
    place("short0", stories[0][:150])
    place("short1", stories[1][:17], 1)

    placement = place("both", [*stories[1][:17], *words(9, 30), *stories[0][:95]], 2)

    assert placement.place[1] == "short0"
    assert [member[0] for change in placement.changes for member in change.members] == []


def test_passages_from_the_midst_of_three_stories_make_no_bridge_between_them(place, words):
    stories = [words(n, 240) for n in range(3)]
    for n, story in enumerate(stories):
        place(f"story{n}", story, n)
        place(f"copy{n}", story, n + 1)

    middle = [word for story in stories for word in story[100:220]]
    placement = place("round-up", middle, 9)

    assert placement.place[1] == "round-up"
    assert [place(f"late{n}", story, 20).place[1] for n, story in enumerate(stories)] == [
        "story0",
        "story1",
        "story2",
    ]


def test_a_round_up_that_had_brought_two_stories_together_parts_them_as_it_leaves(place, words):
    stories = [words(n, 400) for n in range(3)]
    parts = [stories[0][:150], stories[1][:150], stories[2][:60]]
    place("short0", parts[0])
    place("short1", parts[1], 1)
    bridge = place("round-up", [word for part in parts for word in part], 2)
    assert [change.members[0][:2] for change in bridge.changes] == [("short1", "short0")]

    placements = [place(f"story{n}", story, 3 + n) for n, story in enumerate(stories)]

    assert [placement.place[1] for placement in placements] == ["short0", "short1", "story2"]
    assert place("round-up", [word for part in parts for word in part], 2).place[1] == "round-up"


def test_a_changed_article_is_known_by_its_new_text(place, words):
    place("a", words("stub", 30))
    place("a", words(1), 10)

    assert place("b", words(1), 20).place[1] == "a"


def test_an_old_version_that_comes_late_does_not_replace_the_new_one(place, words, fingerprints):
    place("a", words(1), 10)
    place("a", words("stub", 30), 0)

    [(known, _)] = fingerprints.clusters()
    assert len(known.long_term) > 90
    assert place("b", words(1), 20).place[1] == "a"


def test_buckets_are_parted_as_articles_come_and_lose_nothing(place, words, clean_redis):
    names = [f"{n}" for n in range(1_100)]
    for n, name in enumerate(names):
        place(name, words(n, 120), n)

    assert any(clean_redis.hlen(key) > 256 for key in clean_redis.keys("test:dedupe:b:*"))
    found = [
        place(f"copy of {name}", words(n, 120), 2000 + n).place[1] for n, name in enumerate(names)
    ]
    assert found == names


def test_every_key_runs_out_but_for_two_counters(place, words, clean_redis):
    place("a", words(1))
    place("b", words(1), 1)

    lasting = {key.decode() for key in clean_redis.keys("*") if clean_redis.ttl(key) < 0}

    assert lasting <= {"test:dedupe:n", "test:dedupe:s"}


def test_the_first_article_of_a_new_table_takes_away_what_nobody_reads_any_more(
    place, words, clean_redis
):
    window = int(timedelta(days=30).total_seconds())
    epoch = int(clean_redis.time()[0]) // window
    for age in (1, 2):
        clean_redis.hset(f"test:dedupe:b:l{epoch - age}", "1", "")

    place("a", words(1))

    kept = [age for age in (0, 1, 2) if clean_redis.exists(f"test:dedupe:b:l{epoch - age}")]
    assert kept == [0, 1]


def test_a_cluster_of_any_size_is_left(place, words, clean_redis, fingerprints):
    place("a", words(1))
    place("b", words(1), 5)
    # copies that are forgotten already, but for their places in the cluster
    clean_redis.sadd("test:dedupe:m:2", *range(10, 20_010))

    (rest, left) = fingerprints.leave(2, 3, (), ())

    assert (rest.first, left.first) == (1, 2)
    assert [clean_redis.scard(key) for key in clean_redis.keys("test:dedupe:m:*")] == [20_001]


def test_forgetting_leaves_nothing(place, words, clean_redis, fingerprints):
    clean_redis.set("other", 1)
    place("a", words(1))

    fingerprints.forget()

    assert sorted(clean_redis.keys("*")) == [b"other", b"test:dedupe:n", b"test:dedupe:s"]


def test_a_worker_in_the_midst_of_an_article_that_is_forgotten_harms_nobody(
    place, words, fingerprints
):
    """A rebuild may run while workers do."""
    place("a", words(1))
    [(known, _)] = fingerprints.clusters()

    fingerprints.forget()
    place("stranger", words(2))
    joined = fingerprints.join(known.number, [])

    assert joined.changed == ()
    assert place("a", words(1)).place[1] == "a"
    assert place("b", words(1), 5).place[1] == "a"


@pytest.fixture
def grow_old(clean_redis):
    """Makes every table as old as if so much time had passed: a window for the ones, a day for
    the others."""

    def age():
        state = list(struct.unpack("<8d", clean_redis.get("test:dedupe:t")))
        for kind, at in (("l", 0), ("f", 4)):
            epoch = int(state[at])
            for key in (epoch - 1, epoch):
                if clean_redis.exists(f"test:dedupe:b:{kind}{key}"):
                    new = f"test:dedupe:b:{kind}{key - 1}"
                    clean_redis.rename(f"test:dedupe:b:{kind}{key}", new)
            state[at] = epoch - 1
        clean_redis.set("test:dedupe:t", struct.pack("<8d", *state))

    return age


def test_what_the_older_tables_hold_is_found(place, words, grow_old):
    stories = [words(n, 120) for n in range(400)]
    for n, story in enumerate(stories):
        place(f"a{n}", story, n)

    grow_old()

    copies = [place(f"b{n}", story, n + 500).place[1] for n, story in enumerate(stories)]
    assert copies == [f"a{n}" for n in range(400)]
    assert place("a7", stories[7], 7).place[1] == "a7"


def test_what_two_tables_ago_held_is_forgotten(place, words, grow_old):
    place("a", words(1), 0)
    grow_old()
    place("other", words(2), 1)
    grow_old()

    assert place("b", words(1), 2).place[1] == "b"


def test_a_text_of_any_length_is_claimed(place, words):
    """What a script may unpack at once is bounded."""
    long = words(1, 120_000)

    place("a", long)

    assert place("b", long, 1).place[1] == "a"
