"""Rendering of templates. Every value is escaped, because it may come from a stranger's page."""

from datetime import UTC, datetime
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from schemas.article import make_aware
from workers.site.parameters import search_url
from workers.site.zones import USUAL_ZONES, in_zone, reader_zone, shown_zone

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"
MINUTES_IN_HOUR: Final = 60
HOURS_IN_DAY: Final = 24
SMALLEST_PER_CENT: Final = 0.1
LEAST_WHOLE_PER_CENT: Final = 10
THEME_COOKIE: Final = "presswire_theme"
TOKEN_COOKIE: Final = "presswire_token"  # noqa: S105  a name, no password


def render_page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    **values: Any,  # noqa: ANN401  whatever the template shows
) -> HTMLResponse:
    """Return the page that `template` makes of `values`, in the theme of the visitor's cookie."""
    theme = request.cookies.get(THEME_COOKIE, "")
    zone = reader_zone(request)
    shown_zone.set(zone)
    here = f"{request.url.path}?{request.url.query}".rstrip("?")
    html = (
        _environment()
        .get_template(template)
        .render(
            theme=theme if theme in {"light", "dark"} else "",
            path=request.url.path,
            here=here,
            here_in_readers_zone=in_zone(here, zone),
            zone=zone.key,
            usual_zones=USUAL_ZONES,
            is_signed_in=TOKEN_COOKIE in request.cookies,
            is_operator=getattr(request.state, "is_operator", False),
            **values,
        )
    )
    return HTMLResponse(html, status)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "when": format_time,
        "day": format_day,
        "grouped": group_digits,
        "web": web_url_or_empty,
        "part": _quote_part,
        "capitalize_first": capitalize_first,
        "duration": format_duration,
        "percent": format_percent,
    }
    environment.globals |= {"static": _static_url, "search_url": search_url}
    return environment


@cache
def _static_url(name: str) -> str:
    """Return the URL of a static file; it changes with the file, so that browsers may cache it."""
    digest = blake2b((STATIC / name).read_bytes(), digest_size=6).hexdigest()
    return f"/static/{name}?v={digest}"


def format_time(text: str | None) -> str:
    """Return the time as `2 Mar 2026, 12:00` in the reader's zone; other text stays as it is."""
    time = _parse_time(text)
    time = time.astimezone(shown_zone.get()) if time else None
    return f"{time.day} {time:%b %Y, %H:%M}" if time else text or ""


def format_day(text: str | None) -> str:
    """Return a day as `2 Mar 2026`; other text stays as it is."""
    time = _parse_time(text)
    return f"{time.day} {time:%b %Y}" if time else text or ""


def _parse_time(text: str | None) -> datetime | None:
    try:
        time = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return make_aware(time).astimezone(UTC)


def group_digits(number: float) -> str:
    """Return the number as `1,234,567`."""
    return f"{number:,}"


def format_percent(share: float) -> str:
    """Return a share of 0..1 as `12 %`, below ten per cent as `1.2 %`, below a tenth of one as
    `< 0.1 %`."""
    per_cent = share * 100
    if per_cent == 0:
        return "0 %"
    if per_cent < SMALLEST_PER_CENT:
        return f"< {SMALLEST_PER_CENT} %"
    return f"{per_cent:.0f} %" if per_cent >= LEAST_WHOLE_PER_CENT else f"{per_cent:.1f} %"


def format_duration(seconds: float | None) -> str:
    """Return a duration as `12 min`, `3 h` or `2 days`, and a dash for None."""
    if seconds is None:
        return "–"
    minutes = round(seconds / 60)
    if minutes < 2 * MINUTES_IN_HOUR:
        return f"{minutes} min"
    hours = round(minutes / MINUTES_IN_HOUR)
    return f"{hours} h" if hours < 2 * HOURS_IN_DAY else f"{round(hours / HOURS_IN_DAY)} days"


def capitalize_first(text: str) -> str:
    """Return the text with its first letter in upper case, and all others as they are."""
    return text[:1].upper() + text[1:]


def web_url_or_empty(address: str | None) -> str:
    """Return an address that a page may link to, or an empty string unless it is http or https."""
    try:
        scheme = urlsplit((address or "").strip()).scheme.lower()
    except ValueError:
        return ""
    return (address or "").strip() if scheme in {"http", "https"} else ""


def _quote_part(text: str) -> str:
    """Return the text quoted as a part of a path."""
    return quote(text, safe="")
