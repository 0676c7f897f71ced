"""The bundled newsrooms as they lie in `data/`: what they print, not when."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec
from msgspec import Struct

DATA = files("workers.local.newsstand").joinpath("data")
ExtraKind = Literal["advertisement", "missing", "gallery", "disallowed"]


class StoryPicture(Struct, frozen=True, forbid_unknown_fields=True):
    """A lead picture's text and credit."""

    caption: str
    credit: str


class StoryRevision(Struct, frozen=True, forbid_unknown_fields=True):
    """What a page says after the desk has corrected it; `changes` by paragraph, from 0."""

    title: str
    hours_later: float
    note: str
    changes: dict[str, str]


class Story(Struct, frozen=True, forbid_unknown_fields=True):
    """`body` has a paragraph a line, headings begin with "## "; `wire` names an agency's text
    instead, of which `first` paragraphs are printed (0: all). `teasers` stand after the
    paragraph of that number and lead to the newsroom's story of that number."""

    path: str
    title: str
    hours_ago: float
    section: str
    authors: tuple[str, ...] = ()
    dateline: str = ""
    picture: StoryPicture | None = None
    body: tuple[str, ...] = ()
    teasers: dict[str, int] = {}
    wire: str = ""
    first: int = 0
    local_lead: tuple[str, ...] = ()
    credit_line: str = ""
    revision: StoryRevision | None = None


class Extra(Struct, frozen=True, forbid_unknown_fields=True):
    """What a feed names although it is no article."""

    path: str
    kind: ExtraKind
    title: str
    url: str = ""
    hours_ago: float = 1.0


class Newsroom(Struct, frozen=True, forbid_unknown_fields=True):
    """One outlet; `address` is its own on the loopback network."""

    name: str
    country: str
    language: str
    address: str
    feeds: tuple[str, ...]
    sitemaps: tuple[str, ...]
    stories: tuple[Story, ...]
    sections: tuple[str, ...] = ()
    disallow: tuple[str, ...] = ()
    extras: tuple[Extra, ...] = ()
    id: str = ""


class Wire(Struct, frozen=True, forbid_unknown_fields=True):
    """An agency's text."""

    agency: str
    place: str
    paragraphs: tuple[str, ...]


@cache
def newsrooms() -> tuple[Newsroom, ...]:
    """Return all newsrooms, sorted by id."""
    folders = sorted(
        (each for each in DATA.iterdir() if each.joinpath("outlet.toml").is_file()),
        key=lambda each: each.name,
    )
    return tuple(
        msgspec.convert(
            {**tomllib.loads(each.joinpath("outlet.toml").read_text("utf-8")), "id": each.name},
            Newsroom,
        )
        for each in folders
    )


@cache
def wires() -> dict[str, Wire]:
    """Return the agencies' texts by name."""
    return msgspec.convert(
        tomllib.loads(DATA.joinpath("wires.toml").read_text("utf-8")), dict[str, Wire]
    )
