"""One look at an outlet, for a person who waits for it: nothing is stored."""

import re
import time
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace
from selectolax.lexbor import LexborHTMLParser

from schemas.events import FeedDue, PageFound
from schemas.outlet import Outlet, Politeness
from schemas.page import StoredPage
from workers import clock, html_limits, urls
from workers.adapters.http.messages import FetchOptions, build_request, to_page
from workers.adapters.http.redirect_transport import RedirectTransport
from workers.adapters.http.robots import (
    product_token,
)
from workers.adapters.http.robots_transport import RobotsReader, RobotsTransport
from workers.cli.support.outlet_files import UNKNOWN_LANGUAGE, country_of, id_of
from workers.cli.support.probe_requests import LOOK_SECONDS, PacedTransport, RobotsInMemory
from workers.discover import sections
from workers.discover.links import BadFeedError, read_link_headers
from workers.discover.parts import LoggedSession
from workers.discover.poll_log import PollLog
from workers.discover.sources import resolve_sitemaps
from workers.discover.step import discover
from workers.exceptions import PermanentFailure, TryAgain
from workers.fetch import response_checks
from workers.periodic.dispatch import feeds_of
from workers.services import Services

PAUSE_SECONDS = 0.5
MAX_FEEDS = 5
MAX_SECTIONS = 4
COMMON_FEEDS = ("/feed", "/rss.xml", "/feed.xml", "/atom.xml", "/rss", "/feed.json", "/index.xml")
COMMON_SITEMAPS = ("/news-sitemap.xml", "/sitemap.xml", "/sitemap_index.xml")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*")
_NAME_PARTS = re.compile(r"\s+[|\u2013\u2014\u00b7:-]\s+")
_OTHER_PAGE = re.compile(
    r"about|account|abo|contact|cookie|imprint|impressum|kontakt|legal|login|newsletter|privacy"
    r"|search|shop|sign|subscribe|terms",
    re.IGNORECASE,
)


class SourceLook(Struct, frozen=True):
    """What one feed, sitemap or section yields now; `problem` is why it yields nothing."""

    kind: str
    url: str
    pages: tuple[PageFound, ...]
    problem: str = ""


class OutletProbe:
    """The requests of one look: guarded, bounded, after robots.txt, one after the other."""

    def __init__(
        self, services: Services, outlet: Outlet | None = None, pause: float = PAUSE_SECONDS
    ) -> None:
        settings = services.settings
        self._agent = product_token(settings.user_agent, settings.robots_name)
        paced = PacedTransport(services.network, outlet, pause)
        self._robots = RobotsReader(RedirectTransport(paced), RobotsInMemory())
        self.transport = RedirectTransport(RobotsTransport(paced, self._robots, self._agent))
        self._deadline = time.monotonic() + LOOK_SECONDS
        self._max_bytes = settings.max_feed_bytes
        self._pages: dict[str, StoredPage] = {}

    def get(self, url: str) -> StoredPage:
        """Return the page at `url`, requested once.

        Raises:
            PermanentFailure: it cannot be had.
            TryAgain: it cannot be had now.
        """
        if url not in self._pages:
            options = FetchOptions(url=url, max_bytes=self._max_bytes, deadline=self._deadline)
            response = self.transport.handle_request(build_request(options))
            self._pages[url] = to_page(url, response)
        return self._pages[url]

    def sitemaps(self, url: str) -> tuple[str, ...]:
        """Return the sitemaps that robots.txt names."""
        return self._robots.rules(url, self._deadline).sitemaps

    def crawl_delay(self, url: str) -> float:
        """Return the seconds between requests that robots.txt asks for."""
        return self._robots.rules(url, self._deadline).crawl_delay(self._agent)

    def look_at(self, outlet: Outlet, due: FeedDue) -> SourceLook:
        """Return what a feed, sitemap or section of `outlet` yields."""
        log = PollLog()
        pages: list[PageFound] = []
        problem = ""
        try:
            for event in discover(due, LoggedSession(self, log), {outlet.id: outlet}):
                if isinstance(event, PageFound):
                    pages.append(event)
                elif event.page_id == due.page_id:
                    problem = event.detail
        except (PermanentFailure, TryAgain) as error:
            problem = str(error)
        report = log.report(clock.now())
        if not pages and not problem:
            problem = f"no link of its own; foreign ones: {report.foreign}"
        return SourceLook(due.kind, due.url, tuple(pages), problem)

    def look_at_all(self, outlet: Outlet) -> list[SourceLook]:
        """Return what each source of `outlet` yields."""
        return [self.look_at(outlet, due) for due in feeds_of(outlet)]


def propose(probe: OutletProbe, url: str) -> tuple[Outlet, list[SourceLook]]:
    """Return the outlet whose home page is at `url`, with the sources that yield something, and
    what each source that was tried yields.

    Raises:
        PermanentFailure: the home page cannot be had.
        TryAgain: it cannot be had now.
    """
    page = probe.get(url)
    response_checks.check_response(page)
    home = page.final_url if _is_same_site(page.final_url, url) else url
    html = page.body.decode("utf-8", "replace")
    is_excessive = bool(html_limits.find_excess(html))
    tree = LexborHTMLParser("" if is_excessive else html)
    outlet = Outlet(_name_of(tree, home), home, _language_of(tree), id_of(home), country_of(home))
    outlet = replace(outlet, politeness=_politeness(probe.crawl_delay(home)))
    tried = _look_around(probe, outlet, page, "" if is_excessive else html)
    good = [look for look in tried if look.pages]
    of_kind = {
        kind: tuple(look.url for look in good if look.kind == kind)
        for kind in ("feed", "sitemap", "section")
    }
    found = replace(
        outlet,
        feeds=of_kind["feed"],
        sitemaps=of_kind["sitemap"],
        sections=of_kind["section"],
    )
    return found, tried


def _look_around(
    probe: OutletProbe, outlet: Outlet, page: StoredPage, html: str
) -> list[SourceLook]:
    home = outlet.home
    try:
        named = sections.find_feeds(html, page.final_url, read_link_headers(page))
    except BadFeedError:
        named = []
    tried = [_look(probe, outlet, "feed", url) for url in named[:MAX_FEEDS]]
    if not any(look.pages for look in tried):
        tried += _first_good(probe, outlet, "feed", COMMON_FEEDS)
    in_robots = resolve_sitemaps(home, probe.sitemaps(home))
    in_robots.sort(key=lambda url: "news" not in url.lower())
    maps = [_look(probe, outlet, "sitemap", url) for url in in_robots[:MAX_FEEDS]]
    if not any(look.pages for look in maps):
        maps += _first_good(probe, outlet, "sitemap", COMMON_SITEMAPS)
    tried += maps
    if not any(look.pages for look in tried):
        for url in [*_sections_of(html, outlet), home]:
            tried.append(_look(probe, outlet, "section", url))
    return tried


def _first_good(
    probe: OutletProbe, outlet: Outlet, kind: str, paths: tuple[str, ...]
) -> list[SourceLook]:
    """Return the first of some usual places that yields something; nobody named the others."""
    for path in paths:
        look = _look(probe, outlet, kind, urls.join(outlet.home, path))
        if look.pages:
            return [look]
    return []


def _look(probe: OutletProbe, outlet: Outlet, kind: str, url: str) -> SourceLook:
    due = FeedDue(page_id=urls.page_id(url), outlet=outlet.id, url=url, kind=kind)  # type: ignore[arg-type]
    return probe.look_at(outlet, due)


def _sections_of(html: str, outlet: Outlet) -> list[str]:
    """Return the pages that the navigation of the home page leads to."""
    found: dict[str, None] = {}
    for anchor in LexborHTMLParser(html).css("nav a[href], header a[href]"):
        url = urls.join(outlet.home, anchor.attributes.get("href") or "").partition("#")[0]
        path = urlsplit(url).path.strip("/") if not urls.url_error(url) else ""
        is_section = path and "/" not in path and not _OTHER_PAGE.search(path)
        if is_section and _is_same_site(url, outlet.home):
            found.setdefault(url)
    return list(found)[:MAX_SECTIONS]


def _name_of(tree: LexborHTMLParser, home: str) -> str:
    meta = tree.css_first('meta[property="og:site_name"], meta[name="application-name"]')
    name = (meta.attributes.get("content") or "").strip() if meta else ""
    title = tree.css_first("title")
    parts = _NAME_PARTS.split(title.text().strip()) if title else []
    # the name is mostly in the address, too: "News | The Gazette" of the-gazette.example
    letters = re.sub(r"\W", "", urls.domain_of(home).partition(".")[0])
    named = [part for part in parts if letters and letters in re.sub(r"\W", "", part).lower()]
    return name or next(iter([*named, *parts]), "") or urls.host_of(home)


def _language_of(tree: LexborHTMLParser) -> str:
    root = tree.css_first("html")
    given = (root.attributes.get("lang") or "").replace("_", "-").strip() if root else ""
    first, _, rest = given.partition("-")
    language = f"{first.lower()}-{rest}" if rest else first.lower()
    return language if _LANGUAGE.fullmatch(language) else UNKNOWN_LANGUAGE


def _politeness(delay: float) -> Politeness:
    default = Politeness()
    return replace(
        default, min_interval_seconds=max(default.min_interval_seconds, min(delay, 3600))
    )


def _is_same_site(url: str, other: str) -> bool:
    return urls.domain_of(url) == urls.domain_of(other)
