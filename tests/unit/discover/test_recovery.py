"""Sitemaps and feeds that are written or packed carelessly: an error costs one entry at most."""

import gzip
import time
import zlib
from contextlib import suppress

import pytest

from tests.unit.discover.samples import FEED, HOME, INDEX, ITEM, RSS, SITEMAP
from workers.discover import feeds, sitemaps
from workers.discover.formats import gzip_body
from workers.discover.links import BadFeedError

ROW = "<url><loc>{}story-{}</loc>{}</url>"
NEWS = (
    "<news:news><news:publication_date>2026-03-01T11:00:00Z</news:publication_date>"
    "<news:title>{}</news:title></news:news>"
)
BROKEN = {
    "a bare ampersand": b"<loc>https://www.gazette.example/story-4?a=1&b=2</loc>",
    "a control character": b"<loc>https://www.gazette.example/story-4</loc><x>\x0b\x00</x>",
    "a latin-1 byte": b"<loc>https://www.gazette.example/story-4</loc><x>caf\xe9</x>",
    "an undeclared prefix": b"<loc>https://www.gazette.example/story-4</loc><img:x>1</img:x>",
    "an undeclared attribute": b"<loc x:y='1'>https://www.gazette.example/story-4</loc>",
    "an HTML entity": b"<loc>https://www.gazette.example/story-4</loc><x>&nbsp;&eacute;</x>",
    "a tag that is never closed": b"<loc>https://www.gazette.example/story-4</loc><b>",
    "a wrong end tag": b"<loc>https://www.gazette.example/story-4</loc></b>",
    "markup in a text": b"<loc>https://www.gazette.example/story-4</loc><x>1 < 2</x>",
    "an attribute without quotes": b"<loc a=1>https://www.gazette.example/story-4</loc>",
    "a reference to no character": b"<loc>https://www.gazette.example/story-4</loc><x>&#0;&#xb;</x>",
}


def rows(numbers=range(10)):
    return "".join(ROW.format(HOME, n, "<lastmod>2026-02-28</lastmod>") for n in numbers)


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("packed", [False, True])
def test_an_error_costs_one_entry_at_most(name, packed):
    before, after = SITEMAP.format(f"{rows(range(4))}@{rows(range(5, 10))}").encode().split(b"@")
    body = before + b"<url>" + BROKEN[name] + b"</url>" + after
    read = sitemaps.read_sitemap(gzip.compress(body) if packed else body)
    names = [link.url.removeprefix(f"{HOME}story-") for link in read.pages]
    assert [name[0] for name in names] == [str(n) for n in range(10)]
    assert all(link.published for link in read.pages if "4" not in link.url)


@pytest.mark.parametrize("name", BROKEN)
def test_an_error_costs_no_child_of_an_index(name):
    children = "".join(f"<sitemap><loc>{HOME}{n}.xml</loc></sitemap>" for n in range(3)) + "@"
    before, after = INDEX.format(children).encode().split(b"@")
    body = before + b"<sitemap>" + BROKEN[name] + b"</sitemap>" + after
    assert len(sitemaps.read_sitemap(body).sitemaps) == 4


def test_a_news_sitemap_that_declares_no_prefix_keeps_titles_and_dates():
    body = f"<urlset>{ROW.format(HOME, 1, NEWS.format('Rain &amp; <![CDATA[x]]>'))}</urlset>"
    raw = body.replace("Rain &amp; <![CDATA[x]]>", "<![CDATA[Rain & wind]]>")
    (link,) = sitemaps.read_sitemap(raw.encode()).pages
    assert link.title == "Rain & wind"
    assert link.published is not None
    image = "<image:image><image:loc>https://cdn.example/a.jpg</image:loc></image:image>"
    (link,) = sitemaps.read_sitemap(f"<urlset><url>{image}<loc>{HOME}a</loc></url>".encode()).pages
    assert (link.url, link.title) == (f"{HOME}a", None)


def test_a_sitemap_that_was_cut_off_gives_what_it_has():
    body = SITEMAP.format(rows()).encode()
    assert len(sitemaps.read_sitemap(body[: body.index(b"story-7")]).pages) == 7


def test_a_sitemap_in_capitals_with_a_prefix_is_read():
    body = f"<URLSET><URL><LOC>{HOME}a</LOC></URL></URLSET>"
    assert [link.url for link in sitemaps.read_sitemap(body.encode()).pages] == [f"{HOME}a"]
    body = f"<s:urlset xmlns:s='x'><s:url><s:loc>{HOME}a</s:loc></s:url></s:urlset>"
    assert [link.url for link in sitemaps.read_sitemap(body.encode()).pages] == [f"{HOME}a"]


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "windows-1251"])
def test_a_broken_sitemap_is_read_in_the_encoding_that_it_declares(encoding):
    body = f'<?xml version="1.0" encoding="{encoding}"?>{SITEMAP.format(rows())}'
    body = body.replace("story-4", "story-4&x=1")
    assert len(sitemaps.read_sitemap(body.encode(encoding)).pages) == 10


ENTRY = '<entry><title>T</title><link href="{}"/></entry>'
ATOM = f'<feed xmlns="http://www.w3.org/2005/Atom">{ENTRY}</feed>'


@pytest.mark.parametrize("body", [RSS.format(ITEM.format("/a", "T")), ATOM.format("/a")])
def test_a_feed_where_a_sitemap_was_named_is_read(body):
    read = sitemaps.read_sitemap(body.encode(), HOME + "sitemap.xml")
    assert [link.url for link in read.pages] == [f"{HOME}a"]


def test_a_sitemap_where_a_feed_was_named_is_read():
    read = feeds.read_feed(SITEMAP.format(rows()).encode(), {}, FEED)
    assert len(read.links) == 10


def test_a_story_about_sitemaps_is_no_sitemap():
    item = ITEM.format(HOME + "a", "<![CDATA[<urlset><url><loc>x</loc></url>]]>")
    assert [link.url for link in feeds.read_feed(RSS.format(item).encode(), {}, FEED).links] == [
        f"{HOME}a"
    ]


@pytest.mark.parametrize(
    "body",
    [f"# list\n{HOME}a\n{HOME}b", f"{HOME}a\r\n{HOME}b\r\n", f"{HOME}a\t2026-01-01\n{HOME}b 0.5\n"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig"])
def test_a_text_sitemap_gives_its_addresses(body, encoding):
    read = sitemaps.read_sitemap(body.encode(encoding))
    assert [link.url for link in read.pages] == [f"{HOME}a", f"{HOME}b"]


def packings():
    whole = SITEMAP.format(rows()).encode()
    half = len(whole) // 2
    yield "once", gzip.compress(whole)
    yield "twice", gzip.compress(gzip.compress(whole))
    yield "in members", gzip.compress(whole[:half]) + gzip.compress(whole[half:])
    yield (
        "in members, then packed",
        gzip.compress(gzip.compress(whole[:half]) + gzip.compress(whole[half:])),
    )
    yield "with zeros behind", gzip.compress(whole) + b"\0" * 512


@pytest.mark.parametrize(("name", "body"), list(packings()))
def test_whatever_was_packed_is_unpacked(name, body):
    assert len(sitemaps.read_sitemap(body).pages) == 10, name


def test_a_feed_that_is_packed_in_itself_is_read():
    body = gzip.compress(RSS.format(ITEM.format(HOME + "a", "T")).encode())
    assert [link.url for link in feeds.read_feed(body, {}, FEED).links] == [f"{HOME}a"]
    body = gzip.compress(b'{"version":"https://jsonfeed.org/version/1","items":[{"url":"/a"}]}')
    assert [link.url for link in feeds.read_feed(gzip.compress(body), {}, FEED).links] == ["/a"]


def test_a_packed_file_that_was_cut_off_gives_what_it_has():
    body = gzip.compress(SITEMAP.format(rows(range(3_000))).encode())
    assert len(sitemaps.read_sitemap(body[: len(body) // 2]).pages) > 100


def test_damage_costs_only_what_follows_it():
    packer = zlib.compressobj(wbits=31)
    whole = SITEMAP.format(rows(range(3_000))).encode()
    first = packer.compress(whole) + packer.flush(zlib.Z_FULL_FLUSH)
    assert len(sitemaps.read_sitemap(first + b"\xff" * 2_000).pages) > 100


def test_a_bomb_in_members_or_layers_is_refused():
    member = gzip.compress(b"<" * 6_000)
    for body in (member * 2, gzip.compress(gzip.compress(b"<" * 20_000))):
        with pytest.raises(BadFeedError, match="more than 10,000"):
            gzip_body.unpack(body, 10_000)


@pytest.mark.parametrize("version", ["http://jsonfeed.org/version/1", "jsonfeed.org/version/1.1"])
@pytest.mark.parametrize(
    ("item", "url"),
    [
        ('{"url": "%sa",}', f"{HOME}a"),
        ('{"external_url": "%sa"}', f"{HOME}a"),
        ('{"id": "%sa"}', f"{HOME}a"),
        ('{"id": 7, "external_url": "%sa", "title": "a, ]"},', f"{HOME}a"),
        ('{"url": "%sa", "title": "caf\xe9\n"}', f"{HOME}a"),
    ],
)
def test_a_json_feed_is_read_as_leniently_as_rss(version, item, url):
    body = f'{{"version": "{version}", "items": [{item % HOME}],}}'.encode("latin-1")
    assert [link.url for link in feeds.read_feed(body, {}, FEED).links] == [url]


@pytest.mark.parametrize(
    "body",
    [
        b"<urlset>" + b"<!--" * 100_000,
        b"<urlset><url>" + b"<loc><![CDATA[" * 40_000,
        b"<urlset>" + b"<url><news:news>" * 20_000,
        b"<urlset>&" + b"<" * 300_000,
        b'{"version":' + b'"' + b'\\"' * 300_000,
        gzip.compress(b"") * 40_000,
    ],
)
def test_what_is_made_to_take_long_does_not(body):
    started = time.process_time()
    for read in (sitemaps.read_sitemap, lambda raw: feeds.read_feed(raw, {}, FEED)):
        with suppress(BadFeedError):
            read(body)
    assert time.process_time() - started < 10
