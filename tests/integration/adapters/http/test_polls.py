"""Polls of several parts on real hosts: what one part costs, and what the next turn asks."""

import gzip

import pytest
import trustme

FORBIDDEN = b"HTTP/1.1 403 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
BUSY = b"HTTP/1.1 503 Later\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def answer(body, *headers):
    raw = body if isinstance(body, bytes) else body.encode()
    lines = [f"Content-Length: {len(raw)}", "Connection: close", *headers]
    return "\r\n".join(["HTTP/1.1 200 OK", *lines, "", ""]).encode() + raw


def sitemap(host, *names):
    rows = "".join(f"<url><loc>{host.home}/{name}</loc></url>" for name in names)
    return answer(f"<urlset>{rows}</urlset>")


def index(*addresses):
    rows = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in addresses)
    return answer(f"<sitemapindex>{rows}</sitemapindex>", 'ETag: "one"')


@pytest.mark.parametrize("trouble", ["forbidden", "too large", "bad tls", "robots"])
def test_a_child_that_cannot_be_had_costs_only_itself(host, host_at, station, trouble):
    children = ["/1", "/2", "/3"]
    for path in children:
        host.answers[path] = sitemap(host, f"story{path[1:]}")
    bad = f"{host.home}/2"
    if trouble == "forbidden":
        host.answers["/2"] = FORBIDDEN
    elif trouble == "too large":
        host.answers["/2"] = answer(b"x" * 300_000)
    elif trouble == "robots":
        host.answers["/robots.txt"] = answer("User-agent: *\nDisallow: /2\n")
    else:
        stranger = trustme.CA().issue_cert("localhost")
        bad = f"{host_at(stranger).home}/2"
    host.answers["/index"] = index(f"{host.home}/1", bad, f"{host.home}/3")
    given = station(max_feed_bytes=200_000).knows(host)
    given.look(f"{host.home}/index", "sitemap")
    assert given.services.frontier.depth()["pages"] == 2


def test_a_busy_child_is_not_asked_again_in_the_next_turn(host, station):
    host.answers |= {"/1": sitemap(host, "a"), "/2": BUSY, "/3": sitemap(host, "b")}
    host.answers["/index"] = index(*(f"{host.home}/{n}" for n in (1, 2, 3)))
    given = station().knows(host)
    given.look(f"{host.home}/index", "sitemap")
    assert given.services.frontier.depth()["pages"] == 2
    assert [path for path, _ in host.asked].count("/2") == 1


def test_a_packed_child_is_read(host, station):
    body = gzip.compress(f"<urlset><url><loc>{host.home}/a</loc></url></urlset>".encode())
    host.answers |= {"/1.gz": answer(body), "/index": index(f"{host.home}/1.gz")}
    given = station().knows(host)
    given.look(f"{host.home}/index", "sitemap")
    assert given.services.frontier.depth()["pages"] == 1
