"""The newsstand's server, over real connections."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from schemas.reasons import Reason
from workers import outlets
from workers.discover import feeds, sitemaps
from workers.local.errors import LocalStackError
from workers.local.newsstand.expected import build_expected
from workers.local.newsstand.outlets import write_outlets
from workers.local.newsstand.site import newsstand

NOW = datetime(2025, 3, 4, 15, 30, tzinfo=UTC)

pytestmark = pytest.mark.allow_hosts(["127.0.0.0/8"])


@pytest.fixture(scope="module")
def site():
    with newsstand(now=NOW) as running:
        yield running


@pytest.fixture(scope="module")
def client():
    with httpx.Client(headers={"user-agent": "tester/1"}) as made:
        yield made


def room(site, name):
    return site.rooms[name].edition


def test_every_expected_article_is_served_and_every_request_is_noted(site, client):
    for url in build_expected(site.editions).articles:
        assert client.get(url).status_code == 200
    last = site.requests[-1]
    assert (last.outlet, last.status, last.agent) == ("talbote", 200, "tester/1")


def test_an_unchanged_page_is_answered_with_304(site, client):
    url = room(site, "talbote").pages[0].url
    first = client.get(url)
    by_tag = client.get(url, headers={"if-none-match": first.headers["etag"]})
    by_date = client.get(url, headers={"if-modified-since": first.headers["last-modified"]})
    other = client.get(url, headers={"if-none-match": '"another"'})
    assert (by_tag.status_code, by_tag.content) == (304, b"")
    assert by_date.status_code == 304
    assert other.status_code == 200


def test_pages_are_packed_only_for_those_who_ask(site, client):
    url = room(site, "polarvestnik").pages[0].url
    with client.stream("GET", url, headers={"accept-encoding": "gzip"}) as packed:
        raw = b"".join(packed.iter_raw())
    plain = client.get(url, headers={"accept-encoding": "identity"})
    assert gzip.decompress(raw) == plain.content
    assert "content-encoding" not in plain.headers


def test_an_unknown_address_is_a_404_page(site, client):
    answer = client.get(room(site, "inland-observer").base + "/news/999/council-minutes")
    assert answer.status_code == 404
    assert "404" in answer.text


def test_a_revision_changes_its_page_and_tag_and_no_other(client):
    with newsstand(now=NOW) as site:
        page = room(site, "harbour-gazette").pages[2]
        other = room(site, "talbote").pages[1]
        before = client.get(page.url), client.get(other.url)
        site.revise()
        after = client.get(page.url), client.get(other.url)
        assert before[0].headers["etag"] != after[0].headers["etag"]
        assert "Correction: an earlier version" in after[0].text
        assert (
            "two sailings a day"
            in build_expected([room(site, "harbour-gazette")]).articles[page.url].note
        )
        assert before[1].headers["etag"] == after[1].headers["etag"]
        assert before[1].headers["last-modified"] == after[1].headers["last-modified"]


def test_feeds_and_sitemaps_name_all_pages(site, client):
    for edition in site.editions:
        named: set[str] = set()
        for path in edition.newsroom.feeds:
            answer = client.get(edition.base + path)
            feed = feeds.read_feed(answer.content, dict(answer.headers), str(answer.url))
            named |= {link.url.partition("?utm")[0] for link in feed.links}
        for path in edition.newsroom.sitemaps:
            found = sitemaps.read_sitemap(client.get(edition.base + path).content)
            named |= {link.url for link in found.pages}
        if named:
            assert {page.url for page in edition.pages} <= named
            assert {url for extra, url in edition.extras if extra.kind != "disallowed"} <= named


def test_the_outlets_files_load_and_tell_the_newsrooms_apart(site, tmp_path: Path):
    write_outlets(tmp_path, site.port)
    loaded = outlets.load(tmp_path)
    assert set(loaded) == set(site.rooms)
    for edition in site.editions:
        found = loaded.by_host(edition.pages[0].url)
        assert found is not None
        assert found.id == edition.newsroom.id
        assert found.country == edition.newsroom.country


def test_what_is_expected_names_clusters_and_rejections(site):
    results = build_expected(site.editions)
    assert sorted(map(len, results.clusters)) == [2, 4]
    assert set().union(*results.clusters) <= set(results.articles)
    reasons = {reason for _, reason in results.rejected.values()}
    assert reasons == {
        Reason.FOREIGN_LINK,
        Reason.NOT_FOUND,
        Reason.ROBOTS,
        Reason.NOT_AN_ARTICLE,
    }


def test_a_taken_port_is_one_clear_message(site):
    message = f"port {site.port} for the bundled outlets"
    with pytest.raises(LocalStackError, match=message), newsstand(site.port):
        pass
