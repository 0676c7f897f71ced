"""What an outlet's file says is seen by its hosts."""

import time
from datetime import timedelta

from schemas.events import FeedDue
from schemas.outlet import Outlet, OutletRequest
from workers import urls
from workers.outlets import Outlets
from workers.periodic.dispatch import send_due_feeds, sync_changed_feeds, sync_feeds

PAGE = b"<html><title>A story</title><p>It happened on Monday. " + b"Words and words. " * 40
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n"
REQUEST = OutletRequest(
    user_agent="Reader/1",
    headers={"Accept-Language": "de"},
    cookies={"region": "ie"},
    secret_headers={"Authorization": "OUTLET_STEERING"},
)


def page(*headers):
    lines = b"".join(each + b"\r\n" for each in (*headers, b"Connection: close"))
    return OK % len(PAGE) + lines + b"\r\n" + PAGE


def moved(url, *headers):
    lines = "".join(f"{each}\r\n" for each in (f"Location: {url}", "Connection: close", *headers))
    return f"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n{lines}\r\n".encode()


def heads_of(host, path):
    return [head.lower() for asked, head in host.asked if asked == path]


def test_the_host_gets_headers_cookies_and_secrets_once_each(host, station, monkeypatch):
    monkeypatch.setenv("OUTLET_STEERING", "Bearer 42")
    host.answers |= {"/a": moved("/b", "Set-Cookie: region=fr"), "/b": page()}
    given = station().knows(host, request=REQUEST)
    given.fetch(f"{host.home}/a")
    (first,), (second,) = heads_of(host, "/a"), heads_of(host, "/b")
    for head in (first, second):
        assert head.count("user-agent:") == 1
        assert "user-agent: reader/1\r\n" in head
        assert "accept-language: de\r\n" in head
        assert "authorization: bearer 42\r\n" in head
    assert "cookie: region=ie\r\n" in first
    assert "cookie: region=fr\r\n" in second
    assert heads_of(host, "/robots.txt")[0].count("user-agent: reader/1") == 1


def test_another_host_gets_nothing_of_it(host, host_at, station, monkeypatch):
    monkeypatch.setenv("OUTLET_STEERING", "Bearer 42")
    other = host_at()
    other.name = "127.0.0.2"
    host.answers["/a"] = moved(f"http://localhost:{host.port}/b")
    host.answers["/b"] = page()
    given = station().knows(host, request=REQUEST)
    given.fetch(f"{host.home}/a")
    (head,) = heads_of(host, "/b")
    assert "host: localhost" in head
    assert not any(word in head for word in ("reader/1", "region", "bearer", "language"))


def test_a_secret_that_is_not_set_costs_no_request_and_is_said(host, station, monkeypatch):
    monkeypatch.delenv("OUTLET_STEERING", raising=False)
    host.answers["/a"] = page()
    given = station().knows(host, request=REQUEST)
    _, detail = given.fetch(f"{host.home}/a")
    assert "OUTLET_STEERING is not set" in detail
    assert host.asked == []


def test_a_paused_outlet_is_not_asked_and_what_is_queued_waits(host, station):
    host.answers["/a"] = page()
    given = station().knows(host, paused=True)
    assert given.fetch(f"{host.home}/a") == ("", "")
    given.look(f"{host.home}/feed")
    assert host.asked == []
    assert given.services.frontier.depth()["pages"] == 1
    given.knows(host)
    given.work(timedelta(seconds=30))
    assert heads_of(host, "/a")
    assert given.services.frontier.depth()["pages"] == 0


def test_a_paused_outlets_feeds_keep_their_state_and_are_due_when_it_goes_on(host, station):
    given = station()

    def sync(*, paused):
        outlet = Outlet(name="O", home=f"{host.home}/", language="en", id="o0", paused=paused)
        given.services.__dict__["outlets"] = Outlets({"o0": outlet})
        return sync_feeds(given.runner)

    assert sync(paused=False) == 1
    due = FeedDue(page_id=urls.page_id(f"{host.home}/"), outlet="o0", url=f"{host.home}/")
    schedule = given.services.feed_schedule
    schedule.record_poll(due.page_id, b"{}", given.services.now() + timedelta(hours=1))
    assert sync(paused=True) == 0
    assert not schedule.make_due(due.page_id, given.services.now())
    assert send_due_feeds(given.runner) == 0
    assert schedule.state(due.page_id) == b"{}"
    assert sync(paused=False) == 1
    assert send_due_feeds(given.runner) == 1


def test_a_changed_file_takes_effect_in_a_running_worker(host, station, tmp_path):
    folder = tmp_path / "outlets" / "ie"
    folder.mkdir(parents=True)
    text = f'name = "O"\nhome = "{host.home}/"\nlanguage = "en"\n'
    file = folder / "o0.toml"
    file.write_text(text + "[politeness]\nmin_interval_seconds = 0\n")
    host.answers |= {"/a": page(), "/b": page()}
    given = station(outlets=str(folder.parent))
    sync_feeds(given.runner)
    given.fetch(f"{host.home}/a")
    (without,) = heads_of(host, "/a")
    steered = f'feeds = ["{host.home}/feed"]\n[request.headers]\nX-Reader = "one"\n'
    file.write_text(text + steered)
    start = time.monotonic()
    while not sync_changed_feeds(given.runner):
        assert time.monotonic() - start < 5.0
        time.sleep(0.05)
    given.fetch(f"{host.home}/b")
    (with_it,) = heads_of(host, "/b")
    assert "x-reader" not in without
    assert "x-reader: one\r\n" in with_it
    (feed, _), *others = given.services.feed_schedule.reports()
    assert (feed.url, others) == (f"{host.home}/feed", [])
