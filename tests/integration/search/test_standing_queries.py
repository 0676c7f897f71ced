"""Saved searches that ring: real index, real Redis, real receivers of HTTP and mail."""

import asyncio
import contextlib
import json
import os
import signal
import smtplib
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from aiosmtpd.controller import Controller

from schemas.alert import Alert, AlertArticle
from schemas.saved_search import SavedSearch
from workers.adapters.http.event_loop import on_loop_at_most
from workers.adapters.notify import smtp
from workers.adapters.notify.webhook_client import Delivered
from workers.adapters.redis import outbox
from workers.adapters.redis.saved_searches import owner_of_token
from workers.adapters.redis.shared_secret import shared_secret
from workers.alerts import evaluate, matching, webhook
from workers.alerts.evaluate import find_new
from workers.alerts.feed import atom
from workers.alerts.send import send_due
from workers.exceptions import TryAgain
from workers.local.ports import free_port
from workers.search.query.compiler import compiled
from workers.services import Tools
from workers.settings import Settings

pytestmark = [pytest.mark.elasticsearch, pytest.mark.timeout(120)]

SENDER = str(Path(__file__).with_name("alert_sender.py"))
# past: a sender in a process of its own goes by the real clock
START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
LOOPBACK = "127.0.0.0/8"
A_DAY = 86_400  # seconds


class ClockedTools(Tools):
    """Tools whose time the test sets."""

    time = START

    def now(self):
        return self.time


class Receiver(ThreadingHTTPServer):
    """A webhook that keeps what it got; `answer` is its status, `on_post` is called before it."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.got, self.answer, self.on_post, self.location = [], 200, lambda: None, ""
        self.url = f"http://127.0.0.1:{self.server_address[1]}/hook"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        """A sender that is killed hangs up: that is the test."""


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        content = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append((dict(self.headers), content))
        self.server.on_post()
        self.send_response(self.server.answer)
        if self.server.location:
            self.send_header("location", self.server.location)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Letters:
    """Takes mail in after a `pause`; `refusal` is what it says instead, `goodbye` its last word."""

    def __init__(self):
        self.got, self.refusal, self.goodbye, self.pause = [], "", "221 Bye", 0.0

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802  aiosmtpd's name
        await asyncio.sleep(self.pause)
        self.got.append(envelope)
        return self.refusal or "250 OK"

    async def handle_QUIT(self, _server, _session, _envelope):  # noqa: N802  aiosmtpd's name
        return self.goodbye


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def letters():
    handler = Letters()
    handler.port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    yield handler
    controller.stop()


@pytest.fixture
def make_tools(search, redis_url, clean_redis):  # noqa: ARG001  an empty server
    made = []

    def make(**more):
        url = search.client.transport.node_pool.get().base_url
        given = {"elasticsearch_url": url, "redis_url": redis_url, "prefix": search.prefix}
        made.append(ClockedTools(Settings(**given, **{"allow_networks": LOOPBACK, **more})))
        return made[-1]

    yield make
    for tools in made:
        tools.search.client.close()
        tools.redis.close()


@pytest.fixture
def tools(make_tools):
    return make_tools()


@pytest.fixture
def publish(put, story):
    """Puts stories into the index as if they had been indexed at a moment."""

    def publish_at(moment, *names, **more):
        put(*(story(name, fetched_at=moment, **more) for name in names))

    return publish_at


def new_token(tools, **more):
    """Its id."""
    return tools.tokens.create("ada", START, **more).split("_")[1]


def save(tools, *targets, query="river", name="Rivers", search_id="s1", owner=""):
    saved = SavedSearch(
        id=search_id,
        name=name,
        query=query,
        owner=owner or owner_of_token(new_token(tools)),
        created=START,
        notify=targets,
    )
    tools.saved_searches.put(saved)
    return saved


def look(tools, *, later=0):
    """A tick of matching and one of sending, `later` seconds after the start."""
    tools.time = START + timedelta(seconds=later)
    found = find_new(tools)
    asyncio.run(send_due(tools))
    return found


def told(receiver):
    return [article["id"] for _, body in receiver.got for article in json.loads(body)["articles"]]


def at(seconds):
    return START + timedelta(seconds=seconds)


def test_a_new_hit_rings_once_however_often_the_tick_looks(tools, receiver, publish):
    save(tools, receiver.url)
    publish(at(10), "flood", "dam")
    publish(at(10), "budget", title="Council passes budget", paragraphs=("Nine votes to four.",))

    look(tools, later=20)
    look(tools, later=30)
    publish(at(40), "flood", title="River falls in Eastmarch")
    look(tools, later=50)

    assert sorted(told(receiver)) == ["dam", "flood"]


def test_what_was_there_before_the_search_was_saved_does_not_ring(tools, receiver, publish):
    publish(at(-600), "old")
    save(tools, receiver.url)

    assert look(tools, later=20) == 0


def test_an_article_whose_write_was_seen_late_still_rings(tools, receiver, publish):
    save(tools, receiver.url)
    look(tools, later=100)
    publish(at(30), "late")

    look(tools, later=130)

    assert told(receiver) == ["late"]


def test_each_search_and_receiver_is_told_for_itself(tools, receiver, publish):
    save(tools, receiver.url, f"{receiver.url}/second")
    save(tools, receiver.url, query="flood title:river", search_id="s2")
    publish(at(10), "flood", title="River flood")

    look(tools, later=20)

    assert told(receiver) == ["flood"] * 3
    assert len({headers["Idempotency-Key"] for headers, _ in receiver.got}) == 3


def test_more_hits_than_one_alert_holds_all_arrive(tools, receiver, publish, monkeypatch):
    monkeypatch.setattr(matching, "IDS_IN_A_PAGE", 40)
    monkeypatch.setattr(matching, "MOST_PAGES", 2)
    save(tools, receiver.url)
    for batch in range(3):
        publish(at(10 + batch), *(f"a{batch}-{row}" for row in range(50)))

    for turn in range(8):
        look(tools, later=20 + turn)

    assert len(told(receiver)) == len(set(told(receiver))) == 150


def test_two_ticks_at_once_tell_an_article_once(make_tools, receiver, publish):
    both = [make_tools(), make_tools()]
    save(both[0], receiver.url)
    publish(at(10), *(f"a{row}" for row in range(30)))
    for tools in both:
        tools.time = at(20)

    threads = [threading.Thread(target=find_new, args=[tools]) for tools in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for tools in both:
        asyncio.run(send_due(tools))

    assert len(told(receiver)) == len(set(told(receiver))) == 30


def test_a_sender_killed_before_it_could_record_sends_again_under_the_same_key(
    tools, receiver, publish, redis_url
):
    save(tools, receiver.url)
    publish(at(10), "flood")
    tools.time = at(20)
    find_new(tools)
    environment = {
        **os.environ,
        "PRESSWIRE_REDIS_URL": redis_url,
        "PRESSWIRE_PREFIX": tools.settings.prefix,
        "PRESSWIRE_ALLOW_NETWORKS": LOOPBACK,
    }
    with subprocess.Popen([sys.executable, SENDER], env=environment) as process:
        receiver.on_post = lambda: process.send_signal(signal.SIGKILL)
        assert process.wait(timeout=60) == -signal.SIGKILL
    receiver.on_post = lambda: None
    assert len(receiver.got) == 1

    look(tools, later=30)
    look(tools, later=A_DAY)  # the killed one's lease was by its own clock
    look(tools, later=2 * A_DAY)

    assert told(receiver) == ["flood", "flood"]
    (first, body), (again, same_body) = receiver.got
    assert first["Idempotency-Key"] == again["Idempotency-Key"]
    assert body == same_body
    assert len(tools.outbox) == 0


def test_a_finder_killed_before_its_commit_has_told_nothing_and_lost_nothing(
    tools, receiver, publish, monkeypatch
):
    save(tools, receiver.url)
    publish(at(10), "flood")

    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(tools.outbox, "_queue", die)
        with pytest.raises(KeyboardInterrupt):
            look(tools, later=20)
    look(tools, later=30)

    assert told(receiver) == ["flood"]


def test_a_receiver_that_fails_is_asked_again_later_and_later(tools, receiver, publish):
    save(tools, receiver.url)
    publish(at(10), "flood")
    receiver.answer = 503

    look(tools, later=20)
    look(tools, later=25)
    assert len(receiver.got) == 1
    assert "answered 503" in tools.outbox.trouble("s1")
    look(tools, later=60)
    look(tools, later=100)
    assert len(receiver.got) == 2
    receiver.answer = 204
    look(tools, later=200)

    assert len(receiver.got) == 3
    assert len(tools.outbox) == 0
    assert tools.outbox.trouble("s1") == ""


def test_a_receiver_that_is_gone_is_given_up(tools, receiver, publish):
    save(tools, receiver.url)
    publish(at(10), "flood")
    receiver.answer = 410

    look(tools, later=20)

    assert len(tools.outbox) == 0
    assert "410" in tools.outbox.trouble("s1")


def test_a_webhooks_signature_is_checked_by_its_key_and_its_time(tools, receiver, publish):
    save(tools, receiver.url)
    publish(at(10), "flood")
    look(tools, later=20)
    (headers, body) = receiver.got[0]
    secret = shared_secret(tools.redis, tools.settings.prefix, "webhooks")
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
    tools = make_tools(allow_networks="")
    save(tools, target.format(port=receiver.server_address[1]))
    publish(at(10), "flood")

    look(tools, later=20)

    assert receiver.got == []
    assert len(tools.outbox) == 0
    assert "no public address" in tools.outbox.trouble("s1")


def test_a_redirect_is_not_followed(tools, receiver, publish):
    save(tools, receiver.url)
    publish(at(10), "flood")
    receiver.answer, receiver.location = 302, "http://169.254.169.254/latest/meta-data"

    look(tools, later=20)

    assert len(receiver.got) == 1
    assert "answered 302" in tools.outbox.trouble("s1")


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
def test_hostile_receivers_are_given_up_with_a_reason(tools, publish, target):
    save(tools, target)
    publish(at(10), "flood")

    look(tools, later=20)

    assert len(tools.outbox) == 0
    assert tools.outbox.trouble("s1")


def test_a_mistake_in_one_saved_query_costs_the_others_nothing(tools, receiver, publish):
    save(tools, receiver.url, query='"never closed')
    save(tools, receiver.url, query="river", search_id="s2")
    publish(at(10), "flood")

    look(tools, later=20)

    assert told(receiver) == ["flood"]
    assert "never closed" in tools.outbox.trouble("s1")


def test_a_round_ends_in_time_and_the_next_goes_on_where_it_stopped(
    make_tools, receiver, publish, monkeypatch
):
    monkeypatch.setattr(evaluate, "ROUND_SECONDS", 0.0)
    publish(at(10), "flood")
    for number in range(5):
        save(make_tools(), receiver.url, search_id=f"s{number}")

    asked = []
    for turn in range(5):
        tools = make_tools()  # as after a restart
        look(tools, later=20 + turn)
        asked.append(sorted(tools.outbox.searches()))

    assert asked == [[f"s{number}" for number in range(most)] for most in range(1, 6)]
    assert told(receiver) == ["flood"] * 5


def test_a_round_takes_no_longer_than_its_seconds_and_a_search(tools, monkeypatch):
    monkeypatch.setattr(evaluate, "ROUND_SECONDS", 0.5)
    for number in range(40):
        save(tools, "https://hook.example/", search_id=f"s{number}")
    ask, slow = tools.search.search, threading.Event()

    def ask_slowly(request):
        slow.wait(0.1)
        return ask(request)

    monkeypatch.setattr(tools.search, "search", ask_slowly)

    look(tools, later=20)

    assert 1 <= len(tools.outbox.searches()) <= 6


def test_a_search_that_is_never_answered_ends_its_round_only(tools, receiver, publish, monkeypatch):
    save(tools, receiver.url, query="slow")
    save(tools, receiver.url, search_id="s2")
    publish(at(10), "flood")
    ask = tools.search.search

    def refuse_the_slow_one(request):
        if "slow" in json.dumps(request):
            raise TryAgain("timed out")
        return ask(request)

    monkeypatch.setattr(tools.search, "search", refuse_the_slow_one)

    look(tools, later=20)
    look(tools, later=30)

    assert told(receiver) == ["flood"]
    assert "did not answer" in tools.outbox.trouble("s1")


def test_a_search_with_many_hits_leaves_the_others_their_turn(
    tools, receiver, publish, monkeypatch
):
    monkeypatch.setattr(matching, "IDS_IN_A_PAGE", 10)
    monkeypatch.setattr(evaluate, "MANY_NEW", 20)
    save(tools, receiver.url)
    for second in range(5):
        publish(at(10 + second), *(f"a{second}-{row}" for row in range(10)))

    rounds = [look(tools, later=20 + turn) for turn in range(4)]

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


def test_looks_go_on_past_any_number_of_told_hits(tools, receiver, publish, monkeypatch):
    monkeypatch.setattr(matching, "IDS_IN_A_PAGE", 10)
    save(tools, receiver.url)
    publish(at(10), *(f"a{row:02}" for row in range(50)))
    look(tools, later=20)
    monkeypatch.setattr(matching, "MOST_PAGES", 1)
    publish(at(11), "new")

    for turn in range(8):
        look(tools, later=30 + turn)

    assert told(receiver)[50:] == ["new"]


def test_a_search_that_stopped_early_and_was_deleted_leaves_nothing(
    tools, receiver, publish, monkeypatch
):
    monkeypatch.setattr(matching, "IDS_IN_A_PAGE", 1)
    monkeypatch.setattr(matching, "MOST_PAGES", 1)
    saved = save(tools, receiver.url)
    publish(at(10), "flood", "dam")
    look(tools, later=20)
    assert tools.outbox.window(saved.id).halfway

    tools.saved_searches.drop(saved)
    look(tools, later=30)

    assert tools.redis.keys("*alerts*") == []


def test_a_search_rings_as_long_as_its_token_is_valid(tools, receiver, publish):
    revoked, over = new_token(tools), new_token(tools, days=1)
    owners = ["x" * 22, *map(owner_of_token, (revoked, over, new_token(tools)))]
    for owner in owners:
        save(tools, receiver.url, search_id=owner, owner=owner)
    publish(at(10), "flood")

    look(tools, later=20)
    assert len(told(receiver)) == 3
    tools.tokens.revoke(revoked)
    publish(at(A_DAY), "dam")
    look(tools, later=A_DAY + 20)

    assert told(receiver) == ["flood", "flood", "flood", "dam"]


def test_mail_arrives_on_a_real_server_with_title_outlet_and_address(make_tools, letters, publish):
    tools = make_tools(
        smtp_url=f"smtp://127.0.0.1:{letters.port}", mail_from="Presswire <wire@example.org>"
    )
    save(tools, "mailto:ada@example.org")
    publish(at(10), "flood", title="Überschwemmung: River rises")

    look(tools, later=20)

    (envelope,) = letters.got
    text = envelope.content.decode()
    assert envelope.rcpt_tos == ["ada@example.org"]
    assert "To: ada@example.org" in text
    assert "https://eastmarch-courier.example/flood" in text
    assert "@example.org>" in next(x for x in text.splitlines() if x.startswith("Message-ID"))


def test_a_title_cannot_add_headers_or_receivers_to_a_mail(make_tools, letters, publish):
    tools = make_tools(smtp_url=f"smtp://127.0.0.1:{letters.port}")
    save(tools, "mailto:ada@example.org", name="R\r\nBcc: eve@example.org")
    publish(at(10), "flood", title="River\r\nBcc: eve@example.org\r\n\r\n<b>hi</b>")

    look(tools, later=20)

    (envelope,) = letters.got
    headers, _, _ = envelope.content.partition(b"\r\n\r\n")
    assert envelope.rcpt_tos == ["ada@example.org"]
    assert b"\r\nBcc" not in headers


def test_a_mail_server_that_is_busy_or_absent_gets_it_later_under_the_same_name(
    make_tools, letters, publish
):
    tools = make_tools(smtp_url=f"smtp://127.0.0.1:{letters.port}")
    save(tools, "mailto:ada@example.org")
    publish(at(10), "flood")
    letters.refusal = "451 busy"

    look(tools, later=20)
    assert "451" in tools.outbox.trouble("s1")
    letters.refusal = ""
    look(tools, later=90)

    names = {
        line
        for envelope in letters.got
        for line in envelope.content.decode().splitlines()
        if line.startswith("Message-ID")
    }
    assert len(letters.got) == 2
    assert len(names) == 1
    assert len(tools.outbox) == 0


def test_a_slow_mail_server_gets_each_mail_once(make_tools, letters, publish, monkeypatch):
    monkeypatch.setattr(outbox, "LEASE", timedelta(seconds=2))
    tools = make_tools(smtp_url=f"smtp://127.0.0.1:{letters.port}")
    monkeypatch.setattr(ClockedTools, "now", lambda _: datetime.now(UTC))
    monkeypatch.setattr(evaluate, "ARTICLES_IN_AN_ALERT", 1)
    letters.pause = 0.3
    save(tools, "mailto:ada@example.org")
    publish(at(10), *(f"a{row:03}" for row in range(100)))
    find_new(tools)

    ends = datetime.now(UTC) + timedelta(seconds=60)
    while len(tools.outbox) and datetime.now(UTC) < ends:
        on_loop_at_most(send_due(tools), 0.1)

    assert len(letters.got) == 100
    assert len(tools.outbox) == 0


def test_a_mail_session_ends_in_time_however_the_server_drips(make_tools, monkeypatch):
    monkeypatch.setattr(smtp, "SESSION_SECONDS", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=drip, args=[server], daemon=True).start()
        tools = make_tools(smtp_url=f"smtp://127.0.0.1:{server.getsockname()[1]}")
        began = time.monotonic()

        done = tools.mailbox.send(EmailMessage())

        assert done == Delivered("not done within 1 seconds")
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
    tools = make_tools(smtp_url=f"smtp://127.0.0.1:{letters.port}")
    letters.goodbye = "421 too busy"
    save(tools, "mailto:ada@example.org")
    publish(at(10), "flood")

    look(tools, later=20)

    assert len(letters.got) == 1
    assert len(tools.outbox) == 0


def test_a_password_is_never_sent_in_the_clear_over_the_network(make_tools):
    tools = make_tools(smtp_url="smtp://user:secret@mail.example.org:25")
    session = smtplib.SMTP()
    session.ehlo = lambda: (250, b"")

    with pytest.raises(smtplib.SMTPNotSupportedError, match="no TLS"):
        tools.mailbox._introduce(session)  # noqa: SLF001  no such server can be had on loopback


def test_the_feed_holds_the_newest_hits_and_nothing_that_xml_forbids(search, put, story):
    titles = ["River <rises> & falls", "River \x0b\ud7ff falls"]
    put(*(story(f"a{row}", title=title) for row, title in enumerate(titles)))
    saved = SavedSearch(id="s1", name="R & <b>", query="river", owner="ada", created=START)

    found = search.search(matching.latest(compiled(saved.query)))
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
