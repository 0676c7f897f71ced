"""Sitemaps: as XML, as text, compressed, broken."""

import gzip
from datetime import UTC, datetime

import pytest

from tests.unit.discover.samples import HOME, NEWS, OLD_WITH_IMAGE, SITEMAP
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
