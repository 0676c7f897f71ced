"""Polls of several parts on real hosts: what one part costs, and what the next turn asks."""

import gzip
from datetime import timedelta

import pytest
import trustme

from schemas.events import ArticleIndexed
from workers import urls
from workers.clock import to_milliseconds

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


def test_an_index_that_has_not_changed_does_not_hide_its_children(host, station):
    async def conditional(_reader, writer, _path):
        asked = host.asked[-1][1].lower()
        same = b'HTTP/1.1 304 Same\r\nETag: "one"\r\nConnection: close\r\n\r\n'
        writer.write(same if 'if-none-match: "one"' in asked else index(f"{host.home}/1"))

    host.answers |= {"/1": sitemap(host, "a"), "/index": conditional}
    given = station().knows(host)
    given.look(f"{host.home}/index", "sitemap")
    host.answers["/1"] = sitemap(host, "a", "b")
    for _ in range(2):
        given.look(f"{host.home}/index", "sitemap")
    assert given.services.frontier.depth()["pages"] == 2
    assert [path for path, _ in host.asked].count("/1") == 3


def report_of(given, url):
    return given.services.feed_schedule.report(urls.page_id(url))


def test_a_report_says_what_was_read_and_what_not(host, station):
    address = f"{host.home}/index"
    host.answers |= {"/1": sitemap(host, "a", "b"), "/2": FORBIDDEN}
    host.answers["/index"] = index(f"{host.home}/1", f"{host.home}/2")
    given = station().knows(host)
    given.look(address, "sitemap")
    found = report_of(given, address)
    assert (found.parts_read, found.own, found.new) == (2, 2, 2)
    assert [(part.url, part.reason) for part in found.failed] == [(f"{host.home}/2", "forbidden")]
    host.answers["/index"] = FORBIDDEN
    given.look(address, "sitemap")
    assert report_of(given, address).failure.startswith("forbidden")


TEXT = "<p>The river rose again on Monday and the town hall stood under water for hours.</p>"
ARTICLE = f"<title>Flood in the valley</title><h1>Flood in the valley</h1>{8 * TEXT}"


def dated(host, lastmod):
    row = f"<url><loc>{host.home}/a</loc><lastmod>{lastmod.isoformat()}</lastmod></url>"
    return answer(f"<urlset>{row}</urlset>")


def test_a_known_article_is_fetched_again_when_its_date_changes(host, station):
    host.answers["/a"] = answer(ARTICLE, "Content-Type: text/html")
    given = station(max_revisits=1).knows(host)
    now = given.services.now()
    host.answers["/map"] = dated(host, now - timedelta(days=3))
    given.look(f"{host.home}/map", "sitemap")
    given.work()
    page = ArticleIndexed(
        page_id=urls.page_id(f"{host.home}/a"), outlet="o0", url=f"{host.home}/a", document_id="d"
    )
    given.services.ledger.finish(page, "indexed", given.services.now())
    before = given.services.redis.zscore("t:frontier:later", bytes.fromhex(page.page_id))
    given.look(f"{host.home}/map", "sitemap")
    unchanged = given.services.redis.zscore("t:frontier:later", bytes.fromhex(page.page_id))
    assert before == unchanged
    host.answers["/map"] = dated(host, now - timedelta(days=1))
    fetched = to_milliseconds(now - timedelta(days=2))
    given.services.redis.hset(f"t:page:{page.page_id}", "version", fetched)
    given.look(f"{host.home}/map", "sitemap")
    moved = given.services.redis.zscore("t:frontier:later", bytes.fromhex(page.page_id))
    assert moved < before


def test_a_relative_line_of_robots_txt_leads_to_its_sitemap(host, station):
    host.answers["/robots.txt"] = answer("Sitemap: maps/news.xml\nSitemap: /gone.xml\n")
    host.answers["/"] = answer("<p>hello", "Content-Type: text/html")
    host.answers["/maps/news.xml"] = sitemap(host, "a")
    given = station().knows(host)
    given.look(f"{host.home}/")
    assert given.services.frontier.depth()["pages"] == 1
    failed = report_of(given, f"{host.home}/").failed
    assert [part.url for part in failed] == [f"{host.home}/gone.xml"]
