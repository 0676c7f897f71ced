"""What the requests of a browser are answered with."""

import pytest

from workers.adapters.browser.request_rules import (
    Answer,
    BrowserRequest,
    choose_answer,
    headers_to_send,
    headers_to_show,
)

OWN = "https://api.gazette.example/1.json"
DOMAINS = frozenset({"gazette.example", "gazette-live.example"})


def answer(url, kind="fetch", method="GET", *, frame=None, first=False):
    is_navigation = frame is not None
    request = BrowserRequest(url, method, kind, is_navigation, frame == "page")
    return choose_answer(request, DOMAINS, is_first=first)


@pytest.mark.parametrize("kind", ["script", "xhr", "fetch"])
def test_scripts_and_their_data_come_from_the_outlets_own_domains(kind):
    assert answer(OWN, kind) is Answer.FETCHED
    assert answer("https://www.gazette-live.example/a", kind) is Answer.FETCHED
    assert answer("https://tracker.example/a", kind) is Answer.REFUSED
    assert answer("https://gazette.example.evil.example/a", kind) is Answer.REFUSED
    assert answer("http://10.0.0.1/a", kind) is Answer.REFUSED


@pytest.mark.parametrize(
    "kind", ["font", "media", "ping", "eventsource", "websocket", "manifest", "texttrack", "other"]
)
def test_what_gives_no_text_is_refused(kind):
    assert answer(OWN, kind) is Answer.REFUSED


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD"])
def test_we_ask_and_send_nothing(method):
    assert answer(OWN, method=method) is Answer.REFUSED


def test_what_scripts_wait_for_is_there_but_empty():
    assert answer("https://cdn.example/a.css", "stylesheet") is Answer.EMPTY_STYLE
    assert answer("https://cdn.example/a.png", "image") is Answer.EMPTY_PICTURE


def test_only_the_page_itself_is_opened_and_nothing_is_gone_on_to():
    assert answer("https://gazette.example/1", "document", frame="page", first=True) is (
        Answer.ARCHIVED
    )
    assert answer("https://gazette.example/2", "document", frame="page") is Answer.STAY
    assert answer("https://gazette.example/2", "document", frame="inner") is Answer.REFUSED


@pytest.mark.parametrize("url", ["https://u:p@gazette.example/a", "file:///etc/passwd", "gazette"])
def test_an_address_that_no_page_may_have_is_refused(url):
    assert answer(url) is Answer.REFUSED


def test_a_server_is_told_what_the_script_says_and_not_what_the_browser_is():
    headers = {
        "Accept": "application/json",
        "X-Api-Key": "k",
        "Referer": "r",
        "User-Agent": "Chrome",
        "sec-ch-ua": "x",
        "Cookie": "a=b",
        "Accept-Encoding": "br",
    }
    assert headers_to_send(headers) == {
        "Accept": "application/json",
        "X-Api-Key": "k",
        "Referer": "r",
    }


def test_the_browser_is_told_nothing_that_makes_it_go_store_or_report():
    given = [
        ("content-type", "text/html"),
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
        ("access-control-allow-origin", "*"),
        ("content-encoding", "br"),
        ("refresh", "0;url=/x"),
        ("content-disposition", "attachment"),
        ("report-to", "{}"),
    ]
    assert headers_to_show(given) == {
        "content-type": "text/html",
        "set-cookie": "a=1\nb=2",
        "access-control-allow-origin": "*",
    }
