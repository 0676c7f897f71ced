"""Events become messages of bounded size, in their order."""

import zlib
from itertools import chain

import pytest
from kombu import compression, serialization
from msgspec import json

from schemas.events import FeedDue, decode
from workers.celery_app import messages

MOST = 50


def due(number, url="https://gazette.example/feed"):
    return FeedDue(page_id=f"{number:016x}", outlet="gazette", url=url)


def events_in(body):
    return [decode(each) for each in json.decode(body)]


def test_many_events_are_one_message_and_come_out_as_they_went_in():
    events = [due(number) for number in range(MOST)]
    (body,) = messages.bodies_of(events, MOST)
    assert events_in(body) == events


def test_a_message_is_bounded_in_events():
    events = [due(number) for number in range(2 * MOST + 1)]
    bodies = [events_in(body) for body in messages.bodies_of(events, MOST)]
    assert [len(body) for body in bodies] == [MOST, MOST, 1]
    assert list(chain(*bodies)) == events


@pytest.mark.parametrize("share", [2.5, 0.9])
def test_a_message_is_bounded_in_bytes(share):
    large = "https://gazette.example/" + "a" * int(messages.MAX_BYTES * share)
    events = [due(1), due(2, large), due(3, large), due(4), due(5)]
    bodies = [events_in(body) for body in messages.bodies_of(events, MOST)]
    assert list(chain(*bodies)) == events
    assert all(
        len(body) == 1 or sum(len(e.url) for e in body) < messages.MAX_BYTES for body in bodies
    )
    assert len(bodies) < len(events)


def test_no_events_are_no_message():
    assert list(messages.bodies_of([], MOST)) == []


def test_bodies_are_the_json_and_the_deflate_of_every_other_program():
    messages.register_codecs()
    kind, encoding, body = serialization.dumps([[due(1)], {}, {}], serializer="json")
    assert (kind, encoding) == ("application/json", "utf-8")
    packed, name = compression.compress(body, "gzip")
    assert name == "application/x-gzip"
    assert json.decode(zlib.decompress(packed))[0][0]["event"] == "FeedDue"
    assert compression.decompress(zlib.compress(body), name) == body
