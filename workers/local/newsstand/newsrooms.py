"""The bundled newsrooms as files in `data/`: what they publish, without dates."""

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
    """A correction of a story; `changes` are new texts by paragraph, from 0."""

    title: str
    hours_later: float
    note: str
    changes: dict[str, str]


class Story(Struct, frozen=True, forbid_unknown_fields=True):
    """`body` is a list of paragraphs; headings begin with "## ". `wire` names an agency's text
    instead, of which the `first` paragraphs are printed (0: all). `teasers` says after which
    paragraph (from 1) a teaser of which of the newsroom's stories (from 0) follows."""

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
    """A page that feeds name although it is no article."""

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
def load_newsrooms() -> tuple[Newsroom, ...]:
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
def load_wires() -> dict[str, Wire]:
    """Return the agencies' texts by name."""
    return msgspec.convert(
        tomllib.loads(DATA.joinpath("wires.toml").read_text("utf-8")), dict[str, Wire]
    )
