"""Articles come to the events that they tell: in any order, twice, from many workers at once."""

import random
import threading
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from workers.adapters.news_events.store import NewsEventStore
from workers.adapters.redis.lockstep import run_alone
from workers.relate.event_assignment import RelatedText, assign_event

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
# Events of one kind, events of one place, each told in three outlets' own words.
STORIES = {
    event: [" ".join(told.split()) for told in tellings.strip().split("\n\n")]
    for event, _, tellings in (
        part.partition("\n")
        for part in """
== fire
Fire kills 24 in Merrow | A blaze in a warehouse in Merrow killed 24 people on Sunday, Mayor
Ilse Brandt said. The hall of Quillworks had no sprinklers.

Merrow mourns its dead after Quillworks blaze | Ilse Brandt spoke of the darkest day of Merrow,
after 24 workers of Quillworks lost their lives in the flames.

Sprinklers were missing where 24 died | Inspectors had warned Quillworks twice, papers show. The
store in Merrow burned for nine hours; mayor Brandt wants answers.

== other fire
Nine dead as hotel burns in Halvik | Guests jumped from windows of the Hotel Polar in Halvik
when fire broke out at 3 a.m. Chief Jon Okafor counted nine dead.

Halvik hotel fire: nine bodies found | Firefighters under Jon Okafor searched the Polar, an old
wooden house by the fjord, until Monday evening.

Survivors tell of night at the Polar | “We had no alarm,” said guests of Hotel Polar. Nine did
not leave it, and Halvik's fire chief Okafor suspects a cable.

== vote
Merrow votes for tram line | By 52 to 48 per cent the people of Merrow have decided to build the
Harbour Tram, which Senator Maria Teles had proposed.

Narrow majority for Harbour Tram | Maria Teles has won: the tram from Merrow's station to the
port will come. 48 per cent were against it.

A tram for the port, after all | Building begins in May. Teles thanked the 52 per cent; the
league against the Harbour Tram speaks of a divided Merrow.

== strike
Ferry crews walk out at Drumlin | Some 700 sailors of Northline went on strike on Monday; union
leader Piet Hansen wants nine per cent more pay.

No ferries from Drumlin | Passengers of Northline slept on the quay. Hansen, for the crews, said
that 700 had laid down work and would stay away.

Northline strike: Hansen wants 9 per cent | The shipping company called the claim of Piet Hansen
absurd. All sailings from Drumlin are cancelled.
""".split("== ")[1:]
    )
}


def telling(event, which, days=0.0):
    title, _, body = STORIES[event][which].partition(" | ")
    name = f"{event} {which}"
    return RelatedText(name, name, title, body, NOON + timedelta(days=days))


class Told:
    """What the index would know: the latest event of each article."""

    def __init__(self):
        self.events, self._at, self._lock = {}, defaultdict(int), threading.Lock()

    def add(self, text, store):
        assignment = run_alone(assign_event(text, store, NOON))
        with self._lock:
            self._note(text.document_id, assignment.event_id, assignment.at)
            for change in assignment.changes:
                for name in change.moved:
                    self._note(name, change.name, change.at)
        return assignment

    def _note(self, name, event, at):
        if at > self._at[name]:
            self.events[name], self._at[name] = event, at

    def groups(self):
        groups = defaultdict(set)
        for name, event in self.events.items():
            groups[event].add(name)
        return sorted(map(sorted, groups.values()))


ALL = [telling(event, which) for event in STORIES for which in range(3)]
RIGHT = sorted([f"{event} {which}" for which in range(3)] for event in STORIES)


def shuffled(seed):
    return random.Random(seed).sample(ALL, len(ALL))  # noqa: S311  an order, no secret


@pytest.mark.parametrize("seed", range(5))
def test_tellings_come_together_in_any_order_and_others_do_not(store, seed):
    told = Told()
    for text in shuffled(seed):
        told.add(text, store)
    assert told.groups() == RIGHT


def test_an_event_is_named_after_the_article_that_came_first(store):
    told = Told()
    for which in (1, 0, 2):
        told.add(telling("fire", which), store)
    assert {*told.events.values()} == {"fire 1"}


def test_an_article_that_comes_again_changes_nothing(store, clean_redis):
    told = Told()
    for text in ALL:
        told.add(text, store)
    before = {key: clean_redis.dump(key) for key in clean_redis.keys("t:events:m:*")}
    counts = run_alone(store.document_counts([1, 2, 3], NOON))
    for text in ALL:
        assert told.add(text, store).changes == ()
    assert told.groups() == RIGHT
    assert run_alone(store.document_counts([1, 2, 3], NOON)) == counts
    assert {key: clean_redis.dump(key) for key in clean_redis.keys("t:events:m:*")} == before


def test_a_worker_that_dies_after_registering_leaves_what_the_next_one_joins(store, clean_redis):
    class DyingStore(NewsEventStore):
        async def join(self, *_):
            raise SystemExit

    dying = DyingStore(clean_redis, "t", 7)
    told = Told()
    told.add(telling("fire", 0), store)
    with pytest.raises(SystemExit):
        run_alone(assign_event(telling("fire", 1), dying, NOON))
    told.add(telling("fire", 2), store)
    told.add(telling("fire", 1), store)
    assert len({*told.events.values()}) == 1


def test_the_same_things_two_weeks_later_are_another_event(store):
    told = Told()
    told.add(telling("fire", 0), store)
    later = telling("fire", 1, days=14)
    assert told.add(later, store).event_id == later.document_id


def test_a_copy_belongs_to_the_event_of_its_original_whatever_it_prints(store):
    told = Told()
    told.add(telling("fire", 0), store)
    copy = RelatedText("copy", "fire 0", "Unlike", "anything at all", NOON)
    assert told.add(copy, store).event_id == "fire 0"


@pytest.mark.parametrize("copy", [f"copy {number}" for number in range(20)])
def test_a_copy_may_come_before_its_original(store, copy):
    text = RelatedText(copy, "unknown original", "Unlike", "anything at all", NOON)
    assert Told().add(text, store).event_id


def test_an_article_without_text_is_an_event_of_its_own(store):
    empty = RelatedText("empty", "empty", "", "", NOON)
    assert Told().add(empty, store).event_id == "empty"


def test_two_events_that_an_article_shows_to_be_one_become_the_older_one(store):
    numbers = [claim(store, name).number for name in "abcd"]
    a, b, c, d = numbers
    run_alone(store.join(b, [(a, 200)], [a]))
    run_alone(store.join(d, [(c, 200)], [c]))
    update = run_alone(store.join(d, [(b, 200)], [b]))
    assert (update.event, update.name, update.size) == (a, "a", 4)
    assert sorted(update.moved) == ["c", "d"]


def test_a_part_of_an_event_becomes_one_of_its_own_and_names_stay(store):
    a, b, c, d = (claim(store, name).number for name in "abcd")
    run_alone(store.join(d, [], [a, b, c]))
    (parted,) = run_alone(store.split("d", a, [[b, d], [a]]))
    assert (parted.name, parted.size, parted.moved) == ("b", 2, ("b", "d"))
    assert run_alone(store.join(a, [], [])).size == 2
    assert [each.number for each in run_alone(store.members(b, 9))] == [b, d]


def test_a_moved_article_is_parted_once(store):
    a, b = (claim(store, name).number for name in "ab")
    run_alone(store.join(b, [], [a]))
    assert run_alone(store.split("d", a, [[b]]))[0].name == "b"
    assert run_alone(store.split("d", a, [[b]])) == ()


def test_what_an_article_moved_is_told_again_until_that_is_confirmed(store, clean_redis):
    class DyingStore(NewsEventStore):
        async def join(self, *facts):
            await super().join(*facts)
            raise SystemExit

    for text in (telling("fire", 0), telling("fire", 1), telling("vote", 0)):
        run_alone(assign_event(text, store, NOON))
    bridge = replace(telling("fire", 2), original_id="vote 0")
    with pytest.raises(SystemExit):
        run_alone(assign_event(bridge, DyingStore(clean_redis, "t", 7), NOON))

    (change,) = run_alone(assign_event(bridge, store, NOON)).changes

    assert (change.name, change.moved) == ("fire 0", ("vote 0",))
    store.confirm([("fire 2", change.at - 1)])
    (again,) = run_alone(assign_event(bridge, store, NOON)).changes
    assert again.moved == ("vote 0",)
    store.confirm([("fire 2", again.at)])
    assert run_alone(assign_event(bridge, store, NOON)).changes == ()


def test_what_was_parted_is_told_again_where_it_is_now(store):
    a, b, c, d = (claim(store, name).number for name in "abcd")
    run_alone(store.join(d, [], [a, b, c]))
    run_alone(store.split("d", a, [[b, c]]))
    run_alone(store.split("e", b, [[c]]))

    told = {each.name: each.moved for each in run_alone(store.unpublished("d"))}

    assert told == {"a": ("d",), "b": ("b",), "c": ("c",)}


MANY = 9_000


@pytest.fixture
def large(store, clean_redis):
    """Two articles, of which the second is the first of an event of very many."""
    a, b = (claim(store, name).number for name in "ab")
    others = {str(number): f"n{number}" for number in range(b + 1, b + MANY)}
    clean_redis.hset(f"t:events:m:{b}", mapping={str(b): "b", **others})
    return a, b


def test_an_event_of_very_many_stays_by_itself(store, large):
    a, b = large
    assert run_alone(store.join(b, [], [a])).size == MANY
    assert run_alone(store.join(a, [], [b])).moved == ()


def test_a_new_article_begins_another_event_where_one_is_full(store, large):
    a, b = large
    new = claim(store, "new").number
    update = run_alone(store.join(new, [], [a, b]))
    assert (update.name, update.size, update.moved) == ("a", 2, ("new",))


def test_an_event_of_very_many_can_be_parted(store, large):
    _, b = large
    (parted,) = run_alone(store.split("x", b, [range(b + 1, b + MANY)]))
    assert (parted.size, len(parted.moved)) == (MANY - 1, MANY - 1)


def test_of_a_term_that_many_have_the_newest_are_found(store):
    for at in range(100):
        run_alone(store.claim(f"n{at}", f"n{at}", [(7, 9)], [7], _record(f"n{at}"), NOON))
    found = run_alone(store.claim("last", "last", [(7, 9)], [7], _record("last"), NOON)).candidates
    assert len(found) == 24
    assert min(each.number for each in found) > 70
    assert run_alone(store.document_counts([7], NOON)) == (101, [101])


def test_what_is_read_of_many_common_terms_together_is_bounded_the_weightiest_first(store):
    heavy, light = [(term, 9) for term in range(1, 8)], [(term, 1) for term in range(50, 70)]
    fellow = claim(store, "fellow", [(99, 10)]).number
    only_light = claim(store, "only light", light).number
    for term in heavy:
        for at in range(32):
            claim(store, f"{term} {at}", [term])
    found = claim(store, "last", [*light, *heavy, (99, 10)]).candidates
    assert found[0].number == fellow
    assert only_light not in [each.number for each in found]


def test_a_common_term_is_counted_about_right(store, clean_redis):
    for at in range(1_000):
        run_alone(store.document_counts([7], NOON))
        run_alone(store.claim(f"n{at}", f"n{at}", [(9, 9)], [7], _record(f"n{at}"), NOON))
    other_worker = NewsEventStore(clean_redis, "t", 7)
    documents, (count,) = run_alone(other_worker.document_counts([7], NOON))
    assert documents == 1_000
    assert count == pytest.approx(1_000, rel=0.2)


def test_what_is_known_of_common_terms_ends_with_the_store(store):
    for at in range(200):
        run_alone(store.claim(f"n{at}", f"n{at}", [(9, 9)], [7], _record(f"n{at}"), NOON))
    assert run_alone(store.document_counts([7], NOON)) == (200, [200])
    store.forget()
    assert run_alone(store.document_counts([7], NOON)) == (0, [0])


def test_workers_at_one_moment_bring_every_event_together(store):
    told, texts = Told(), shuffled(1)

    def work(part):
        for text in part:
            told.add(text, store)

    threads = [threading.Thread(target=work, args=(texts[at::4],)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told.groups() == RIGHT


def test_forgetting_empties_the_store_but_numbers_count_on(store, clean_redis):
    first = run_alone(store.claim("a", "a", [(7, 9)], [7], _record("a"), NOON)).number
    run_alone(store.join(first, [], []))
    store.forget()
    assert sorted(clean_redis.keys("t:*")) == [b"t:events:n", b"t:events:s"]
    assert run_alone(store.claim("a", "a", [(7, 9)], [7], _record("a"), NOON)).number == first + 1


def claim(store, name, keys=(), terms=()):
    return run_alone(store.claim(name, name, keys, terms, _record(name), NOON))


def _record(name):
    return (0).to_bytes(4, "little") + bytes([len(name)]) + name.encode()
