"""Messages that are no task of ours: none stops a worker, none is lost, none is only logged."""

import pickle
import zlib

import pytest

TASK = {"task": "parse", "id": "1", "lang": "py"}
BODY = [[{"name": "x"}], {}, {}]
BROKEN = {
    "no headers": ({"some": "json"}, {}, {}),
    "no task of ours": (BODY, {"task": "unknown", "id": "1"}, {}),
    "no task of ours, and no id": (BODY, {"task": "unknown"}, {}),
    "no id": (BODY, {"task": "parse"}, {}),
    "other parts": ({"name": "x"}, TASK, {}),
    "other arguments": ([{"name": "x"}, {}, {}], TASK, {}),
    "no JSON": (b"{oops", TASK, {"content_type": "application/json", "content_encoding": "utf-8"}),
    "pickle": (
        pickle.dumps(BODY),
        TASK,
        {"content_type": "application/x-python-serialize", "content_encoding": "binary"},
    ),
    "unknown type": (b"\0\1", TASK, {"content_type": "x/y", "content_encoding": "binary"}),
    "unknown encoding": (
        b"[]",
        TASK,
        {"content_type": "application/json", "content_encoding": "q"},
    ),
    "not packed as it says": (
        zlib.compress(b"x")[:-3],
        {**TASK, "compression": "application/x-gzip"},
        {"content_type": "application/json", "content_encoding": "utf-8"},
    ),
    "for a later time": (BODY, {**TASK, "eta": "2999-01-01T00:00:00+00:00"}, {}),
}


@pytest.mark.parametrize("step", ["parse", "index"])
def test_what_is_no_task_ends_in_the_dead_queue_and_the_rest_flows(small, step):
    worker = small.start(step, "solo")
    for body, headers, options in BROKEN.values():
        named = {k: step if v == "parse" else v for k, v in headers.items()}
        small.put(step, body, named, **options)
    small.send(step, "good")
    small.wait(lambda: small.noted("done") == ["good"])
    dead = []
    small.wait(lambda: dead.extend(small.dead()) or len(dead) >= len(BROKEN))
    assert len(dead) == len(BROKEN)
    assert {message.delivery_info["routing_key"] for message in dead} == {step}
    assert worker.poll() is None
    assert small.depths()[step] == 0


NO_MESSAGES = [
    b"no JSON",
    b"\xff\xfe",
    b"[]",
    b"{}",
    b'{"properties": {}}',
    b'{"properties": {"delivery_tag": "t1"}}',
    b'{"properties": {"delivery_tag": "t2", "body_encoding": "base64"}, "body": "?"}',
    b'{"properties": {"delivery_tag": "t3", "delivery_info": 1}, "headers": 1, "body": "1"}',
]


def test_what_is_no_message_ends_in_the_dead_queue(small, broker):
    if broker.startswith("amqp"):
        pytest.skip("RabbitMQ takes nothing but messages")
    worker = small.start("parse", "solo")
    for raw in NO_MESSAGES:
        small.notes.lpush(f"{small.prefix}.parse", raw)
    small.send("parse", "good")
    small.wait(lambda: small.noted("done") == ["good"])
    assert len(small.dead()) == len(NO_MESSAGES)
    assert worker.poll() is None
