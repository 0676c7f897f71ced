"""Templates to pages; every value is escaped, as all of them come from strangers' pages."""

from datetime import UTC, datetime
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"
THEME_COOKIE: Final = "presswire_theme"


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:  # noqa: ANN401  whatever the template shows
    """Return the page of `template`."""
    theme = request.cookies.get(THEME_COOKIE, "")
    shown = (
        _environment()
        .get_template(template)
        .render(theme=theme if theme in {"light", "dark"} else "", path=request.url.path, **values)
    )
    return HTMLResponse(shown, status)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"when": when, "day": day, "grouped": grouped, "web": web, "part": _part}
    made.globals["static"] = _static
    return made


@cache
def _static(name: str) -> str:
    """Return the address of a static file; browsers may keep it, as it changes with the file."""
    digest = blake2b((STATIC / name).read_bytes(), digest_size=6).hexdigest()
    return f"/static/{name}?v={digest}"


def when(text: str | None) -> str:
    """Return the time as `2 Mar 2026, 12:00` in UTC; other text stays as it is."""
    moment = _moment(text)
    return f"{moment.day} {moment:%b %Y, %H:%M}" if moment else text or ""


def day(text: str | None) -> str:
    """Return the day as `2 Mar 2026`."""
    moment = _moment(text)
    return f"{moment.day} {moment:%b %Y}" if moment else text or ""


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def grouped(number: float) -> str:
    """Return the number as `1,234,567`."""
    return f"{number:,}"


def web(address: str | None) -> str:
    """Return an address that may be followed; empty unless it is http or https."""
    try:
        scheme = urlsplit((address or "").strip()).scheme.lower()
    except ValueError:
        return ""
    return (address or "").strip() if scheme in {"http", "https"} else ""


def _part(text: str) -> str:
    """Return the text quoted as a part of a path."""
    return quote(text, safe="")
