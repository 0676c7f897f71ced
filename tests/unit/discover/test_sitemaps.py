"""Sitemaps: as XML, as text, compressed, broken."""

import gzip
from datetime import UTC, datetime

import pytest

from tests.unit.discover.samples import HOME, INDEX, NEWS, OLD_WITH_IMAGE, SITEMAP
from workers.discover import sitemaps
from workers.discover.links import BadFeedError, Link


@pytest.mark.parametrize(
    "before",
    ["\n\n <?xml version='1.0'?>", "\ufeff\r\n<?xml version='1.0'?>", "<!DOCTYPE urlset>"],
)
def test_what_stands_before_a_sitemap_costs_it_nothing(before):
    body = (before + SITEMAP.format(NEWS)).encode()
    assert [link.title for link in sitemaps.read_sitemap(body).pages] == ["Breaking"]


def test_a_sitemap_may_be_an_address_a_line():
    body = f"\ufeff{HOME}a\r\n\n  {HOME}b \n".encode()
    assert sitemaps.read_sitemap(body).pages == (Link(HOME + "a"), Link(HOME + "b"))
    assert sitemaps.read_sitemap(gzip.compress(body)) == sitemaps.read_sitemap(body)


def test_gzip_is_unpacked_up_to_the_bound(monkeypatch):
    body = gzip.compress(SITEMAP.format(NEWS).encode())
    assert len(sitemaps.read_sitemap(body).pages) == 1
    monkeypatch.setattr(sitemaps, "MAX_BYTES", 100)
    with pytest.raises(BadFeedError, match="more than 100"):
        sitemaps.read_sitemap(body)


def test_an_images_title_and_date_are_not_the_pages():
    (link,) = sitemaps.read_sitemap(SITEMAP.format(OLD_WITH_IMAGE).encode()).pages
    assert link == Link(f"{HOME}old", None, datetime(2020, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<p>",
        b"\x1f\x8bxx",
        b"<!DOCTYPE html><html><p/></html>",
        b'<!DOCTYPE urlset [<!ENTITY b "c">]><urlset/>',
        b"<!DOCTYPE urlset [<!ENTITY % b SYSTEM 'c'> %b;]><urlset/>",
    ],
)
def test_what_is_no_sitemap_is_refused(body):
    with pytest.raises(BadFeedError):
        sitemaps.read_sitemap(body)


ADDRESS = f"{HOME}story-1"
DATE = "<lastmod>2026-03-01</lastmod>"


@pytest.mark.parametrize("damage", ["", "<x>&nbsp;</x></y>"], ids=["well-formed", "broken"])
@pytest.mark.parametrize("prefix", ["", "s:"])
@pytest.mark.parametrize(
    "entry",
    [
        f"<url><loc><url>{ADDRESS}</url></loc>{DATE}</url>",
        f"<url><loc><![CDATA[{ADDRESS}]]></loc>{DATE}</url>",
        f"<url>\n {ADDRESS}\n{DATE}</url>",
        f"<url><url><loc>{ADDRESS}</loc>{DATE}</url></url>",
    ],
    ids=["url in loc", "CDATA", "no loc", "url in url"],
)
def test_an_address_is_found_where_markup_is_wrong(entry, prefix, damage):
    body = f"{SITEMAP.format(entry + damage)}"
    for name in ("urlset", "url", "loc", "lastmod"):
        body = body.replace(f"<{name}", f"<{prefix}{name}").replace(
            f"</{name}", f"</{prefix}{name}"
        )
    body = body.replace("xmlns=", "xmlns:s=") if prefix else body
    (link,) = sitemaps.read_sitemap(body.encode()).pages
    assert link == Link(ADDRESS, None, datetime(2026, 3, 1, tzinfo=UTC))


def test_markup_around_an_address_is_no_part_of_it():
    body = SITEMAP.format(f"<url>{DATE}<loc> <b>{ADDRESS}</b>\n</loc></url>").encode()
    assert [link.url for link in sitemaps.read_sitemap(body).pages] == [ADDRESS]


def test_an_entry_that_ends_too_late_hides_no_other():
    entries = f"<url><loc>{ADDRESS}</loc><url><loc>{HOME}story-2</loc></url></url>"
    read = sitemaps.read_sitemap(SITEMAP.format(entries).encode()).pages
    assert {link.url for link in read} == {ADDRESS, f"{HOME}story-2"}


def test_an_index_may_name_its_children_without_loc():
    body = INDEX.format(f"<sitemap>{HOME}a.xml</sitemap><sitemap>none</sitemap>").encode()
    assert sitemaps.read_sitemap(body).sitemaps == (Link(f"{HOME}a.xml"),)


def test_the_address_of_a_feeds_logo_is_no_page():
    body = f"<rss><channel><image><url>{HOME}logo.png</url></image></channel></rss>".encode()
    assert sitemaps.read_sitemap(body).pages == ()
