"""The steps one by one on the newsstand, with the real web and a real Redis."""

from collections.abc import Iterator

import pytest

from schemas.article import INDEXED_KINDS, Article
from schemas.events import FeedDue, PageFound, PageRejected
from workers import urls
from workers.discover.step import discover
from workers.fetch.step import fetch
from workers.local.newsstand.expected import build_expected
from workers.local.newsstand.outlets import write_outlets
from workers.local.newsstand.site import newsstand
from workers.parse.step import read_page
from workers.services import Services
from workers.settings import Settings

pytestmark = pytest.mark.allow_hosts(["127.0.0.0/8"])


@pytest.fixture
def site():
    with newsstand() as running:
        yield running


@pytest.fixture
def services(site, redis_url, clean_redis, tmp_path) -> Iterator[Services]:
    clean_redis.ping()
    write_outlets(tmp_path / "outlets", site.port)
    given = Settings(
        redis_url=redis_url,
        outlets=str(tmp_path / "outlets"),
        archive=str(tmp_path / "archive"),
        allow_networks="127.0.0.0/8",
    )
    with Services(given) as made:
        yield made


def polls(services: Services) -> Iterator[PageFound | PageRejected]:
    """All that the outlets' feeds, sitemaps and sections name."""
    for outlet in services.outlets.values():
        sources = {"feed": outlet.feeds, "sitemap": outlet.sitemaps, "section": outlet.sections}
        for kind, addresses in sources.items():
            for url in addresses:
                due = FeedDue(page_id=urls.page_id(url), outlet=outlet.id, url=url, kind=kind)
                with services.downloader.poll_session(due.page_id) as session:
                    yield from discover(due, session, services.outlets)


def end_of(services: Services, found: PageFound) -> str | Article:
    """ "step reason" for a page that ends, else its article."""
    fetched = fetch(found, services.downloader, services.archive, services.outlets)
    if isinstance(fetched.outcome, PageRejected):
        return f"fetch {fetched.outcome.reason.value}"
    assert fetched.page is not None
    article = read_page(fetched.page, "html", ()).article
    return article if article.kind in INDEXED_KINDS else "parse not_an_article"


def test_a_crawl_finds_what_is_expected_and_each_rejection_has_its_reason(site, services):
    results = build_expected(site.editions)
    found = list(polls(services))
    rejected = {
        urls.canonicalize(each.url): f"{each.step} {each.reason.value}"
        for each in found
        if isinstance(each, PageRejected)
    }
    good: dict[str, str] = {}
    pages = [each for each in found if isinstance(each, PageFound)]
    for url, page in {urls.canonicalize(each.url): each for each in pages}.items():
        end = end_of(services, page)
        if isinstance(end, str):
            rejected[url] = end
        else:
            good[url] = end.title
    assert good == {url: page.title for url, page in results.articles.items()}
    assert rejected == {
        url: f"{step} {reason.value}" for url, (step, reason) in results.rejected.items()
    }
    assert not [each for each in site.requests if each.path.startswith("/intern/")]
