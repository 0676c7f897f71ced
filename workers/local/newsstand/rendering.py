"""Editions as bytes: each newsroom's own markup, and feeds in four formats."""

from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from functools import cache

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from workers.local.newsstand.edition import Edition, EditionPage
from workers.local.newsstand.newsrooms import DATA
from workers.parse.text import lexicon

Rendered = tuple[str, bytes]
HTML, XML, JSON = "text/html; charset=utf-8", "application/xml", "application/feed+json"


def render_pages(edition: Edition) -> dict[str, Rendered]:
    """Return content type and bytes by path of all that the newsroom answers with 200."""
    pages = {page.path: _render_article(edition, page) for page in edition.pages}
    for extra, _ in edition.extras:
        if extra.kind == "gallery":
            pages[extra.path] = _render("gallery.html", edition, extra=extra)
        elif extra.kind == "disallowed":
            pages[extra.path] = _render("memo.html", edition, extra=extra)
    for path in ("/", *edition.newsroom.sections):
        pages[path] = _render("front.html", edition)
    for path in (*edition.newsroom.feeds, *edition.newsroom.sitemaps):
        pages[path] = _render_feed(edition, path)
    pages["/robots.txt"] = "text/plain", _render_robots(edition).encode()
    return pages


def render_not_found(edition: Edition) -> Rendered:
    """Return the newsroom's page for unknown addresses."""
    return _render("missing.html", edition)


def _render_article(edition: Edition, page: EditionPage) -> Rendered:
    """Return the page of a story."""
    return _render(f"{edition.newsroom.id}/article.html", edition, page=page)


def _render_feed(edition: Edition, path: str) -> Rendered:
    """Return the feed or sitemap at `path`, whose name says its format."""
    kinds: tuple[tuple[str, Callable[[], Rendered]], ...] = (
        ("json", lambda: (JSON, _render_json_feed(edition))),
        ("atom", lambda: (XML, _render("feeds/atom.xml", edition)[1])),
        ("sitemap", lambda: (XML, _render("feeds/news-sitemap.xml", edition)[1])),
        ("", lambda: (XML, _render("feeds/rss.xml", edition)[1])),
    )
    return next(render() for name, render in kinds if name in path)


def _render_json_feed(edition: Edition) -> bytes:
    """Return a JSON Feed 1.1 of all stories."""
    items = [
        {
            "id": page.url,
            "url": page.url,
            "title": page.title,
            "date_published": page.published.isoformat(),
            "authors": [{"name": name} for name in page.authors],
        }
        for page in edition.pages
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": edition.newsroom.name,
        "home_page_url": edition.base + "/",
        "items": items,
    }
    return msgspec.json.encode(feed)


def _render_robots(edition: Edition) -> str:
    """Return the newsroom's robots.txt."""
    lines = ["User-agent: *", "Crawl-delay: 0.05"]
    lines += [f"Disallow: {path}" for path in edition.newsroom.disallow]
    lines += [f"Sitemap: {edition.base}{path}" for path in edition.newsroom.sitemaps]
    return "\n".join(lines) + "\n"


def _render(name: str, edition: Edition, **variables: object) -> Rendered:
    text = (
        _environment()
        .get_template(name)
        .render(
            room=edition.newsroom,
            base=edition.base,
            pages=edition.pages,
            extras=edition.extras,
            now=edition.now,
            **variables,
        )
    )
    return HTML, text.encode()


@cache
def _environment() -> Environment:
    """Return the templates, in which everything is escaped and nothing may be undefined."""
    environment = Environment(
        loader=FileSystemLoader(str(DATA)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "rfc822": format_datetime,
        "iso": datetime.isoformat,
        "long": _format_long_date,
    }
    return environment


def _format_long_date(date: datetime, language: str) -> str:
    """Return the date as "3 March 2025" in English, French or Russian."""
    names = lexicon.table("months")[language].split(", ")
    name = names[date.month - 1].split("/")[0]
    return f"{date.day} {name.title() if language == 'en' else name} {date.year}"
