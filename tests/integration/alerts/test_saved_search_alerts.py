"""Saved searches that ring: real index, real Redis, real receivers of HTTP and mail."""

import asyncio
import contextlib
import json
import os
import re
import signal
import smtplib
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from schemas.alert import Alert, AlertArticle
from schemas.saved_search import SavedSearch
from tests.integration.alerts.newsdesk import (
    A_DAY,
    LOOPBACK,
    START,
    ClockedTools,
    at,
    look,
    new_token,
    save,
    told,
)
from workers.adapters.http.event_loop import on_loop_at_most
from workers.adapters.notify import smtp
from workers.adapters.notify.webhook_client import DeliveryResult
from workers.adapters.redis import outbox
from workers.adapters.redis.saved_searches import owner_of_token
from workers.adapters.redis.shared_secret import shared_secret
from workers.alerts import evaluate, matching, news, webhook
from workers.alerts.evaluate import evaluate_saved_searches
from workers.alerts.feed import atom
from workers.alerts.send import send_due_alerts
from workers.exceptions import TryAgain
from workers.search.query.compiler import compile_query
from workers.search.query.parser import parse_query

pytestmark = [pytest.mark.elasticsearch, pytest.mark.timeout(120)]

SENDER = str(Path(__file__).with_name("alert_sender.py"))


def test_a_new_hit_rings_once_however_often_the_tick_looks(services, receiver, publish):
    save(services, receiver.url)
    publish(at(10), "flood", "dam")
    publish(at(10), "budget", title="Council passes budget", paragraphs=("Nine votes to four.",))

    look(services, later=20)
    look(services, later=30)
    publish(at(40), "flood", title="River falls in Eastmarch")
    look(services, later=50)

    assert sorted(told(receiver)) == ["dam", "flood"]


def test_what_was_there_before_the_search_was_saved_does_not_ring(services, receiver, publish):
    publish(at(-600), "old")
    save(services, receiver.url)

    assert look(services, later=20) == 0


def test_an_article_whose_write_was_seen_late_still_rings(services, receiver, publish):
    save(services, receiver.url)
    look(services, later=100)
    publish(at(30), "late")

    look(services, later=130)

    assert told(receiver) == ["late"]


def test_each_search_and_receiver_is_told_for_itself(services, receiver, publish):
    save(services, receiver.url, f"{receiver.url}/second")
    save(services, receiver.url, query="flood title:river", search_id="s2")
    publish(at(10), "flood", title="River flood")

    look(services, later=20)

    assert told(receiver) == ["flood"] * 3
    assert len({headers["Idempotency-Key"] for headers, _ in receiver.got}) == 3


def test_more_hits_than_one_alert_holds_all_arrive(services, receiver, publish, monkeypatch):
    monkeypatch.setattr(matching, "IDS_IN_A_PAGE", 40)
    monkeypatch.setattr(matching, "MAX_PAGES", 2)
    save(services, receiver.url)
    for batch in range(3):
        publish(at(10 + batch), *(f"a{batch}-{row}" for row in range(50)))

    for turn in range(8):
        look(services, later=20 + turn)

    assert len(told(receiver)) == len(set(told(receiver))) == 150


def test_two_ticks_at_once_tell_an_article_once(make_tools, receiver, publish):
    both = [make_tools(), make_tools()]
    save(both[0], receiver.url)
    publish(at(10), *(f"a{row}" for row in range(30)))
    for services in both:
        services.time = at(20)

    threads = [
        threading.Thread(target=evaluate_saved_searches, args=[services]) for services in both
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for services in both:
        asyncio.run(send_due_alerts(services))

    assert len(told(receiver)) == len(set(told(receiver))) == 30


def test_a_sender_killed_before_it_could_record_sends_again_under_the_same_key(
    services, receiver, publish, redis_url
):
    save(services, receiver.url)
    publish(at(10), "flood")
    services.time = at(20)
    evaluate_saved_searches(services)
    environment = {
        **os.environ,
        "PRESSWIRE_REDIS_URL": redis_url,
        "PRESSWIRE_PREFIX": services.settings.prefix,
        "PRESSWIRE_ALLOW_NETWORKS": LOOPBACK,
    }
    with subprocess.Popen([sys.executable, SENDER], env=environment) as process:
        receiver.on_post = lambda: process.send_signal(signal.SIGKILL)
        assert process.wait(timeout=60) == -signal.SIGKILL
    receiver.on_post = lambda: None
    assert len(receiver.got) == 1

    look(services, later=30)
    look(services, later=A_DAY)  # the killed one's lease was by its own clock
    look(services, later=2 * A_DAY)

    assert told(receiver) == ["flood", "flood"]
    (first, body), (again, same_body) = receiver.got
    assert first["Idempotency-Key"] == again["Idempotency-Key"]
    assert body == same_body
    assert len(services.outbox) == 0


def test_a_finder_killed_before_its_commit_has_told_nothing_and_lost_nothing(
    services, receiver, publish, monkeypatch
):
    save(services, receiver.url)
    publish(at(10), "flood")

    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(services.outbox, "_queue", die)
        with pytest.raises(KeyboardInterrupt):
            look(services, later=20)
    look(services, later=30)

    assert told(receiver) == ["flood"]


def test_a_receiver_that_fails_is_asked_again_later_and_later(services, receiver, publish):
    save(services, receiver.url)
    publish(at(10), "flood")
    receiver.answer = 503

    look(services, later=20)
    look(services, later=25)
    assert len(receiver.got) == 1
    assert "answered 503" in services.outbox.last_error("s1")
    look(services, later=60)
    look(services, later=100)
    assert len(receiver.got) == 2
    receiver.answer = 204
    look(services, later=200)

    assert len(receiver.got) == 3
    assert len(services.outbox) == 0
    assert services.outbox.last_error("s1") == ""


def test_a_receiver_that_is_gone_is_given_up(services, receiver, publish):
    save(services, receiver.url)
    publish(at(10), "flood")
    receiver.answer = 410

    look(services, later=20)

    assert len(services.outbox) == 0
    assert "410" in services.outbox.last_error("s1")


def test_a_webhooks_signature_is_checked_by_its_key_and_its_time(services, receiver, publish):
    save(services, receiver.url)
    publish(at(10), "flood")
    look(services, later=20)
    (headers, body) = receiver.got[0]
    secret = shared_secret(services.redis, services.settings.prefix, "webhooks")
    key, sign = webhook.signing_key(secret, "s1"), headers["Presswire-Signature"]
    now = int(at(20).timestamp())

    assert webhook.is_genuine(key, sign, body, now)
    assert not webhook.is_genuine(key, sign, body + b" ", now)
    assert not webhook.is_genuine(key, sign, body, now + 301)
    assert not webhook.is_genuine(webhook.signing_key(secret, "s2"), sign, body, now)
    assert not webhook.is_genuine(key, "t=x,v1=", body, now)


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:{port}/hook",
        "http://localhost:{port}/hook",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://0.0.0.0:{port}/",
        "http://2130706433:{port}/",
    ],
)
def test_private_addresses_are_refused_by_default(make_tools, receiver, publish, target):
    services = make_tools(allow_networks="")
    save(services, target.format(port=receiver.server_address[1]))
    publish(at(10), "flood")

    look(services, later=20)

    assert receiver.got == []
    assert len(services.outbox) == 0
    assert "no public address" in services.outbox.last_error("s1")


def test_a_redirect_is_not_followed(services, receiver, publish):
    save(services, receiver.url)
    publish(at(10), "flood")
    receiver.answer, receiver.location = 302, "http://169.254.169.254/latest/meta-data"

    look(services, later=20)

    assert len(receiver.got) == 1
    assert "answered 302" in services.outbox.last_error("s1")


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1/\r\nX-Evil: 1",
        "http://127.0.0.1/ HTTP/1.1\r\nHost: evil",
        "http://user:password@127.0.0.1/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://",
        "mailto:ada@example.org%0d%0aBcc:eve@example.org",
        "mailto:ada@example.org,eve@example.org",
        "mailto:<script>@example.org",
        "mailto:",
        "",
    ],
)
def test_hostile_receivers_are_given_up_with_a_reason(services, publish, target):
    save(services, target)
    publish(at(10), "flood")

    look(services, later=20)

    assert len(services.outbox) == 0
    assert services.outbox.last_error("s1")


def test_a_mistake_in_one_saved_query_costs_the_others_nothing(services, receiver, publish):
    save(services, receiver.url, query='rain OR "never closed')
    save(services, receiver.url, query="river", search_id="s2")
    publish(at(10), "flood")

    look(services, later=20)

    assert told(receiver) == ["flood"]
    assert "never closed" in services.outbox.last_error("s1")


def test_a_round_ends_in_time_and_the_next_goes_on_where_it_stopped(
    make_tools, receiver, publish, monkeypatch
):
    monkeypatch.setattr(evaluate, "ROUND_SECONDS", 0.0)
    publish(at(10), "flood")
    for number in range(5):
        save(make_tools(), receiver.url, search_id=f"s{number}")

    asked = []
    for turn in range(5):
        services = make_tools()  # as after a restart
        look(services, later=20 + turn)
        asked.append(sorted(services.outbox.searches()))

    assert asked == [[f"s{number}" for number in range(most)] for most in range(1, 6)]
    assert told(receiver) == ["flood"] * 5


def test_a_round_takes_no_longer_than_its_seconds_and_a_search(services, monkeypatch):
    monkeypatch.setattr(evaluate, "ROUND_SECONDS", 0.5)
    for number in range(40):
        save(services, "https://hook.example/", search_id=f"s{number}")
    ask, slow = services.search.search, threading.Event()

    def ask_slowly(request):
        slow.wait(0.1)
        return ask(request)

    monkeypatch.setattr(services.search, "search", ask_slowly)

    look(services, later=20)

    assert 1 <= len(services.outbox.searches()) <= 6


def test_a_search_that_is_never_answered_ends_its_round_only(
    services, receiver, publish, monkeypatch
):
    save(services, receiver.url, query="slow")
    save(services, receiver.url, search_id="s2")
    publish(at(10), "flood")
    ask = services.search.search

    def refuse_the_slow_one(request):
        if "slow" in json.dumps(request):
            raise TryAgain("timed out")
        return ask(request)

    monkeypatch.setattr(services.search, "search", refuse_the_slow_one)

    look(services, later=20)
    look(services, later=30)

    assert told(receiver) == ["flood"]
    assert "did not answer" in services.outbox.last_error("s1")


def test_a_search_with_many_hits_leaves_the_others_their_turn(
    services, receiver, publish, monkeypatch
):
    monkeypatch.setattr(matching, "IDS_IN_A_PAGE", 10)
    monkeypatch.setattr(evaluate, "MANY_NEW", 20)
    save(services, receiver.url)
    for second in range(5):
        publish(at(10 + second), *(f"a{second}-{row}" for row in range(10)))

    rounds = [look(services, later=20 + turn) for turn in range(4)]

    assert rounds == [1, 1, 1, 0]
    assert len(told(receiver)) == len(set(told(receiver))) == 50


@pytest.mark.parametrize("stop", [(evaluate, "MANY_NEW", 20), (evaluate, "ROUND_SECONDS", 0.0)])
def test_what_is_seen_late_rings_after_looks_that_stopped_early_too(
    make_tools, receiver, publish, monkeypatch, stop
):
    monkeypatch.setattr(matching, "IDS_IN_A_PAGE", 10)
    monkeypatch.setattr(*stop)
    save(make_tools(), receiver.url)
    publish(at(10), *(f"a{row:02}" for row in range(50)))

    for turn in range(12):
        look(make_tools(), later=20 + turn)  # as after a restart
        if turn == 1:
            publish(at(9), "late")
            publish(at(10), "a00-late")

    names = sorted(told(receiver))
    assert names == sorted([*(f"a{row:02}" for row in range(50)), "a00-late", "late"])


def test_looks_go_on_past_any_number_of_told_hits(services, receiver, publish, monkeypatch):
    monkeypatch.setattr(matching, "IDS_IN_A_PAGE", 10)
    save(services, receiver.url)
    publish(at(10), *(f"a{row:02}" for row in range(50)))
    look(services, later=20)
    monkeypatch.setattr(matching, "MAX_PAGES", 1)
    publish(at(11), "new")

    for turn in range(8):
        look(services, later=30 + turn)

    assert told(receiver)[50:] == ["new"]


def test_a_search_that_stopped_early_and_was_deleted_leaves_nothing(
    services, receiver, publish, monkeypatch
):
    monkeypatch.setattr(matching, "IDS_IN_A_PAGE", 1)
    monkeypatch.setattr(matching, "MAX_PAGES", 1)
    saved = save(services, receiver.url)
    publish(at(10), "flood", "dam")
    look(services, later=20)
    assert services.outbox.window(saved.id, START).progress

    services.saved_searches.drop(saved)
    look(services, later=30)

    assert services.redis.keys("*alerts*") == []


def test_a_search_rings_as_long_as_its_token_is_valid(services, receiver, publish):
    revoked, over = new_token(services), new_token(services, days=1)
    owners = ["x" * 22, *map(owner_of_token, (revoked, over, new_token(services)))]
    for owner in owners:
        save(services, receiver.url, search_id=owner, owner=owner)
    publish(at(10), "flood")

    look(services, later=20)
    assert len(told(receiver)) == 3
    services.tokens.revoke(revoked)
    publish(at(A_DAY), "dam")
    look(services, later=A_DAY + 20)

    assert told(receiver) == ["flood", "flood", "flood", "dam"]


def test_mail_arrives_on_a_real_server_with_title_outlet_and_address(make_tools, letters, publish):
    services = make_tools(
        smtp_url=f"smtp://127.0.0.1:{letters.port}", mail_from="Presswire <wire@example.org>"
    )
    save(services, "mailto:ada@example.org")
    publish(at(10), "flood", title="Überschwemmung: River rises")

    look(services, later=20)

    (envelope,) = letters.got
    text = envelope.content.decode()
    assert envelope.rcpt_tos == ["ada@example.org"]
    assert "To: ada@example.org" in text
    assert "https://eastmarch-courier.example/flood" in text
    assert "@example.org>" in next(x for x in text.splitlines() if x.startswith("Message-ID"))


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Asia/Kathmandu", r"courier, \d+ \w+ \d{4}, \d\d:\d\d \+0545"),
        ("UTC", r"courier, \d{4}-\d\d-\d\dT[\d:.]+\+00:00"),
    ],
)
def test_a_mail_shows_times_in_the_zone_of_its_search(make_tools, letters, publish, zone, shown):
    services = make_tools(smtp_url=f"smtp://127.0.0.1:{letters.port}")
    save(services, "mailto:ada@example.org", zone=zone)
    publish(at(10), "flood")

    look(services, later=20)

    (envelope,) = letters.got
    assert re.search(shown, envelope.content.decode())


def test_a_title_cannot_add_headers_or_receivers_to_a_mail(make_tools, letters, publish):
    services = make_tools(smtp_url=f"smtp://127.0.0.1:{letters.port}")
    save(services, "mailto:ada@example.org", name="R\r\nBcc: eve@example.org")
    publish(at(10), "flood", title="River\r\nBcc: eve@example.org\r\n\r\n<b>hi</b>")

    look(services, later=20)

    (envelope,) = letters.got
    headers, _, _ = envelope.content.partition(b"\r\n\r\n")
    assert envelope.rcpt_tos == ["ada@example.org"]
    assert b"\r\nBcc" not in headers


def test_a_mail_server_that_is_busy_or_absent_gets_it_later_under_the_same_name(
    make_tools, letters, publish
):
    services = make_tools(smtp_url=f"smtp://127.0.0.1:{letters.port}")
    save(services, "mailto:ada@example.org")
    publish(at(10), "flood")
    letters.refusal = "451 busy"

    look(services, later=20)
    assert "451" in services.outbox.last_error("s1")
    letters.refusal = ""
    look(services, later=90)

    names = {
        line
        for envelope in letters.got
        for line in envelope.content.decode().splitlines()
        if line.startswith("Message-ID")
    }
    assert len(letters.got) == 2
    assert len(names) == 1
    assert len(services.outbox) == 0


def test_a_slow_mail_server_gets_each_mail_once(make_tools, letters, publish, monkeypatch):
    monkeypatch.setattr(outbox, "LEASE", timedelta(seconds=2))
    services = make_tools(smtp_url=f"smtp://127.0.0.1:{letters.port}")
    monkeypatch.setattr(ClockedTools, "now", lambda _: datetime.now(UTC))
    monkeypatch.setattr(news, "ARTICLES_IN_AN_ALERT", 1)
    letters.pause = 0.3
    save(services, "mailto:ada@example.org")
    publish(at(10), *(f"a{row:03}" for row in range(100)))
    evaluate_saved_searches(services)

    ends = datetime.now(UTC) + timedelta(seconds=60)
    while len(services.outbox) and datetime.now(UTC) < ends:
        on_loop_at_most(send_due_alerts(services), 0.1)

    assert len(letters.got) == 100
    assert len(services.outbox) == 0


def test_a_mail_session_ends_in_time_however_the_server_drips(make_tools, monkeypatch):
    monkeypatch.setattr(smtp, "SESSION_SECONDS", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=drip, args=[server], daemon=True).start()
        services = make_tools(smtp_url=f"smtp://127.0.0.1:{server.getsockname()[1]}")
        began = time.monotonic()

        done = services.smtp_client.send(EmailMessage())

        assert done == DeliveryResult("not done within 1 seconds")
        assert time.monotonic() - began < 5


def drip(server):
    """Says hello, and then something each moment, without ever coming to an end."""
    session, _ = server.accept()
    with session, contextlib.suppress(OSError):
        session.sendall(b"220 here\r\n")
        for _ in range(600):
            session.sendall(b"250-more\r\n")
            threading.Event().wait(0.05)


def test_a_mail_that_was_taken_is_sent_however_the_server_says_goodbye(
    make_tools, letters, publish
):
    services = make_tools(smtp_url=f"smtp://127.0.0.1:{letters.port}")
    letters.goodbye = "421 too busy"
    save(services, "mailto:ada@example.org")
    publish(at(10), "flood")

    look(services, later=20)

    assert len(letters.got) == 1
    assert len(services.outbox) == 0


def test_a_password_is_never_sent_in_the_clear_over_the_network(make_tools):
    services = make_tools(smtp_url="smtp://user:secret@mail.example.org:25")
    session = smtplib.SMTP()
    session.ehlo = lambda: (250, b"")

    with pytest.raises(smtplib.SMTPNotSupportedError, match="no TLS"):
        services.smtp_client._introduce(session)  # noqa: SLF001  no such server can be had on loopback


def test_the_feed_holds_the_newest_hits_and_nothing_that_xml_forbids(search, put, story):
    titles = ["River <rises> & falls", "River \x0b\ud7ff falls"]
    put(*(story(f"a{row}", title=title) for row, title in enumerate(titles)))
    saved = SavedSearch(id="s1", name="R & <b>", query="river", owner="ada", created=START)

    found = search.search(matching.latest(compile_query(parse_query(saved.query))))
    feed = atom(saved, found["hits"]["hits"], "https://wire.example/feeds/x", START)

    root = ET.fromstring(feed)  # noqa: S314  our own
    names = {"a": "http://www.w3.org/2005/Atom"}
    assert root.findtext("a:title", namespaces=names) == "R & <b>"
    entries = root.findall("a:entry", names)
    assert {each.findtext("a:id", namespaces=names) for each in entries} == {
        "urn:presswire:article:a0",
        "urn:presswire:article:a1",
    }
    assert entries[0].find("a:link", names).get("href").startswith("https://eastmarch")
    assert "River <rises> & falls" in [e.findtext("a:title", namespaces=names) for e in entries]


def test_an_alert_with_hostile_text_is_plain_json():
    article = AlertArticle("a", '"}<script>\u2028', "javascript:alert(1)")
    alert = Alert("id", "s1", "n\r\nX: y", "https://hook.example/", START, (article,))

    content = webhook.body(alert)

    assert json.loads(content)["articles"][0]["title"] == article.title
    assert "\n" not in "".join(webhook.headers("key", alert, content, 1).values())
