"""Claims and joins on a real server."""

import struct
from datetime import UTC, datetime, timedelta

import pytest

from schemas.events import Role
from workers.adapters.fingerprints.store import FingerprintStore
from workers.adapters.redis.lockstep import run_alone
from workers.dedupe.cluster_assignment import assign, membership
from workers.dedupe.record import DocumentMetadata
from workers.exceptions import TryAgain

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def fingerprints(clean_redis):
    return FingerprintStore(clean_redis, "test", 30)


@pytest.fixture
def add(fingerprints):
    """Assign an article to a cluster."""

    def add_one(name, words, minutes=0, outlet="", days=0):
        moment = NOON + timedelta(days=days, minutes=minutes)
        metadata = DocumentMetadata(name, moment, moment, outlet or name)
        return run_alone(assign(metadata, " ".join(words), fingerprints))

    return add_one


@pytest.fixture
def words(newswire):
    """The words of a story that nobody else tells."""

    def write(seed, number=300):
        return newswire.text(newswire.dice("words", seed), number)

    return write


def test_an_article_that_nobody_else_has_is_the_original_of_its_own_cluster(add, words):
    assert add("a", words(1)).member == ("a", "a", Role.ORIGINAL, 1.0)
    assert add("b", words(2)).member == ("b", "b", Role.ORIGINAL, 1.0)


def test_an_article_claimed_again_is_never_its_own_copy(add, words):
    first = add("a", words(1))
    again = add("a", words(1))

    assert again.member == first.member
    assert again.changes == ()
    assert again.clustered_at > first.clustered_at


def test_a_copy_that_prints_the_first_paragraphs_is_an_excerpt(add, words):
    add("a", words(1))

    name, cluster, role, overlap = add("b", words(1)[:60], 5).member

    assert (name, cluster, role) == ("b", "a", Role.EXCERPT)
    assert overlap > 0.9


def test_an_article_published_earlier_becomes_the_original_and_moves_the_others(add, words):
    add("late", words(1), 60)
    add("later", words(1), 70)

    assignment = add("early", words(1), 0)

    assert assignment.member[:3] == ("early", "early", Role.ORIGINAL)
    [change] = assignment.changes
    assert sorted(change.members) == [
        ("late", "early", Role.REPRINT, 1.0),
        ("later", "early", Role.REPRINT, 1.0),
    ]


def test_a_late_bridge_brings_two_clusters_together(add, words):
    text = words(1, 600)
    add("front", text[:250])
    add("back", text[350:], 1)

    assignment = add("whole", text, 2)

    assert assignment.member[1] == "front"
    assert [change.members[0][:2] for change in assignment.changes] == [("back", "front")]


def test_a_reprint_after_the_window_is_a_new_story(add, words):
    add("a", words(1))

    assert add("b", words(1), days=31).member[1] == "b"
    assert add("c", words(1), days=60).member[1] == "b"


def test_pages_of_one_outlet_with_the_same_template_are_no_cluster(add, words):
    template = words("template", 120)
    add("a", template[:60] + words(1, 100) + template[60:], outlet="gazette")

    assignment = add("b", template[:60] + words(2, 100) + template[60:], outlet="gazette")

    assert assignment.member[1] == "b"


def test_a_round_up_belongs_to_none_of_its_stories(add, words):
    stories = [words(n) for n in range(4)]
    add("short copy", stories[0][:70])
    round_up = [word for story in stories for word in story[:70]]
    assert add("round-up", round_up, 1).member[1] == "short copy"

    assignments = [add(f"story{n}", story, 2 + n) for n, story in enumerate(stories)]

    moved = {
        member[0]: member
        for assignment in assignments
        for change in assignment.changes
        for member in change.members
    }
    assert moved["round-up"] == ("round-up", "round-up", Role.ORIGINAL, 1.0)
    assert assignments[0].member[1] == "short copy"
    assert [assignment.member[1] for assignment in assignments[1:]] == [
        "story1",
        "story2",
        "story3",
    ]
    assert add("round-up", round_up, 1).member[1] == "round-up"


def test_a_round_up_that_comes_last_joins_none_of_its_stories(add, words):
    stories = [words(n) for n in range(4)]
    for n, story in enumerate(stories):
        add(f"story{n}", story, n)
        add(f"short{n}", story[:70], n)

    assignment = add("round-up", [word for story in stories for word in story[:70]], 9)

    assert assignment.member == ("round-up", "round-up", Role.ORIGINAL, 1.0)


def test_a_round_up_of_two_stories_that_has_more_of_one_joins_neither(add, words):
    stories = [words(n) for n in range(2)]
    for n, story in enumerate(stories):
        add(f"story{n}", story, n)
        add(f"short{n}", story[:75], n)

    assignment = add("round-up", [*stories[0][:80], *words(9, 20), *stories[1][:75]], 9)

    assert assignment.member == ("round-up", "round-up", Role.ORIGINAL, 1.0)


def test_openings_count_before_the_pieces_that_have_a_story_in_their_midst(add, words):
    stories = [words(n, 250) for n in range(2)]
    for n, story in enumerate(stories):
        add(f"story{n}", story, n)
        add(f"short{n}", story[:75], n)
        for piece in range(4):
            own = [words(f"{n} {piece} {side}", 250) for side in range(2)]
            add(f"piece{n}{piece}", [*own[0], *story, *own[1]], n)

    assignment = add("round-up", [*stories[0][:80], *words(9, 20), *stories[1][:75]], 9)

    assert assignment.member == ("round-up", "round-up", Role.ORIGINAL, 1.0)


def test_pages_that_begin_alike_are_not_remembered_of_each_other_without_a_bound(
    add, words, clean_redis
):
    opening = words("template", 60)
    for n in range(150):
        add(f"page{n}", [*opening, *words(n, 150)], n)

    kept = [clean_redis.scard(key) for key in clean_redis.keys("test:dedupe:q:*")]
    assert 32 < max(kept) <= 64
    stories = [words(f"story {n}") for n in range(4)]
    for n, story in enumerate(stories):
        add(f"story{n}", [*opening, *story], 200 + n)
    told = [word for story in stories for word in story[:70]]
    assert add("round-up", [*opening, *told], 300).member[1] == "round-up"


def test_who_has_much_of_one_story_and_a_little_of_another_brings_no_two_together(add, words):
    stories = [words(n, 800) for n in range(2)]
    add("short0", stories[0][:150])
    add("short1", stories[1][:17], 1)

    assignment = add("both", [*stories[1][:17], *words(9, 30), *stories[0][:95]], 2)

    assert assignment.member[1] == "short0"
    assert [member[0] for change in assignment.changes for member in change.members] == []


def test_passages_from_the_midst_of_three_stories_make_no_bridge_between_them(add, words):
    stories = [words(n, 240) for n in range(3)]
    for n, story in enumerate(stories):
        add(f"story{n}", story, n)
        add(f"copy{n}", story, n + 1)

    middle = [word for story in stories for word in story[100:220]]
    assignment = add("round-up", middle, 9)

    assert assignment.member[1] == "round-up"
    assert [add(f"late{n}", story, 20).member[1] for n, story in enumerate(stories)] == [
        "story0",
        "story1",
        "story2",
    ]


def test_a_round_up_that_had_brought_two_stories_together_parts_them_as_it_leaves(add, words):
    stories = [words(n, 400) for n in range(3)]
    parts = [stories[0][:150], stories[1][:150], stories[2][:60]]
    add("short0", parts[0])
    add("short1", parts[1], 1)
    bridge = add("round-up", [word for part in parts for word in part], 2)
    assert [change.members[0][:2] for change in bridge.changes] == [("short1", "short0")]

    assignments = [add(f"story{n}", story, 3 + n) for n, story in enumerate(stories)]

    assert [assignment.member[1] for assignment in assignments] == ["short0", "short1", "story2"]
    assert add("round-up", [word for part in parts for word in part], 2).member[1] == "round-up"


def test_a_changed_article_is_known_by_its_new_text(add, words):
    add("a", words("stub", 30))
    add("a", words(1), 10)

    assert add("b", words(1), 20).member[1] == "a"


def test_an_old_version_that_comes_late_does_not_replace_the_new_one(add, words, fingerprints):
    add("a", words(1), 10)
    add("a", words("stub", 30), 0)

    [(known, _)] = fingerprints.clusters()
    assert len(known.long_term) > 90
    assert add("b", words(1), 20).member[1] == "a"


def test_buckets_are_parted_as_articles_come_and_lose_nothing(add, words, clean_redis):
    names = [f"{n}" for n in range(1_100)]
    for n, name in enumerate(names):
        add(name, words(n, 120), n)

    assert any(clean_redis.hlen(key) > 256 for key in clean_redis.keys("test:dedupe:b:*"))
    found = [
        add(f"copy of {name}", words(n, 120), 2000 + n).member[1] for n, name in enumerate(names)
    ]
    assert found == names


def test_every_key_runs_out_but_for_two_counters(add, words, clean_redis):
    add("a", words(1))
    add("b", words(1), 1)

    permanent = {key.decode() for key in clean_redis.keys("*") if clean_redis.ttl(key) < 0}

    assert permanent <= {"test:dedupe:n", "test:dedupe:s"}


def test_the_first_article_of_a_new_table_takes_away_what_nobody_reads_any_more(
    add, words, clean_redis
):
    window = int(timedelta(days=30).total_seconds())
    epoch = int(clean_redis.time()[0]) // window
    for age in (1, 2):
        clean_redis.hset(f"test:dedupe:b:l{epoch - age}", "1", "")

    add("a", words(1))

    kept = [age for age in (0, 1, 2) if clean_redis.exists(f"test:dedupe:b:l{epoch - age}")]
    assert kept == [0, 1]


def test_a_cluster_of_any_size_is_left(add, words, clean_redis, fingerprints):
    add("a", words(1))
    add("b", words(1), 5)
    # copies that are forgotten already, but for their places in the cluster
    clean_redis.sadd("test:dedupe:m:2", *range(10, 20_010))

    (rest, left) = run_alone(fingerprints.leave("b", 2, 3, (), ()))

    assert (rest.first, left.first) == (1, 2)
    assert [clean_redis.scard(key) for key in clean_redis.keys("test:dedupe:m:*")] == [20_001]


def test_what_left_a_cluster_is_told_again_where_it_is_now(add, words, fingerprints):
    """The worker on `late` is killed before the index is told that it has parted the others."""
    for name in ("a", "b", "c"):
        add(name, words(1))
    add("late", words(2), 5)
    run_alone(fingerprints.leave("late", 2, 3, (), ((3,),)))

    told = [
        {membership(each, first)[:2] for each in update.changed}
        for update in run_alone(fingerprints.unpublished("late"))
        for first in update.changed
        if first.number == update.first
    ]

    assert sorted(told, key=str) == [{("a", "a")}, {("b", "b")}, {("c", "c")}]
    assert len(add("late", words(2), 5).changes) == 3


def test_forgetting_leaves_nothing(add, words, clean_redis, fingerprints):
    clean_redis.set("other", 1)
    add("a", words(1))

    fingerprints.forget()

    assert sorted(clean_redis.keys("*")) == [b"other", b"test:dedupe:n", b"test:dedupe:s"]


def test_a_worker_in_the_midst_of_an_article_that_is_forgotten_harms_nobody(
    add, words, fingerprints
):
    """A rebuild may run while workers do."""
    add("a", words(1))
    [(known, _)] = fingerprints.clusters()

    fingerprints.forget()
    add("stranger", words(2))
    joined = run_alone(fingerprints.join(known.number, []))

    assert joined.changed == ()
    assert add("a", words(1)).member[1] == "a"
    assert add("b", words(1), 5).member[1] == "a"


def test_an_article_that_is_forgotten_between_claim_and_join_is_tried_again(words, clean_redis):
    class ForgettingStore(FingerprintStore):
        async def claim(self, *facts):
            claim = await super().claim(*facts)
            self.forget()
            return claim

    metadata = DocumentMetadata("a", NOON, NOON, "a")
    text = " ".join(words(1))
    store = FingerprintStore(clean_redis, "test", 30)
    run_alone(assign(metadata, text, store))

    with pytest.raises(TryAgain, match="anew") as again:
        run_alone(assign(metadata, text, ForgettingStore(clean_redis, "test", 30)))

    assert not again.value.counts_as_attempt
    assert run_alone(assign(metadata, text, store)).member[1] == "a"
    assert run_alone(store.find("a"))


@pytest.fixture
def grow_old(clean_redis):
    """Makes every table as old as if so much time had passed: a window for the ones, a day for
    the others. What is left is as the version before kept it."""

    def age():
        state = list(struct.unpack("<8d", clean_redis.get("test:dedupe:t")[:64]))
        for kind, at in (("l", 0), ("f", 4)):
            epoch = int(state[at])
            for key in (epoch - 1, epoch):
                if clean_redis.exists(f"test:dedupe:b:{kind}{key}"):
                    new = f"test:dedupe:b:{kind}{key - 1}"
                    clean_redis.rename(f"test:dedupe:b:{kind}{key}", new)
            state[at] = epoch - 1
        clean_redis.set("test:dedupe:t", struct.pack("<8d", *state))

    return age


def test_what_the_older_tables_hold_is_found(add, words, grow_old):
    stories = [words(n, 120) for n in range(400)]
    for n, story in enumerate(stories):
        add(f"a{n}", story, n)

    grow_old()

    copies = [add(f"b{n}", story, n + 500).member[1] for n, story in enumerate(stories)]
    assert copies == [f"a{n}" for n in range(400)]
    assert add("a7", stories[7], 7).member[1] == "a7"


def test_what_two_tables_ago_held_is_forgotten(add, words, grow_old):
    add("a", words(1), 0)
    grow_old()
    add("other", words(2), 1)
    grow_old()

    assert add("b", words(1), 2).member[1] == "b"


DAY = 86_400


@pytest.fixture
def tables(clean_redis):
    """Makes the younger table as old as so many days, with those of a day gone; gives its number
    and when it ends by itself, in days from now."""

    def begun(days_ago):
        state = list(struct.unpack("<12d", clean_redis.get("test:dedupe:t")))
        state[8] = clean_redis.time()[0] - days_ago * DAY
        clean_redis.set("test:dedupe:t", struct.pack("<12d", *state))
        clean_redis.delete(*clean_redis.keys("test:dedupe:b:f*"))

    def young():
        number = int(struct.unpack_from("<d", clean_redis.get("test:dedupe:t"))[0])
        return number, clean_redis.ttl(f"test:dedupe:b:l{number}") / DAY

    return begun, young


def add_with(redis, days, name, text, minutes=0):
    published = NOON + timedelta(minutes=minutes)
    metadata = DocumentMetadata(name, published, published, name)
    return run_alone(assign(metadata, " ".join(text), FingerprintStore(redis, "test", days)))


def test_with_a_longer_window_tables_still_give_way_to_new_ones(words, clean_redis, tables):
    begun, young = tables
    add_with(clean_redis, 7, "a", words(1))
    number, _ = young()
    begun(6)
    add_with(clean_redis, 60, "b", words(2))
    assert young() == (number, pytest.approx(3 * 60 - 6, abs=0.1))
    begun(59)
    assert add_with(clean_redis, 60, "c", words(1), 5).member[1] == "a"
    assert young()[0] == number
    begun(61)
    assert add_with(clean_redis, 60, "d", words(2), 5).member[1] == "b"
    assert young()[0] == number + 1
    assert clean_redis.ttl(f"test:dedupe:b:l{number}") > 58 * DAY


def test_with_a_shorter_window_what_is_remembered_stays(words, clean_redis, tables):
    begun, young = tables
    add_with(clean_redis, 60, "a", words(1))
    number, _ = young()
    begun(50)
    assert add_with(clean_redis, 7, "b", words(1), 5).member[1] == "a"
    assert young() == (number + 1, pytest.approx(21, abs=0.1))
    assert add_with(clean_redis, 60, "c", words(1), 6).member[1] == "a"
    assert add_with(clean_redis, 7, "d", words(1), 7).member[1] == "a"
    assert young()[0] == number + 1


def test_after_two_windows_without_an_article_both_tables_are_new(words, clean_redis, tables):
    begun, young = tables
    add_with(clean_redis, 7, "a", words(1))
    number, _ = young()
    begun(15)
    assert add_with(clean_redis, 7, "b", words(1), 5).member[1] == "b"
    assert young()[0] == number + 2
    assert not clean_redis.exists(f"test:dedupe:b:l{number}")


def test_a_text_of_any_length_is_claimed(add, words):
    """What a script may unpack at once is bounded."""
    long = words(1, 120_000)

    add("a", long)

    assert add("b", long, 1).member[1] == "a"
