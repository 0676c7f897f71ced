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


def pages_of(edition: Edition) -> dict[str, Rendered]:
    """Return content type and bytes by path of all that the newsroom answers with 200."""
    found = {page.path: _html(edition, page) for page in edition.pages}
    for extra, _ in edition.extras:
        if extra.kind == "gallery":
            found[extra.path] = _template("gallery.html", edition, extra=extra)
        elif extra.kind == "disallowed":
            found[extra.path] = _template("memo.html", edition, extra=extra)
    for path in ("/", *edition.newsroom.sections):
        found[path] = _template("front.html", edition)
    for path in (*edition.newsroom.feeds, *edition.newsroom.sitemaps):
        found[path] = _feed(edition, path)
    found["/robots.txt"] = "text/plain", _robots(edition).encode()
    return found


def not_found(edition: Edition) -> Rendered:
    """Return the newsroom's page for unknown addresses."""
    return _template("missing.html", edition)


def _html(edition: Edition, page: EditionPage) -> Rendered:
    return _template(f"{edition.newsroom.id}/article.html", edition, page=page)


def _feed(edition: Edition, path: str) -> Rendered:
    kinds: tuple[tuple[str, Callable[[], Rendered]], ...] = (
        ("json", lambda: (JSON, _json_feed(edition))),
        ("atom", lambda: (XML, _template("feeds/atom.xml", edition)[1])),
        ("sitemap", lambda: (XML, _template("feeds/news-sitemap.xml", edition)[1])),
        ("", lambda: (XML, _template("feeds/rss.xml", edition)[1])),
    )
    return next(render() for name, render in kinds if name in path)


def _json_feed(edition: Edition) -> bytes:
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


def _robots(edition: Edition) -> str:
    lines = ["User-agent: *", "Crawl-delay: 0.05"]
    lines += [f"Disallow: {path}" for path in edition.newsroom.disallow]
    lines += [f"Sitemap: {edition.base}{path}" for path in edition.newsroom.sitemaps]
    return "\n".join(lines) + "\n"


def _template(name: str, edition: Edition, **more: object) -> Rendered:
    text = (
        _environment()
        .get_template(name)
        .render(
            room=edition.newsroom,
            base=edition.base,
            pages=edition.pages,
            extras=edition.extras,
            now=edition.now,
            **more,
        )
    )
    return HTML, text.encode()


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(str(DATA)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"rfc822": format_datetime, "iso": datetime.isoformat, "long": _long}
    return made


def _long(moment: datetime, language: str) -> str:
    """Return the date as "3 March 2025" in English, French or Russian."""
    names = lexicon.table("months")[language].split(", ")
    name = names[moment.month - 1].split("/")[0]
    return f"{moment.day} {name.title() if language == 'en' else name} {moment.year}"
