"""Hostile and broken hosts: every page ends under its own reason, and the worker goes on."""

import resource
import zlib
from datetime import UTC, datetime, timedelta

import brotli
import pytest
import trustme

from tests.integration.adapters.http import hostile
from tests.integration.adapters.http.hostile import CRLF, head, moved, page

MEMORY_CAP_MEGABYTES = 150

# name → (what the host says to /x, how the page ends)
ANSWERS = {
    "a redirect to itself": (moved("/x"), "too_many_redirects"),
    "a redirect to a file": (moved("file:///etc/passwd"), "unsafe_address"),
    "a redirect to gopher": (moved("gopher://127.0.0.1:70/_x"), "unsafe_address"),
    "a redirect to a script": (moved("javascript:alert(1)"), "unsafe_address"),
    "a redirect to data": (moved("data:text/html,<p>x"), "unsafe_address"),
    "a redirect to the cloud's metadata": (
        moved("http://169.254.169.254/latest/meta-data/"),
        "unsafe_address",
    ),
    "a redirect to a private network": (moved("http://10.0.0.1/"), "unsafe_address"),
    "a redirect to another loopback address": (moved("http://127.0.0.2/"), "unsafe_address"),
    "a redirect to a hexadecimal address": (moved("http://0x0a000001/"), "unsafe_address"),
    "a redirect to a number as address": (moved("http://167772161/"), "unsafe_address"),
    "a redirect to the loopback of IPv6": (moved("http://[::1]/"), "unsafe_address"),
    "a redirect to IPv4 in IPv6": (moved("http://[::ffff:10.0.0.1]/"), "unsafe_address"),
    "a redirect to IPv4 by NAT64": (moved("http://[64:ff9b::a00:1]/"), "unsafe_address"),
    "a redirect to IPv4 by 6to4": (moved("http://[2002:a00:1::]/"), "unsafe_address"),
    "a redirect to an odd port": (moved("http://192.0.32.7:22/"), "unsafe_address"),
    "a redirect with a password": (moved("http://a:b@127.0.0.1/"), "unsafe_address"),
    "a redirect to no address": (moved("http://[bad"), "unsafe_address"),
    "a redirect to a port that is none": (moved("http://127.0.0.1:99999/"), "unsafe_address"),
    "a redirect to nowhere": (page(b"", "302 Found"), "bad_response"),
    "a redirect to the first page": (moved("/"), "error_page"),
    "a redirect to an error page": (moved("/404"), "error_page"),
    "redirects without end": (hostile.further, "too_many_redirects"),
    "a name that cannot be looked up": (moved(f"http://{'a' * 70}.example/"), "unreachable"),
    "a host that is not there": (moved("http://127.0.0.1:1/"), "unreachable"),
    "silence": (hostile.silent, "too_slow"),
    "a slow drip": (hostile.drip, "too_slow"),
    "a slow drip of headers": (hostile.drip_of_headers, "too_slow"),
    "an endless 100 Continue": (hostile.always_continue, "too_slow"),
    "a connection that is cut": (hostile.hang_up, "bad_response"),
    "a zip bomb": (page(hostile.bomb(), Content_Encoding="gzip"), "too_large"),
    "a zip bomb in a zip": (
        page(hostile.bomb(layers=2), Content_Encoding="gzip, gzip"),
        "too_large",
    ),
    "a deflate bomb": (
        page(hostile.bomb(pack=zlib.compressobj(9)), Content_Encoding="deflate"),
        "too_large",
    ),
    "packed five times": (
        page(b"x", Content_Encoding="gzip, gzip, gzip, gzip, gzip"),
        "bad_response",
    ),
    "an endless body": (hostile.endless, "too_large"),
    "a great length announced": (head(b"Content-Length: 99999999999"), "too_large"),
    "a length that is too long": (head(b"Content-Length: 500") + b"<p>short", "bad_response"),
    "a negative length": (head(b"Content-Length: -5") + b"<p>", "bad_response"),
    "two lengths": (head(b"Content-Length: 3", b"Content-Length: 4") + b"<p>x", "bad_response"),
    "a huge header": (head(b"X: " + b"y" * 1_000_000) + b"<p>", "bad_response"),
    "very many headers": (head(*[b"X-%d: y" % n for n in range(50_000)]), "bad_response"),
    "a header with NUL": (head(b"X: a\0b") + b"<p>", "bad_response"),
    "a chunk of no size": (head(b"Transfer-Encoding: chunked") + b"zz\r\n<p>", "bad_response"),
    "another protocol": (b"SSH-2.0-OpenSSH_9.6\r\n", "bad_response"),
    "a false gzip": (page(b"<p>not packed", Content_Encoding="gzip"), "parse"),
    "a packing that is none": (page(Content_Encoding="utf-8"), "parse"),
    "a doubled type": (page(kind="text/html, text/html; charset=utf-8"), "parse"),
    "a type that is none": (page(kind="text/html:charset=utf-8"), "parse"),
    "no type and no markup": (page(b"Just words.", kind="*/*"), "not_html"),
    "a brotli bomb": (page(brotli.compress(bytes(99_000_000)), Content_Encoding="br"), "too_large"),
    "half a gzip": (page(hostile.bomb(1)[:500], Content_Encoding="gzip"), "bad_response"),
    "an unknown packing": (page(b"<p>News", Content_Encoding="lzma"), "parse"),
    "an empty page": (page(b""), "bad_response"),
    "a page of no content": (page(b"", "204 No Content"), "bad_response"),
    "a status that is none": (page(b"<p>", "999 Denied"), "bad_response"),
    "a PDF": (page(b"%PDF-1.7", kind="application/pdf"), "not_html"),
    "a PDF that says it is HTML": (page(b"%PDF-1.7 and so on"), "not_html"),
    "a picture that says nothing": (page(b"\x89PNG\r\n\x1a\n", kind=""), "not_html"),
    "JSON": (page(b"{}", kind="application/json"), "not_html"),
    "a missing page": (page(b"", "404 Not Found"), "not_found"),
    "a page that is gone": (page(b"", "410 Gone"), "gone"),
    "a page for subscribers": (page(b"<p>Log in", "401 Unauthorized"), "forbidden"),
    "a page forbidden by law": (page(b"<p>No", "451 Unavailable"), "forbidden"),
    "a broken server": (page(b"<p>Oops", "500 Oops"), "bad_response"),
    "a server that is down": (page(b"<p>Later", "503 Later"), "unreachable"),
    "too many requests": (page(b"<p>Later", "429 Later", Retry_After="30"), "unreachable"),
    "a challenge": (page(b"<p>Wait", "403 No", cf_mitigated="challenge"), "bot_challenge"),
    "a challenge that says 200": (
        page(b"<script src='https://ct.captcha-delivery.com/c.js'></script>"),
        "bot_challenge",
    ),
    "a header without a colon": (page().replace(b"\r\n", b"\r\nno colon\r\n", 1), "parse"),
    "a status line twice": (page().replace(b"\r\n", b"\r\nHTTP/1.1 200 OK\r\n", 1), "parse"),
    "a name of two words": (page().replace(b"\r\n", b"\r\nTwo Words: x\r\n", 1), "parse"),
    "a lone carriage return": (page(X_Odd="a\rb"), "parse"),
    "a charset that is none": (page(kind="text/html; charset=klingon-8"), "parse"),
    "bytes of no charset": (page(b"<p>" + bytes(range(128, 256)) * 9), "parse"),
    "a page without length": (head(b"Connection: close") + b"<p>a page", "parse"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_hostile_page_ends_under_its_own_reason(name, host, station):
    answer, end = ANSWERS[name]
    host.answers |= {"/x": answer, "/": page(), "/404": page()}
    host.other = hostile.further
    # only what is too slow has to wait for the end
    seconds = 1.0 if end == "too_slow" else 10.0
    desk = station(max_page_bytes=2_000_000, request_timeout_seconds=seconds).knows(host)
    state, detail = desk.fetch(f"{host.home}/x")
    assert state == end, detail
    assert detail or end == "parse"


@pytest.mark.parametrize(
    ("robots", "end"),
    [
        (page(b"User-agent: *\nDisallow: /", kind="text/plain"), "robots"),
        (page(b"User-agent: presswire\nDisallow: /x", kind="text/plain"), "robots"),
        (page(b"User-agent: *\nCrawl-delay: 86401", kind="text/plain"), "robots"),
        (page(b"User-agent: other\nDisallow: /", kind="text/plain"), "parse"),
        (page(b"\xff\xfe\0" * 999, kind="text/plain"), "parse"),
        (page(b"Allow: /\n" * 500_000, kind="text/plain"), "parse"),
        (page(b"<html><p>Not found", kind="text/html"), "parse"),
        (page(b"", "403 Forbidden"), "parse"),
        (page(b"", "500 Oops"), "unreachable"),
        (page(b"", "429 Later"), "unreachable"),
        (moved("/robots.txt"), "parse"),
        (hostile.silent, "too_slow"),
    ],
)
def test_robots_txt_rules_whatever_it_is(robots, end, host, station):
    host.answers |= {"/robots.txt": robots, "/x": page()}
    assert station().knows(host).fetch(f"{host.home}/x")[0] == end


def test_robots_txt_is_asked_at_every_hop(host_at, station):
    first, second = host_at(), host_at()
    first.answers["/x"] = moved(f"{second.home}/private/x")
    rules = b"User-agent: *\nDisallow: /private"
    second.answers |= {"/robots.txt": page(rules, kind="text/plain"), "/private/x": page()}
    assert station().knows(first, second).fetch(f"{first.home}/x")[0] == "robots"
    assert [path for path, _ in second.asked] == ["/robots.txt"]


@pytest.mark.parametrize("fault", ["foreign", "name", "expired", "none"])
def test_a_certificate_that_proves_nothing_ends_the_page(fault, host_at, station, authority):
    past = datetime.now(UTC) - timedelta(days=1)
    certificates = {
        "foreign": trustme.CA().issue_cert("localhost"),
        "name": authority.issue_cert("other.example"),
        "expired": authority.issue_cert("localhost", not_after=past),
        "none": authority.issue_cert("localhost"),
    }
    host = host_at(certificates[fault])
    host.answers["/x"] = page()
    given = station(allow_networks="127.0.0.1/32,::1/128").knows(host)
    assert given.fetch(f"{host.home}/x")[0] == ("parse" if fault == "none" else "bad_tls")


def test_tls_to_a_plain_host_ends_the_page(host, station):
    url = f"https://127.0.0.1:{host.port}/x"
    assert station().knows(host).fetch(url)[0] == "bad_tls"


RSS = b"<rss version='2.0'><channel><title>x</title>%s</channel></rss>"
LAUGHS = b"""<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><rss><channel><title>&c;</title></channel></rss>"""
FEEDS = {
    "HTML without a feed": (page(), "bad_feed"),
    "an XML bomb": (page(LAUGHS, kind="application/rss+xml"), "bad_feed"),
    "a foreign entity": (
        page(b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss>&a;</rss>', kind=""),
        "bad_feed",
    ),
    "a zip bomb": (page(hostile.bomb(), Content_Encoding="gzip"), "too_large"),
    "nothing": (page(b""), "bad_feed"),
    "noise": (page(b"\x00\xff" * 900), "bad_feed"),
    "a missing feed": (page(b"", "404 None"), "not_found"),
    "a feed in a circle": (moved("/x"), "too_many_redirects"),
    "a feed elsewhere inside": (moved("http://192.168.1.1/feed"), "unsafe_address"),
}


@pytest.mark.parametrize("name", FEEDS)
def test_a_hostile_feed_ends_under_its_own_reason(name, host, station):
    answer, end = FEEDS[name]
    host.answers["/x"] = answer
    assert station(max_feed_bytes=2_000_000).knows(host).look(f"{host.home}/x")[0] == end


@pytest.mark.parametrize("body", [LAUGHS, b"<p>no", hostile.bomb(60), b"<urlset><url><loc>"])
def test_a_hostile_sitemap_ends_as_a_bad_feed(body, host, station):
    host.answers["/x"] = page(body, kind="application/xml")
    assert station().knows(host).look(f"{host.home}/x", "sitemap")[0] == "bad_feed"


def test_sitemaps_that_name_ever_more_sitemaps_come_to_an_end(host, station):
    async def more(_reader, writer, path):
        names = b"".join(
            b"<sitemap><loc>%s/%s/%d</loc></sitemap>" % (host.home.encode(), path[1:].encode(), n)
            for n in range(50)
        )
        writer.write(page(b"<sitemapindex>%s</sitemapindex>" % names, kind="application/xml"))

    host.other = more
    assert station().knows(host).look(f"{host.home}/x", "sitemap") == ("", "")
    assert len(host.asked) <= 21


def test_nothing_hostile_takes_the_worker_over_its_memory_cap(host, station):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    worker = station(max_page_bytes=10_000_000, request_timeout_seconds=20.0).knows(host)
    packed = hostile.bomb(1000)
    host.answers |= {
        "/bomb": page(packed, Content_Encoding="gzip"),
        "/endless": hostile.endless,
        "/headers": head(b"X: " + b"y" * 50_000_000) + CRLF,
    }
    # the last one pauses its host
    for path in ("/bomb", "/endless", "/headers"):
        assert worker.fetch(host.home + path)[0] in {"too_large", "bad_response"}
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert used < 1024 * MEMORY_CAP_MEGABYTES


CHALLENGE = b"<title>Just a moment...</title><script>window._cf_chl_opt={}</script>"
PASSING = b"<title>Down for maintenance</title><p>Please come back later."


@pytest.mark.parametrize("status", ["503 Service Unavailable", "429 Too Many Requests"])
@pytest.mark.parametrize(
    "answer",
    [
        {"body": CHALLENGE, "cf_mitigated": "challenge", "Server": "cloudflare"},
        {"body": CHALLENGE},
        {"body": b"<p>Wait", "cf_mitigated": "challenge"},
    ],
    ids=["header and body", "body", "header"],
)
def test_a_challenge_that_says_come_back_later_is_a_challenge(status, answer, host, station):
    host.answers["/x"] = page(status=status, Retry_After="600", **answer)
    given = station(max_attempts=3).knows(host)
    state, detail = given.fetch(f"{host.home}/x")
    assert (state, detail) == ("bot_challenge", "a challenge of Cloudflare")
    # the host asked for a pause all the same
    wait = given.services.host_throttle.acquire(f"127.0.0.1:{host.port}").wait
    assert wait == pytest.approx(600, abs=5)


@pytest.mark.parametrize("status", ["503 Service Unavailable", "429 Too Many Requests"])
def test_come_back_later_without_a_challenge_is_tried_again(status, host, station):
    host.answers["/x"] = page(PASSING, status, Retry_After="600")
    given = station(max_attempts=3).knows(host)
    assert given.fetch(f"{host.home}/x") == ("", "")
    assert given.services.frontier.depth()["later"] == 1
    wait = given.services.host_throttle.acquire(f"127.0.0.1:{host.port}").wait
    assert wait == pytest.approx(600, abs=5)


def test_a_challenge_behind_a_redirect_is_a_challenge(host, station):
    host.answers |= {"/x": moved("/y"), "/y": page(CHALLENGE, "503 Service Unavailable")}
    assert station().knows(host).fetch(f"{host.home}/x")[0] == "bot_challenge"
