"""The steps one by one on the newsstand, with the real web and a real Redis."""

import asyncio
from collections.abc import Iterator

import pytest

from schemas.events import FeedDue, PageFound, PageRejected
from schemas.page import StoredPage
from workers import urls
from workers.adapters.event_loop import on_loop
from workers.discover.step import discover
from workers.fetch import answers
from workers.local.newsstand.expected import expected
from workers.local.newsstand.outlets import write_outlets
from workers.local.newsstand.site import newsstand
from workers.outcomes import GiveUp
from workers.parse.step import INDEXED_KINDS, read_page
from workers.settings import Settings
from workers.wiring import Tools

pytestmark = pytest.mark.allow_hosts(["127.0.0.0/8"])


@pytest.fixture
def site():
    with newsstand() as running:
        yield running


@pytest.fixture
def tools(site, redis_url, clean_redis, tmp_path) -> Iterator[Tools]:
    clean_redis.ping()
    write_outlets(tmp_path / "outlets", site.port)
    made = Tools(
        Settings(
            redis_url=redis_url,
            outlets=str(tmp_path / "outlets"),
            archive=str(tmp_path / "archive"),
            allow_networks="127.0.0.0/8",
        )
    )
    yield made
    on_loop(made.client.aclose())
    made.archive.close()
    made.redis.close()


def looks(tools: Tools) -> Iterator[PageFound | PageRejected]:
    """All that the outlets' feeds, sitemaps and sections name."""
    for outlet in tools.outlets.values():
        sources = {"feed": outlet.feeds, "sitemap": outlet.sitemaps, "section": outlet.sections}
        for kind, addresses in sources.items():
            for url in addresses:
                due = FeedDue(page_id=urls.page_id(url), outlet=outlet.id, url=url, kind=kind)
                yield from discover(due, tools.web, tools.outlets)


def end_of(tools: Tools, url: str) -> str | StoredPage:
    """ "step reason" for a page that ends, else the page."""
    try:
        page = on_loop(asyncio.wait_for(tools.web.fetch(url, answers.judge_head), 20))
        answers.judge(page)
    except GiveUp as gave:
        return f"fetch {gave.reason.value}"
    article = read_page(page, "html", ()).article
    return page if article.kind in INDEXED_KINDS else "parse not_an_article"


def test_a_crawl_finds_what_is_expected_and_each_rejection_has_its_reason(site, tools):
    told = expected(site.editions)
    found = list(looks(tools))
    rejected = {
        each.url: f"{each.step} {each.reason.value}"
        for each in found
        if isinstance(each, PageRejected)
    }
    good: dict[str, str] = {}
    for url in {each.url for each in found if isinstance(each, PageFound)}:
        end = end_of(tools, url)
        if isinstance(end, str):
            rejected[url] = end
        else:
            article = read_page(end, "html", ()).article
            good[url] = article.title
    assert good == {url: page.title for url, page in told.articles.items()}
    assert rejected == {
        url: f"{step} {reason.value}" for url, (step, reason) in told.rejected.items()
    }
    assert not [asked for asked in site.asked if asked.path.startswith("/intern/")]
