"""What a source of a backfill names, and what is left out."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from schemas.backfill import BackfillPlan, BackfillSource
from schemas.events import PRIORITY_BACKFILL
from schemas.page import StoredPage
from tests.unit.discover.samples import HOME, INDEX, NEWS, NOON, OUTLETS, SITEMAP
from workers.discover.history import archive_pages
from workers.discover.history.reading import (
    EXCLUDED,
    FOREIGN,
    first_sources,
    read_source,
    sitemaps_in_robots,
)
from workers.discover.history.window import NEWER, OLDER
from workers.discover.links import BadFeedError

OUTLET = OUTLETS["gazette"]
SINCE, UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
PLAN = BackfillPlan(
    outlet="gazette",
    since=SINCE,
    until=UNTIL,
    started=NOON,
    archives=(f"{HOME}{{year}}/{{month}}/{{day}}",),
)
MAP = BackfillSource(url=f"{HOME}map.xml", kind="sitemap")
DAY = BackfillSource(url=f"{HOME}2020/01/05", kind="archive")


def read(source, body, outlet=OUTLET):
    page = StoredPage(source.url, source.url, 200, (), body.encode(), NOON)
    return read_source(source, page, outlet, PLAN)


def entry(path, lastmod=""):
    return f"<url><loc>{HOME}{path}</loc><lastmod>{lastmod}</lastmod></url>"


def child(path, lastmod=""):
    return f"<sitemap><loc>{path}</loc><lastmod>{lastmod}</lastmod></sitemap>"


def test_the_pages_of_a_sitemap_have_the_lowest_priority_and_what_is_left_is_counted():
    entries = entry("a", "2021-01-01") + entry("b") + entry("2019/05/05/c") + entry("2030/01/01/d")
    foreign = "<url><loc>https://elsewhere.example/e</loc></url>"
    content = read(MAP, SITEMAP.format(entries + foreign + entry("a")))
    assert [page.url for page in content.pages] == [f"{HOME}a", f"{HOME}b", f"{HOME}2030/01/01/d"]
    assert {page.priority for page in content.pages} == {PRIORITY_BACKFILL}
    assert [(left.number, left.why) for left in content.left_out] == [(1, OLDER), (1, FOREIGN)]


def test_what_a_news_sitemap_says_of_a_story_is_kept():
    content = read(MAP, SITEMAP.format(NEWS))
    (page,) = content.pages
    assert (page.title, page.published.isoformat()) == ("Breaking", "2026-03-01T11:00:00+00:00")


def test_an_index_names_the_sitemaps_of_its_time():
    names = child(f"{HOME}sitemap-2021-05.xml", "2026-01-01") + child("/b.xml", "2022-02-02")
    names += child(f"{HOME}sitemap-2018-05.xml") + child("c.xml", "2019-01-01") + child("d.xml")
    content = read(MAP, INDEX.format(names))
    found = [
        (source.url, source.date and source.date.date().isoformat()) for source in content.sources
    ]
    assert found == [
        (f"{HOME}sitemap-2021-05.xml", "2021-05-01"),
        (f"{HOME}b.xml", "2022-02-02"),
        (f"{HOME}d.xml", None),
    ]
    assert [(left.number, left.why) for left in content.left_out] == [(2, OLDER)]


def test_what_the_outlets_file_leaves_is_counted():
    outlet = replace(OUTLET, deny=("/video/*",))
    content = read(MAP, SITEMAP.format(entry("a") + entry("video/b")), outlet)
    assert [page.url for page in content.pages] == [f"{HOME}a"]
    assert [(left.number, left.why) for left in content.left_out] == [(1, EXCLUDED)]


def test_what_is_no_sitemap_cannot_be_read():
    with pytest.raises(BadFeedError):
        read(MAP, "<html>Sign in</html>")


STORY = '<a href="/2020/01/05/flood-in-the-valley">Flood in the valley: what we know</a>'
NEXT = '<a rel="next" href="?page=2">Next</a>'


def test_an_archive_page_names_articles_and_the_page_on_which_it_goes_on():
    content = read(DAY, STORY + NEXT)
    assert [page.url for page in content.pages] == [f"{HOME}2020/01/05/flood-in-the-valley"]
    (following,) = content.sources
    assert (following.url, following.number) == (f"{DAY.url}?page=2", 2)


def test_links_to_other_archive_pages_are_no_stories():
    other = '<a href="/2020/01/04/">The day before</a> <a href="/2020/01/06?page=3">Day after</a>'
    content = read(DAY, STORY + other)
    assert [page.url for page in content.pages] == [f"{HOME}2020/01/05/flood-in-the-valley"]


def test_an_archive_that_repeats_its_last_page_or_has_no_story_ends():
    (following,) = read(DAY, STORY + NEXT).sources
    assert read(following, STORY + NEXT.replace("2", "3")).sources == ()
    assert read(DAY, NEXT).sources == ()


def test_an_archive_without_end_is_bounded_and_says_so():
    last = replace(DAY, number=archive_pages.MAX_NUMBER)
    content = read(last, STORY + NEXT)
    assert content.sources == ()
    assert content.left_out[0].url == f"{DAY.url}?page=2"


def test_a_page_of_another_time_in_an_archive_page_is_left():
    content = read(DAY, STORY + STORY.replace("2020/01", "2019/12").replace("05", "04"))
    assert len(content.pages) == 1
    assert content.left_out[0].why in {OLDER, NEWER}


def test_a_backfill_begins_with_files_robots_sitemaps_and_archive_pages():
    outlet = replace(OUTLET, sitemaps=(f"{HOME}news.xml",))
    plan = BackfillPlan(
        outlet="gazette",
        since=datetime(2026, 2, 27, tzinfo=UTC),
        until=datetime(2026, 3, 1, tzinfo=UTC),
        started=NOON,
        archives=(f"{HOME}{{year}}/{{month}}/{{day}}",),
        warcs=("/data/a.warc.gz",),
    )
    assert [(source.kind, source.url) for source in first_sources(plan, outlet)] == [
        ("warc", "/data/a.warc.gz"),
        ("robots", HOME),
        ("sitemap", f"{HOME}news.xml"),
        ("archive", f"{HOME}2026/02/28"),
        ("archive", f"{HOME}2026/02/27"),
    ]


def test_sitemaps_come_from_robots_txt_or_are_guessed():
    robots = BackfillSource(url=f"{HOME}en/", kind="robots")
    found = sitemaps_in_robots(robots, ("/a.xml", "https://cdn.example/b.xml", "http://[bad"))
    assert [source.url for source in found] == [f"{HOME}a.xml", "https://cdn.example/b.xml"]
    (guess,) = sitemaps_in_robots(robots, ())
    assert (guess.url, guess.is_guess) == (f"{HOME}sitemap.xml", True)
