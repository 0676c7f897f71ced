"""One ring a story, and digests: real index, real Redis, real receivers."""

import email
import json
import threading
from datetime import UTC, datetime, timedelta
from email.policy import default

import pytest

from schemas.events import Role
from schemas.saved_search import Digest
from tests.integration.alerts.newsdesk import A_DAY, at, look, save, told
from workers.adapters.redis.outbox import Outbox
from workers.alerts import digests, matching
from workers.alerts.evaluate import evaluate_saved_searches

pytestmark = [pytest.mark.elasticsearch, pytest.mark.timeout(120)]

AN_HOUR = 3_600  # seconds


@pytest.fixture
def relabel(search):
    """Moves articles to other clusters, as a cluster change does, and waits until it shows."""

    def move(cluster, *names, role=Role.REPRINT, seconds=0):
        stamp = int(datetime.now(UTC).timestamp() * 1000) + A_DAY * 1000 + seconds
        changes = [(name, cluster, role, 0.9) for name in names]
        assert {result.state for result in search.update_cluster_labels(changes, stamp)} == {"done"}
        search.refresh()

    return move


def stories(receiver):
    """Each alert's stories: first printing → outlets of the others."""
    return [
        {
            article["id"]: [also["outlet"] for also in article.get("also", ())]
            for article in json.loads(body)["articles"]
        }
        for _, body in receiver.got
    ]


def by_story(services, receiver, **more):
    return save(services, receiver.url, rings="story", **more)


def hour_after(seconds):
    """The full hour of UTC that comes after this many seconds, and the seconds until then."""
    moment = (at(seconds) + timedelta(hours=1)).replace(minute=0, second=0)
    return moment.hour, (moment - at(0)).total_seconds()


def test_forty_reprints_of_a_story_ring_once(services, receiver, publish):
    by_story(services, receiver)
    publish(at(10), "flood")
    look(services, later=40)
    for number in range(40):
        publish(at(50 + number), f"copy-{number}", cluster="flood", outlet=f"outlet-{number % 9}")
        if number % 10 == 9:
            look(services, later=100 + number)

    look(services, later=300)

    assert stories(receiver) == [{"flood": []}]


def test_printings_that_come_together_are_one_ring_that_names_them(services, receiver, publish):
    by_story(services, receiver)
    publish(at(12), "copy", cluster="flood", outlet="northpoint-post")
    publish(at(10), "flood")
    publish(at(11), "dam")

    look(services, later=40)

    assert stories(receiver) == [{"flood": ["northpoint-post"], "dam": []}]


def test_a_search_may_ring_for_each_article(services, receiver, publish):
    save(services, receiver.url, rings="article")
    publish(at(10), "flood")
    publish(at(11), "copy", cluster="flood")

    look(services, later=40)

    assert sorted(told(receiver)) == ["copy", "flood"]


def test_searches_that_were_saved_before_ring_for_stories(services, receiver, publish):
    saved = by_story(services, receiver)
    key = f"{services.settings.prefix}:saved"
    packed = json.loads(services.redis.hget(key, saved.id))
    assert "rings" not in packed  # as earlier versions wrote it
    publish(at(10), "flood")
    publish(at(11), "copy", cluster="flood")

    look(services, later=40)

    assert stories(receiver) == [{"flood": ["eastmarch-courier"]}]


def test_each_search_rings_for_itself(services, receiver, publish):
    by_story(services, receiver)
    publish(at(10), "flood")
    look(services, later=40)
    by_story(services, receiver, search_id="s2", query="copied")
    publish(at(50), "copy", cluster="flood", title="River copied")

    look(services, later=80)

    assert told(receiver) == ["flood", "copy"]


def test_a_printing_that_turns_out_to_be_the_first_does_not_ring_again(
    services, receiver, publish, relabel
):
    by_story(services, receiver)
    publish(at(10), "copy")
    look(services, later=40)
    publish(at(50), "flood", published=at(-60))
    relabel("flood", "copy")

    look(services, later=55)  # before its label shows nothing is decided
    look(services, later=80)

    assert told(receiver) == ["copy"]


def test_of_two_told_stories_that_become_one_nothing_rings_again(
    services, receiver, publish, relabel
):
    by_story(services, receiver)
    publish(at(10), "flood", "dam")
    look(services, later=40)
    relabel("flood", "dam")
    publish(at(50), "copy", cluster="flood")

    look(services, later=80)

    assert sorted(told(receiver)) == ["dam", "flood"]


def test_a_told_story_takes_a_new_one_with_it(services, receiver, publish, relabel):
    by_story(services, receiver)
    publish(at(10), "flood")
    look(services, later=40)
    publish(at(50), "dam")
    relabel("flood", "dam")

    look(services, later=80)

    assert told(receiver) == ["flood"]


def test_what_leaves_a_told_story_rings_as_the_story_that_it_is(
    services, receiver, publish, relabel
):
    by_story(services, receiver)
    publish(at(10), "flood")
    look(services, later=40)
    publish(at(50), "digest-of-the-day", "its-copy", cluster="flood")
    look(services, later=80)
    assert told(receiver) == ["flood"]
    relabel("digest-of-the-day", "digest-of-the-day", "its-copy")

    look(services, later=AN_HOUR)
    look(services, later=2 * AN_HOUR)
    publish(at(2 * AN_HOUR), "another-copy", cluster="digest-of-the-day")
    look(services, later=3 * AN_HOUR)

    assert stories(receiver)[1:] == [{"digest-of-the-day": ["eastmarch-courier"]}]


def test_what_moves_from_one_told_story_to_another_does_not_ring(
    services, receiver, publish, relabel
):
    by_story(services, receiver)
    publish(at(10), "flood", "dam")
    look(services, later=40)
    publish(at(50), "copy", cluster="flood")
    look(services, later=80)
    relabel("dam", "copy")

    look(services, later=AN_HOUR)
    relabel("flood", "copy", seconds=1)
    look(services, later=2 * AN_HOUR)

    assert sorted(told(receiver)) == ["dam", "flood"]


def test_a_told_story_has_rung_whatever_became_of_its_printing(services, receiver, publish, search):
    by_story(services, receiver)
    publish(at(10), "flood")
    look(services, later=40)
    index = search.client.search(index=f"{search.prefix}*", q="document_id:flood")
    search.client.delete(index=index["hits"]["hits"][0]["_index"], id="flood", refresh=True)
    publish(at(50), "copy", cluster="flood")

    look(services, later=80)

    assert told(receiver) == ["flood"]


def test_large_clusters_are_read_to_their_end(services, receiver, publish, monkeypatch):
    monkeypatch.setattr(matching, "IDS_IN_A_PAGE", 3)
    by_story(services, receiver)
    publish(at(10), "z-told", cluster="gone")
    look(services, later=40)
    publish(at(50), *(f"a{number}" for number in range(10)), cluster="gone")

    look(services, later=80)

    assert told(receiver) == ["z-told"]


def test_two_looks_at_once_ring_once_for_a_story(make_tools, receiver, publish, monkeypatch):
    both = [make_tools(), make_tools()]
    by_story(both[0], receiver)
    publish(at(10), "flood", "copy", cluster="flood")
    both[0].time = both[1].time = at(40)
    put, together = Outbox.put, threading.Barrier(2)

    def put_together(*given):
        together.wait(20)
        return put(*given)

    monkeypatch.setattr(Outbox, "put", put_together)
    threads = [threading.Thread(target=evaluate_saved_searches, args=[each]) for each in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    monkeypatch.undo()
    look(both[0], later=50)

    assert len(told(receiver)) == 1


def test_a_digest_is_one_mail_at_its_hour_with_its_stories_grouped(make_tools, letters, publish):
    services = make_tools(smtp_url=f"smtp://127.0.0.1:{letters.port}")
    hour, due = hour_after(60)
    digest = Digest((hour + 1) % 24, "Etc/GMT-1")  # the sign is POSIX's: an hour before UTC
    save(services, "mailto:ada@example.org", rings="story", digest=digest)
    publish(at(10), "flood", title="River rises")
    look(services, later=40)
    publish(at(50), "copy", cluster="flood", outlet="northpoint-post", title="River copied")
    publish(at(51), "dam", title="River dam holds")

    look(services, later=90)
    look(services, later=due - 1)
    assert letters.got == []
    look(services, later=due)
    look(services, later=due + 60)

    (envelope,) = letters.got
    mail = email.message_from_bytes(envelope.content, policy=default)
    local = at(due) + timedelta(hours=1)
    assert mail["Subject"] == (
        f"Rivers, the day to {local.day} {local:%B %Y}: River rises (and 1 more)"
    )
    first, second = mail.get_content().strip().replace("\r", "").split("\n\n")
    shown = at(10) + timedelta(hours=1)
    assert first.split("\n") == [
        "River rises",
        f"eastmarch-courier, {shown.day} {shown:%B %Y, %H:%M} +01",
        "https://eastmarch-courier.example/flood",
        "Also: northpoint-post https://northpoint-post.example/copy",
    ]
    assert second.startswith("River dam holds\n")


def test_a_day_without_hits_has_no_digest_and_the_next_one_waits_for_its_hour(
    services, receiver, publish
):
    hour, due = hour_after(60)
    by_story(services, receiver, digest=Digest(hour, "UTC"))

    look(services, later=due + 10)
    publish(at(due + 20), "flood")
    look(services, later=due + 100)
    assert receiver.got == []
    look(services, later=due + A_DAY)

    assert stories(receiver) == [{"flood": []}]


def test_what_joins_after_its_digest_is_in_no_later_one(services, receiver, publish):
    hour, due = hour_after(60)
    by_story(services, receiver, digest=Digest(hour, "UTC"))
    publish(at(10), "flood")
    look(services, later=due)
    publish(at(due + 10), "copy", cluster="flood")
    publish(at(due + 10), "dam")

    look(services, later=due + 60)
    look(services, later=due + A_DAY)

    assert stories(receiver) == [{"flood": []}, {"dam": []}]


def test_stories_that_become_one_before_their_digest_are_one_there(
    services, receiver, publish, relabel
):
    hour, due = hour_after(60)
    by_story(services, receiver, digest=Digest(hour, "UTC"))
    publish(at(10), "flood")
    publish(at(11), "dam", outlet="northpoint-post")
    publish(at(12), "mixed", cluster="flood")
    look(services, later=60)
    relabel("flood", "dam")
    relabel("mixed", "mixed")

    look(services, later=due)

    assert stories(receiver) == [{"flood": ["northpoint-post"], "mixed": []}]


def test_a_story_that_joins_one_of_an_earlier_digest_while_it_waits_is_not_sent(
    services, receiver, publish, relabel
):
    hour, due = hour_after(60)
    by_story(services, receiver, digest=Digest(hour, "UTC"))
    publish(at(10), "flood")
    look(services, later=due)
    publish(at(due + 10), "dam")
    look(services, later=due + 60)
    relabel("flood", "dam")

    look(services, later=due + A_DAY)
    relabel("dam", "dam", seconds=1)
    look(services, later=due + 2 * A_DAY)

    assert stories(receiver) == [{"flood": []}, {"dam": []}]


def test_a_digest_that_is_full_is_sent_before_its_hour(services, receiver, publish, monkeypatch):
    monkeypatch.setattr(digests, "MAX_WAITING", 5)
    hour, due = hour_after(60)
    by_story(services, receiver, digest=Digest(hour, "UTC"))
    publish(at(10), *(f"a{number}" for number in range(7)))
    look(services, later=40)
    assert len(told(receiver)) == 7
    publish(at(50), "last")

    look(services, later=due)

    assert len(told(receiver)) == 8
    assert len(receiver.got) == 2


def test_what_waits_is_sent_when_a_search_has_no_digest_any_more(services, receiver, publish):
    hour, _ = hour_after(60)
    saved = by_story(services, receiver, digest=Digest(hour, "UTC"))
    publish(at(10), "flood")
    look(services, later=40)
    by_story(services, receiver, owner=saved.owner)
    publish(at(50), "copy", cluster="flood")

    look(services, later=80)

    assert stories(receiver) == [{"flood": []}]


def test_days_of_silence_of_ours_are_one_digest(services, receiver, publish):
    hour, due = hour_after(60)
    by_story(services, receiver, digest=Digest(hour, "UTC"))
    publish(at(10), "flood")
    publish(at(2 * A_DAY), "dam")

    look(services, later=due + 3 * A_DAY)
    look(services, later=due + 3 * A_DAY + 60)

    assert stories(receiver) == [{"flood": [], "dam": []}]


def test_a_digest_with_a_mistake_in_its_query_still_sends_what_waits(services, receiver, publish):
    hour, due = hour_after(60)
    saved = by_story(services, receiver, digest=Digest(hour, "UTC"))
    publish(at(10), "flood")
    look(services, later=40)
    by_story(services, receiver, owner=saved.owner, digest=saved.digest, query='"never closed')

    look(services, later=due)

    assert stories(receiver) == [{"flood": []}]
    assert services.outbox.last_error(saved.id) == ""


def test_a_query_that_is_mended_rings_after_its_digest_was_due(services, receiver, publish):
    hour, due = hour_after(60)
    digest = Digest(hour, "UTC")
    saved = by_story(services, receiver, digest=digest, query='"never closed')
    look(services, later=due)
    by_story(services, receiver, owner=saved.owner, digest=digest)
    publish(at(due + 10), "flood")
    look(services, later=due + 60)

    look(services, later=due + A_DAY)

    assert told(receiver) == ["flood"]


def test_a_search_that_is_deleted_takes_all_of_its_keys_along(services, receiver, publish):
    saved = by_story(services, receiver, digest=Digest(7, "UTC"))
    publish(at(10), "flood")
    look(services, later=40)

    services.saved_searches.drop(saved)
    look(services, later=50)

    assert services.redis.keys("*alerts*") == []
