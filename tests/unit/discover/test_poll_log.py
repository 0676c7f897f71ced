"""What a poll remembers of the one before, and what its report says of a feed."""

from datetime import timedelta

import pytest

from schemas.poll import FailedPart, PollReport
from tests.unit.discover.samples import FEED, HOME, INDEX, ITEM, NOON, RSS, SITEMAP, Shelf, poll
from workers.discover import poll_log, sources
from workers.discover.poll_log import PollLog, PollMemory, trouble_of, with_habit


def child(name, lastmod):
    date = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
    return f"<sitemap><loc>{HOME}{name}.xml</loc>{date}</sitemap>"


def shelf(**lastmods):
    web = Shelf().put(FEED, INDEX.format("".join(child(*each) for each in lastmods.items())))
    for name in lastmods:
        web.put(f"{HOME}{name}.xml", SITEMAP.format(f"<url><loc>{HOME}{name}</loc></url>"))
    return web


def polls(web, times=2, url=FEED, kind="sitemap"):
    """The requests of the last of some polls, each of which knows what the one before noted."""
    memory = PollMemory()
    for _ in range(times):
        log = PollLog(memory)
        web.requests.clear()
        poll(web, url, kind, log=log)
        memory = log.next_memory()
    return [url.removeprefix(HOME) for url in web.requests], memory


def test_a_sitemap_that_has_not_changed_by_its_index_is_not_asked_again():
    web = shelf(old="2019-05-01", older="2018-05-01T10:00:00Z", undated="")
    requests, memory = polls(web)
    assert requests == ["feed", "undated.xml"]
    changed = child("old", "2026-02-01") + child("older", "2018-05-01T10:00:00Z")
    web.put(FEED, INDEX.format(changed))
    web.requests.clear()
    poll(web, kind="sitemap", log=PollLog(memory))
    assert web.requests == [FEED, f"{HOME}old.xml"]


@pytest.mark.parametrize("lastmod", ["2026-03-01", "2026-03-02T00:00:00Z"])
def test_a_day_that_is_not_over_spares_nothing(lastmod):
    assert polls(shelf(new=lastmod))[0] == ["feed", "new.xml"]


def test_a_sitemap_that_failed_or_was_left_out_is_asked_the_next_time(monkeypatch):
    web = shelf(a="2019-05-01", b="2019-05-02")
    web.put(f"{HOME}b.xml", "", 403)
    assert polls(web)[0] == ["feed", "b.xml"]
    monkeypatch.setattr("workers.discover.sitemap_tree.MAX_SITEMAPS", 3)
    web = shelf(**{f"n{day}": f"2019-05-0{day}" for day in range(1, 6)})
    assert polls(web)[0] == ["feed", "n3.xml", "n2.xml"]
    assert polls(web, 3)[0] == ["feed", "n1.xml"]
    assert polls(web, 4)[0] == ["feed"]


def test_a_sitemap_is_asked_once_in_a_while_whatever_its_index_says(monkeypatch):
    monkeypatch.setattr(poll_log, "RECHECK", timedelta(seconds=-1))
    assert polls(shelf(old="2019-05-01"))[0] == ["feed", "old.xml"]


def test_an_unchanged_page_leads_to_its_parts_again():
    kind = 'rel="alternate" type="application/rss+xml"'
    web = Shelf().put(HOME, f'<link {kind} href="/rss.xml">')
    web.put(HOME + "rss.xml", RSS.format(ITEM.format(HOME + "a", "T")))
    _, memory = polls(web, 1, HOME, "feed")
    web.put(HOME, "", 304)
    log = PollLog(memory)
    events, report = poll(web, HOME, log=log)
    assert [event.url for event in events] == [HOME + "a"]
    assert (report.parts_read, report.parts_unchanged) == (1, 1)
    assert log.next_memory().parts == memory.parts
    web = shelf(old="2019-05-01", undated="")
    _, memory = polls(web, 1)
    web.put(FEED, "", 304)
    web.requests.clear()
    log = PollLog(memory)
    poll(web, kind="sitemap", log=log)
    assert web.requests == [FEED, f"{HOME}undated.xml"]
    assert log.next_memory() == memory


def paged(page, last, *names, tag="next"):
    link = f'<atom:link rel="{tag}" href="/feed?page={page + 1}"/>' if page < last else ""
    items = "".join(ITEM.format(HOME + name, "T") for name in names)
    return f"""<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>{link}{items}
    </channel></rss>"""


@pytest.mark.parametrize("tag", ["next", "prev-archive"])
def test_the_older_pages_of_a_feed_are_read_at_first_and_after_a_gap(tag):
    web = Shelf().put(FEED, paged(1, 3, "c", tag=tag))
    web.put(FEED + "?page=2", paged(2, 3, "b", tag=tag)).put(FEED + "?page=3", paged(3, 3, "a"))
    log = PollLog()
    events, report = poll(web, log=log)
    assert [event.url[-1] for event in events] == ["c", "b", "a"]
    assert report.parts_read == 3
    web.requests.clear()
    web.put(FEED, paged(1, 3, "d", "c", tag=tag))
    poll(web, log=PollLog(log.next_memory()))
    assert web.requests == [FEED]
    web.put(FEED, paged(1, 3, "f", tag=tag)).put(FEED + "?page=2", paged(2, 3, "d", "c", tag=tag))
    events, _ = poll(web, log=PollLog(log.next_memory()))
    assert [event.url[-1] for event in events] == ["f", "d", "c"]


def test_the_next_page_of_a_json_feed_is_read():
    frame = '{"version":"https://jsonfeed.org/version/1.1","next_url":"%s","items":[{"url":"/%s"}]}'
    web = Shelf().put(FEED, frame % ("/feed?2", "b")).put(FEED + "?2", frame % ("/feed?2", "a"))
    assert [event.url for event in poll(web)[0]] == [HOME + "b", HOME + "a"]


def test_endless_pages_are_bounded_and_said(monkeypatch):
    monkeypatch.setattr(sources, "MAX_OLDER_PAGES", 3)
    web = Shelf().put(FEED, paged(1, 99, "s1"))
    for page in range(2, 20):
        web.put(f"{FEED}?page={page}", paged(page, 99, f"s{page}"))
    events, report = poll(web)
    assert [event.url.removeprefix(HOME) for event in events] == ["s1", "s2", "s3", "s4"]
    assert len(report.left_out) == 1


def test_a_page_of_a_feed_that_cannot_be_had_costs_only_itself():
    events, report = poll(Shelf().put(FEED, paged(1, 2, "a")))
    assert [event.url for event in events] == [HOME + "a"]
    assert [part.reason for part in report.failed] == ["not_found"]


def report(**fields):
    return PollReport(**{"at": NOON, "parts_read": 1} | fields)


def test_a_habit_is_learned_and_what_falls_short_of_it_shows():
    usual = None
    for _ in range(5):
        usual = with_habit(report(own=20), usual)
    assert usual.usual_own == 20
    assert trouble_of(with_habit(report(own=12), usual)) == ""
    assert trouble_of(with_habit(report(own=5), usual)) == "below_habit"
    nothing = with_habit(report(), with_habit(report(), usual))
    assert (trouble_of(nothing), nothing.fruitless_polls) == ("empty", 2)
    unchanged = with_habit(report(parts_read=0, parts_unchanged=1), usual)
    assert (trouble_of(unchanged), unchanged.usual_own) == ("", 20)


def test_trouble_has_a_name():
    failed = (FailedPart(HOME, "forbidden"),)
    assert trouble_of(report(own=3, failed=failed, number_failed=1)) == "parts_failed"
    assert trouble_of(report(foreign=3)) == "foreign_only"
    assert trouble_of(report(failure="robots")) == "failed"
