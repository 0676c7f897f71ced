"""What strangers may send, by where it comes in, and what is done with it there. Each function
returns how it ended: in one of the ways that its caller expects. Any other exception is a fault."""

import gzip
import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from schemas.events import decode
from workers import urls
from workers.adapters.archive.warc_reader import NoWarcFileError, read_warc
from workers.adapters.http.robots import text_of
from workers.adapters.http.ssrf_guard import SSRFGuard, UnsafeAddressError
from workers.adapters.http.syntax.robots_rules import RobotsRules
from workers.alerts import webhook
from workers.discover import feeds, sections, sitemaps
from workers.discover.links import BadFeedError
from workers.exceptions import PermanentFailure
from workers.parse import extract
from workers.terminal_text import safe_json, safe_lines, terminal_safe

AT = datetime(2026, 3, 1, tzinfo=UTC)
HOME = "https://www.gazette.example/"


def read_feed(body):
    try:
        return f"{len(feeds.read_feed(body, {}, HOME).links)} links"
    except BadFeedError:
        return "refused"


def read_sitemap(body):
    try:
        return f"{len(sitemaps.read_sitemap(body, HOME).pages)} links"
    except BadFeedError:
        return "refused"


def read_robots(body):
    rules = RobotsRules(text_of(body, is_cut=False))
    answers = [rules.can_fetch(HOME + path, "presswire") for path in ("", "a" * 2_000, "a/b?c=d")]
    return f"{answers} {rules.crawl_delay('presswire') >= 0}"


def read_page(body):
    ends = []
    for read in (
        lambda: extract.read(body, HOME + "a", (), "text/html", AT),
        lambda: sections.read_section(body.decode("utf-8", "replace"), HOME),
        lambda: sections.find_feeds(body.decode("utf-8", "replace"), HOME),
    ):
        try:
            read()
        except (PermanentFailure, BadFeedError):
            ends.append("refused")
        else:
            ends.append("read")
    return " ".join(ends)


def read_archive(body):
    reports = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.warc.gz"
        path.write_bytes(body)
        try:
            pages = list(read_warc(path, reports.append))
        except NoWarcFileError:
            return "refused"
    return f"{len(pages)} pages, {len(reports)} bad records"


def read_message(body):
    try:
        return type(decode(body)).__name__
    except (msgspec.ValidationError, msgspec.DecodeError, TypeError):
        return "refused"


def read_address(text):
    if urls.url_error(text):
        return "refused"
    urls.domain_of(text)
    urls.page_id(urls.canonicalize(urls.fetch_url(text)))
    return "read"


def print_text(text):
    assert terminal_safe(text).isprintable()
    assert all(line.isprintable() for line in safe_lines(text).split("\n"))
    assert json.loads(safe_json(json.dumps(text, ensure_ascii=False))) == text
    return "printed"


def read_webhook(text):
    try:
        url = webhook.checked(text)
        host = urls.host_of(url).partition("]")[0].lstrip("[")
        if host.replace(".", "").isdigit() or ":" in host:
            SSRFGuard().check(host, 443)
    except (webhook.TargetError, UnsafeAddressError):
        return "refused"
    return "taken"


def rss(item):
    return f"<rss version='2.0'><channel>{item}</channel></rss>".encode()


def many(form, number):
    return "".join(form.replace("#", str(n)) for n in range(number))


def record(head, body="<p>a"):
    return f"WARC/1.0\r\nWARC-Type: response\r\n{head}\r\n\r\n{body}\r\n\r\n".encode()


ATTRIBUTE = ' a#="1"'
JSON_FEED = b'{"version":"https://jsonfeed.org/version/1","items":'
EVENT = {"type": "FeedDue", "v": 1, "page_id": "0" * 16, "outlet": "g", "url": HOME}

READERS = {
    "feed": read_feed,
    "sitemap": read_sitemap,
    "robots": read_robots,
    "page": read_page,
    "warc": read_archive,
    "message": read_message,
    "address": read_address,
    "terminal": print_text,
    "webhook": read_webhook,
}

# Made when they are needed: some are large.
INPUTS = {
    "feed": {
        "attributes, 2.3 MB": lambda: rss(f"<item {many(ATTRIBUTE, 200_000)}/>"),
        "attributes of a broken feed": lambda: rss(f"<item {many(ATTRIBUTE, 90_000)}")[:-20],
        "prefixes": lambda: rss(many("<a xmlns:n#='u#'><b/></a>", 20_000)),
        "prefixes of the root": lambda: b"<rss" + many(" xmlns:n#='u#'", 20_000).encode() + b">",
        "entities": lambda: b'<!DOCTYPE r [<!ENTITY a "b">]>' + rss("&a;" * 9),
        "entities of entities": lambda: (
            b'<!DOCTYPE r [<!ENTITY a "' + b"x" * 99 + b'"><!ENTITY b "&a;&a;">]>' + rss("&b;")
        ),
        "an outer file": lambda: (
            b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + rss("&a;")
        ),
        "depth": lambda: rss("<a>" * 200_000),
        "items": lambda: rss("<item/>" * 600_000),
        "an author of dots": lambda: rss(f"<item><author>{'a.' * 400_000}</author></item>"),
        "a creator under another name": lambda: rss(
            f"<item xmlns:q='http://purl.org/dc/elements/1.1/'><q:creator>{'a.' * 99_999}"
            "</q:creator></item>"
        ),
        "a comment of 5 MB": lambda: rss(f"<!--{'<' * 5_000_000}-->"),
        "beginnings of tags": lambda: rss("<item><title>" + "<a " * 50_000),
        "beginnings of CDATA": lambda: rss("<item><title>" + "<![CDATA[" * 100_000),
        "a title of 2 MB": lambda: rss(f"<item><title>{'x' * 2_000_000}</title></item>"),
        "brackets of JSON": lambda: JSON_FEED + b"[" * 10**6,
        "a gzip bomb": lambda: gzip.compress(b"\0" * 60_000_000),
        "gzip in gzip in gzip": lambda: gzip.compress(gzip.compress(gzip.compress(b"\0" * 10**7))),
        "zeros": lambda: b"\0" * 1_000_000,
    },
    "sitemap": {
        "attributes": lambda: b"<urlset><url" + many(" a#='1'", 100_000).encode() + b"/></urlset>",
        "elements": lambda: b"<urlset>" + b"<a/>" * 4_500_000,
        "entries without an end": lambda: b"<urlset>" + b"<url><loc>" * 60_000,
        "news without an end": lambda: b"<urlset>" + b"<url><news:news>" * 50_000,
        "a comment of 3 MB": lambda: b"<urlset><!--" + b"-" * 3_000_000 + b"--></urlset>",
        "comments without an end": lambda: b"<urlset>" + b"<!--" * 200_000,
        "an address of 3 MB": lambda: (
            b"<urlset><url><loc>" + b"a" * 3_000_000 + b"</loc></url></urlset>"
        ),
        "entities": lambda: (
            b'<!DOCTYPE u [<!ENTITY a "b">]><urlset><url><loc>&a;</loc></url></urlset>'
        ),
        "lines of addresses": lambda: b"https://a.example/\n" * 300_000,
    },
    "robots": {
        "one line of 500 KB": lambda: b"Disallow: /" + b"*" * 500_000,
        "asterisks": lambda: b"User-agent: *\nDisallow: /" + b"*a" * 8_000 + b"$",
        "asterisks in each of many rules": lambda: (
            b"User-agent: *\n" + b"Disallow: /*a*b*c*d$\n" * 20_000
        ),
        "many groups": lambda: many("User-agent: a#\nDisallow: /\n", 20_000).encode(),
        "a delay without end": lambda: b"User-agent: *\nCrawl-delay: " + b"9" * 5_000,
        "a delay that is no number": lambda: b"User-agent: *\nCrawl-delay: nan\nCrawl-delay: -inf",
        "percent signs": lambda: b"User-agent: *\nDisallow: /" + b"%" * 16_000,
        "zeros and bytes": lambda: bytes(range(256)) * 2_000,
    },
    "page": {
        "attributes": lambda: b"<p" + many(" a#=1", 100_000).encode() + b">",
        "attributes of a second body": lambda: (
            b"<body><body" + many("/a#", 100_000).encode() + b">"
        ),
        "options": lambda: b"<select>" + b"<option>x" * 60_000,
        "depth": lambda: b"<div>" * 100_000,
        "depth in a drawing": lambda: b"<svg>" + b"<g>" * 30_000,
        "formatting": lambda: b"<b><i><u><s>" * 30_000,
        "tables": lambda: b"<table>" * 2_900 + b"x" * 99_999,
        "scripts without an end": lambda: b"<script>" * 50_000,
        "JSON-LD of brackets": lambda: (
            b"<script type='application/ld+json'>" + b"[" * 500_000 + b"</script><p>a"
        ),
        "zeros": lambda: b"<p>" + b"\0" * 1_000_000,
        "no markup": lambda: b"\xff" * 100_000,
    },
    "warc": {
        "nested gzip": lambda: gzip.compress(gzip.compress(gzip.compress(b"\0" * 50_000_000))),
        "no address": lambda: record("WARC-Date: 2024-01-01T00:00:00Z\r\nContent-Length: 4"),
        "an endless length": lambda: record("Content-Length: 999999999999999"),
        "a length that is none": lambda: record("Content-Length: -1"),
        "fields without an end": lambda: record("X: y\r\n" * 400_000),
        "one line without an end": lambda: b"WARC/1.0 " + b"x" * 5_000_000,
        "noise": lambda: bytes(range(256)) * 5_000,
        "magic numbers": lambda: b"\x1f\x8b\x08" * 30_000,
        "cut short": lambda: gzip.compress(record("Content-Length: 4"))[:-9],
    },
    "message": {
        "no JSON": lambda: b"\xff\x00",
        "pickle": lambda: b"\x80\x04\x95cos\nsystem\n",
        "an unknown type": lambda: json.dumps(EVENT | {"type": "Shutdown"}).encode(),
        "another version": lambda: json.dumps(EVENT | {"v": 10**9}).encode(),
        "a version that is none": lambda: json.dumps(EVENT | {"v": "one"}).encode(),
        "fields of other types": lambda: json.dumps(EVENT | {"url": [HOME]}).encode(),
        "depth": lambda: b'{"type":' + b"[" * 100_000,
        "a number without an end": lambda: b'{"v":' + b"9" * 100_000 + b"}",
        "half a character": lambda: b'{"type":"FeedDue","url":"\\ud800"}',
    },
    "address": {
        "brackets": lambda: "http://[",
        "a port that is none": lambda: "http://a:b@c:d/",
        "a port beyond all": lambda: "http://a.example:99999999999/",
        "a scheme of scripts": lambda: "javascript:alert(1)",
        "lines": lambda: "http://a.example/\r\nHost: b",
        "dots": lambda: "http://" + "." * 10_000,
        "labels": lambda: "http://" + "a." * 50_000 + "example/",
        "a path of 1 MB": lambda: "http://a.example/" + "%2e/" * 250_000,
        "parameters": lambda: "http://a.example/?" + "a=b&" * 100_000,
        "another script": lambda: "http://ex\u0430mple.\u202ecom/",
        "half a character": lambda: "http://a.example/\ud800",
    },
    "terminal": {
        "clears the screen": lambda: "\x1b[2J\x1b[H",
        "sets the title": lambda: "\x1b]0;x\x07",
        "writes to the clipboard": lambda: "\x1b]52;c;eA==\x07",
        "one byte for two": lambda: "\x9b31m\x9d0;x\x9c",
        "turns letters around": lambda: "\u202egnp.exe",
        "forges a line": lambda: "a\r\nError: b\x85c\u2028d",
        "markup": lambda: "[/x][bold][link=http://a]",
        "deletes": lambda: "a\x08\x7f\x00b",
        "many": lambda: "\x1b[31m\u2066" * 100_000,
    },
    "webhook": {
        "this machine": lambda: "http://127.0.0.1/",
        "this machine in IPv6": lambda: "http://[::1]/",
        "mapped": lambda: "http://[::ffff:10.0.0.1]/",
        "by way of NAT64": lambda: "http://[64:ff9b::a00:1]/",
        "the cloud's own": lambda: "http://169.254.169.254/latest/meta-data/",
        "any address": lambda: "http://0.0.0.0/",
        "a password": lambda: "https://user:hush@hook.example/",
        "a line": lambda: "https://hook.example/\r\nX: y",
        "another scheme": lambda: "file:///etc/passwd",
        "no host": lambda: "https:///x",
    },
}
CASES = [(kind, name) for kind, inputs in INPUTS.items() for name in inputs]


def consume(kind, name):
    """Do with an input what is done with it where it comes in.

    Returns:
        how it ended.
    """
    return READERS[kind](INPUTS[kind][name]())
