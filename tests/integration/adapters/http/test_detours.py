"""Redirects by way of other hosts and by meta refresh, with the cookies that belong to each."""

from contextlib import suppress

import httpx
import msgspec
import pytest

from tests.integration.adapters.http import hostile
from tests.integration.adapters.http.hostile import page
from tests.integration.adapters.http.test_leases import header_of
from workers.adapters.http.redirect_chains import RedirectChains
from workers.exceptions import TryAgain


def refresh(target, seconds=0):
    tag = f'<html><head><meta http-equiv="refresh" content="{seconds}; url={target}"></head>'
    return page(tag.encode() + b"<p>Please wait.")


def gate(host, cookie, target):
    """Lets in who brings the cookie, and sends others to `target`, with a cookie of its own."""

    async def answer(_reader, writer, _path):
        sent = header_of(host, "/x", "cookie") or ""
        closed = page(b"", "302 Found", Location=target, Set_Cookie="session=7; Path=/")
        writer.write(page() if cookie in sent.split("; ") else closed)

    return answer


def test_cookies_survive_a_detour_by_a_consent_host(host_at, station):
    paper, consent = host_at(), host_at()
    paper.answers["/x"] = gate(paper, "session=7", f"{consent.home}/ask")
    back = f"{paper.home}/x"
    consent.answers["/ask"] = page(b"", "302 Found", Location=back, Set_Cookie="agreed=1; Path=/")
    assert station().knows(paper, consent).fetch(f"{paper.home}/x")[0] == "parse"
    assert header_of(paper, "/x", "cookie") == "session=7"
    assert header_of(consent, "/ask", "cookie") is None


@pytest.mark.parametrize(
    ("cookie", "is_sent"),
    [
        ("a=1; Path=/", True),
        ("a=1; Path=/x", True),
        ("a=1; Path=/other", False),
        ("a=1; Secure; Path=/", False),
        ("a=1; Domain=other.example; Path=/", False),
        ("a=1; Max-Age=0; Path=/", False),
        ("a=1; Max-Age=600; Path=/", True),
    ],
)
def test_a_chain_that_waited_in_redis_sends_a_cookie_only_where_it_belongs(
    cookie, is_sent, clean_redis
):
    chains, start = RedirectChains(clean_redis, "t"), "http://www.gazette.example/x/1"
    request = httpx.Request("GET", start)
    response = httpx.Response(302, headers={"set-cookie": cookie}, request=request)
    with suppress(TryAgain), chains.resume(start) as chain:
        chain.add("http://consent.example/ask", response)
        chain.add("http://www.gazette.example/x/2", httpx.Response(302, request=request))
        raise TryAgain("not its turn", counts_as_attempt=False)
    with chains.resume(start) as chain:
        hop = httpx.Request("GET", chain.url)
        chain.add_cookies(hop)
        assert hop.headers.get("cookie") == ("a=1" if is_sent else None)
    assert clean_redis.keys("t:course*") == []


def test_a_chain_of_the_version_before_goes_on_with_its_cookies(clean_redis):
    start, target = "http://www.gazette.example/a", "http://www.gazette.example/b"
    clean_redis.set(f"t:courses:{start}", msgspec.json.encode([(start, {}), (target, {"a": "1"})]))
    with RedirectChains(clean_redis, "t").resume(start) as chain:
        hop = httpx.Request("GET", chain.url)
        chain.add_cookies(hop)
        assert hop.headers["cookie"] == "a=1"


def test_a_page_that_only_sends_its_readers_on_is_followed(host, station):
    host.answers |= {"/a": refresh("/b"), "/b": refresh("c", 3), "/c": page()}
    given = station().knows(host)
    assert given.fetch(f"{host.home}/a")[0] == "parse"
    ((_, event),) = given.sent
    assert event.final_url == f"{host.home}/c"


@pytest.mark.parametrize(
    ("answer", "end"),
    [
        (refresh("http://10.0.0.1/"), "unsafe_address"),
        (refresh("file:///etc/passwd"), "unsafe_address"),
        (refresh("/private/y"), "robots"),
        (refresh("/"), "error_page"),
        (refresh("/further/1"), "too_many_redirects"),
        (refresh("/x"), "parse"),
        (refresh("/y", 30), "parse"),
        (
            page(
                b"<title>x</title><noscript><meta http-equiv=refresh content='0;url=/y'></noscript>"
            ),
            "parse",
        ),
    ],
)
def test_a_refresh_is_a_redirect_like_any_other(answer, end, host, station):
    rules = page(b"User-agent: *\nDisallow: /private", kind="text/plain")
    host.answers |= {"/robots.txt": rules, "/x": answer, "/": page(), "/y": page(b"<p>no")}
    host.other = hostile.further
    given = station().knows(host)
    assert given.fetch(f"{host.home}/x")[0] == end
    assert "/y" not in [path for path, _ in host.asked]


def test_a_gate_of_refreshes_opens_with_its_cookie(host, station):
    async def answer(_reader, writer, _path):
        closed = refresh("/x").replace(b"\r\n", b"\r\nSet-Cookie: seen=1; Path=/\r\n", 1)
        writer.write(page() if header_of(host, "/x", "cookie") else closed)

    host.answers["/x"] = answer
    given = station().knows(host)
    assert given.fetch(f"{host.home}/x")[0] == "parse"
    assert [path for path, _ in host.asked] == ["/robots.txt", "/x", "/x"]
