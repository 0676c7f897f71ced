"""Mails while their sender is killed again and again, on a real SMTP server: no story is lost, and
none is told in two mails."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from schemas.saved_search import Digest
from tests.integration.alerts.newsdesk import ClockedTools, save
from workers.adapters.redis.outbox import RoundResult

pytestmark = [pytest.mark.elasticsearch, pytest.mark.timeout(300)]

SENDER = str(Path(__file__).with_name("alert_sender.py"))
LEASE_SECONDS = 1.0
KILLS = 8
MOMENTS = ("before", "after", "leaving", "some time")
STORIES_A_ROUND = 3
RECEIVERS = ("ada@example.org", "bo@example.org")


@contextmanager
def sender(services):
    """A process that looks and sends until it is killed."""
    settings = services.settings
    environment = {
        **os.environ,
        "PRESSWIRE_REDIS_URL": settings.redis_url,
        "PRESSWIRE_ELASTICSEARCH_URL": str(settings.elasticsearch_url),
        "PRESSWIRE_PREFIX": settings.prefix,
        "PRESSWIRE_SMTP_URL": settings.smtp_url,
    }
    command = [sys.executable, SENDER, str(LEASE_SECONDS)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout.readline() == b"ready\n"
            yield process
        finally:
            process.kill()


@contextmanager
def killing(letters, moment, process):
    """Make the mail server kill its client: when the mail is there, after it was taken, or when the
    client says goodbye."""

    async def before(_server, _session, _envelope):
        process.send_signal(signal.SIGKILL)
        return "451 too late"

    async def after(_server, _session, envelope):
        letters.got.append(envelope)
        process.send_signal(signal.SIGKILL)
        return "250 OK"

    async def leaving(_server, _session, _envelope):
        process.send_signal(signal.SIGKILL)
        return "221 Bye"

    hooks = {"before": ("handle_DATA", before), "after": ("handle_DATA", after)}
    hooks |= {"leaving": ("handle_QUIT", leaving)}
    if moment in hooks:
        setattr(letters, *hooks[moment])
    yield
    for name in ("handle_DATA", "handle_QUIT"):
        letters.__dict__.pop(name, None)


def kill(services, letters, moment, seconds):
    """Start a sender and kill it at a moment, or after so many seconds."""
    with sender(services) as process, killing(letters, moment, process):
        try:
            process.wait(seconds if moment == "some time" else 3)
        except subprocess.TimeoutExpired:
            process.kill()
        process.wait()


def live_on(services, until):
    """Let a sender work in peace until something is so."""
    with sender(services):
        ends = time.monotonic() + 120
        while not until() and time.monotonic() < ends:
            time.sleep(0.1)
    assert until()


def distinct(envelopes):
    """The mails by receiver and Message-ID, as a mailbox that drops copies keeps them. Copies are
    the same bytes."""
    mails = {}
    for each in envelopes:
        key = (each.rcpt_tos[0], message_from_bytes(each.content)["Message-ID"])
        assert mails.setdefault(key, each.content) == each.content
    return mails


def stories_of(mails, receiver):
    """How often each story is told to a receiver."""
    texts = (content.decode() for (to, _), content in mails.items() if to == receiver)
    return Counter(name for text in texts for name in re.findall(r"/(river-\d+-\d+)", text))


def make_due(services):
    """Make the next look find the hour of the digest come."""
    now = datetime.now(UTC)
    long_ago = RoundResult(digested=now - timedelta(days=2))
    # the last words of a killed sender may still be on their way
    while not services.outbox.put("s1", long_ago, services.outbox.window("s1", now).turn, now):
        pass


@pytest.fixture
def services(make_tools, letters, monkeypatch):
    monkeypatch.setattr(ClockedTools, "now", lambda _: datetime.now(UTC))
    return make_tools(smtp_url=f"smtp://127.0.0.1:{letters.port}")


@pytest.mark.parametrize("digest", [None, Digest(0, "UTC")])
def test_no_story_is_lost_or_told_twice_while_its_sender_is_killed(
    services, letters, publish, digest
):
    chance = random.Random(KILLS)  # noqa: S311  moments, no secrets
    save(services, *(f"mailto:{each}" for each in RECEIVERS), rings="story", digest=digest)
    stories = []
    for number in range(KILLS):
        found = datetime.now(UTC) - timedelta(seconds=20)
        new = [f"river-{number}-{row}" for row in range(STORIES_A_ROUND)]
        publish(found, *new)
        publish(found, f"copy-{number}", cluster=new[0], outlet="northpoint-post")
        stories += new
        make_due(services)
        kill(services, letters, MOMENTS[number % len(MOMENTS)], chance.uniform(0.01, 0.6))

    make_due(services)
    expected = dict.fromkeys(stories, 1)
    live_on(
        services,
        lambda: (
            all(stories_of(distinct(letters.got), each) == expected for each in RECEIVERS)
            and len(services.outbox) == 0
        ),
    )


def test_a_sender_killed_while_it_says_goodbye_has_sent_its_mail_once(services, letters, publish):
    save(services, "mailto:ada@example.org", rings="story")
    publish(datetime.now(UTC) - timedelta(seconds=20), "river-1-1")

    with sender(services) as process, killing(letters, "leaving", process):
        process.wait(60)

    assert len(letters.got) == 1
    assert len(services.outbox) == 0
