"""What outlets publish, and a downloader that has it on a shelf."""

from datetime import UTC, datetime

from schemas.events import FeedDue
from schemas.outlet import Outlet
from schemas.page import StoredPage
from workers.discover.parts import LoggedSession
from workers.discover.poll_log import PollLog
from workers.discover.step import discover

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOME = "https://www.gazette.example/"
FEED = HOME + "feed"
OUTLETS = {"gazette": Outlet(name="Gazette", home=HOME, language="en", id="gazette")}
RSS = """<rss version="2.0"><channel><title>G</title><ttl>30</ttl>
<skipHours><hour>2</hour><hour>3</hour></skipHours>{}</channel></rss>"""
ITEM = """<item><title>{1}</title><link>{0}</link>
<pubDate>Sun, 01 Mar 2026 11:00:00 GMT</pubDate></item>"""
SITEMAP = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'
NEWS = """<url><loc>https://www.gazette.example/n</loc><news:news
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><news:publication><news:name>G
 </news:name></news:publication><news:publication_date>2026-03-01T11:00:00Z</news:publication_date>
 <news:title>Breaking</news:title></news:news></url>"""
OF_IMAGE = "<m:title>IMG_1234</m:title><m:publication_date>2026-03-01</m:publication_date>"
OLD_WITH_IMAGE = f"""<url><loc>{HOME}old</loc><lastmod>2020-01-01</lastmod>
<m:image xmlns:m="http://www.google.com/schemas/sitemap-image/1.1">{OF_IMAGE}</m:image></url>"""
INDEX = '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</sitemapindex>'


class Shelf:
    """Pages by address, and a log of requests."""

    def __init__(self):
        self.pages = {}
        self.requests = []
        self.named = ()
        self.errors = {}
        self.robots_error = None

    def put(self, url, body, status=200, headers=()):
        raw = body if isinstance(body, bytes) else body.encode()
        self.pages[url] = StoredPage(url, url, status, headers, raw, NOON)
        return self

    def fail(self, url, error):
        self.errors[url] = error
        return self

    def get(self, url):
        self.requests.append(url)
        if url in self.errors:
            raise self.errors[url]
        return self.pages.get(url) or StoredPage(url, url, 404, (), b"", NOON)

    def sitemaps(self, _url):
        if self.robots_error:
            raise self.robots_error
        return self.named


def run(web, url=FEED, kind="feed", feed_schedule=None):
    due = FeedDue(page_id="0" * 16, outlet="gazette", url=url, kind=kind)
    return list(discover(due, web, OUTLETS, feed_schedule))


def poll(web, url=FEED, kind="feed", events=None, log=None):
    """The events of a poll and its report."""
    due = FeedDue(page_id="0" * 16, outlet="gazette", url=url, kind=kind)
    events, log = [] if events is None else events, log or PollLog()
    events.extend(discover(due, LoggedSession(web, log), OUTLETS))
    return events, log.report(NOON)
