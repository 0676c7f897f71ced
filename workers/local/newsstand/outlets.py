"""The bundled newsrooms' outlet files, for a newsstand at a port."""

import json
from pathlib import Path

from workers.local.newsstand import newsrooms
from workers.local.newsstand.newsrooms import Newsroom

MIN_INTERVAL_SECONDS = 0.05
MAX_CONCURRENCY = 2


def write_outlets(folder: Path, port: int) -> None:
    """A file for each newsroom: `folder`/<country>/<id>.toml."""
    for room in newsrooms.load_newsrooms():
        path = folder / room.country / f"{room.id}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render_outlet_file(room, port), encoding="utf-8")


def render_outlet_file(room: Newsroom, port: int) -> str:
    """Return the text of one outlet's file."""
    base = f"http://{room.address}:{port}"
    lines = [
        f"name = {_quote(room.name)}",
        f'home = "{base}/"',
        f'language = "{room.language}"',
    ]
    for field, paths in (
        ("feeds", room.feeds),
        ("sitemaps", room.sitemaps),
        ("sections", room.sections),
    ):
        if paths:
            lines.append(f"{field} = [{', '.join(_quote(base + path) for path in paths)}]")
    politeness = (
        f"[politeness]\nmin_interval_seconds = {MIN_INTERVAL_SECONDS}\n"
        f"max_concurrency = {MAX_CONCURRENCY}\n"
    )
    return "\n".join([*lines, "", politeness])


def _quote(text: str) -> str:
    """Return `text` as a TOML string: a JSON string is one."""
    return json.dumps(text, ensure_ascii=False)
