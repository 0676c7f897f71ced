"""The results of a search: hits with their clusters, facets, and hits over time."""

import msgspec
from msgspec import Struct

from workers.search.params import Unit


# The docstrings of these classes are descriptions in the OpenAPI document.
class Segment(Struct, frozen=True):
    """A stretch of plain text; `is_hit` where the query matched. Nothing in it is markup."""

    text: str
    is_hit: bool = False


Segments = tuple[Segment, ...]


class ClusterMember(Struct, frozen=True):
    """One article of a cluster: who printed the story, and when."""

    id: str
    outlet: str
    title: str
    time: str
    role: str = "original"
    shared: float = 0.0
    url: str = ""
    language: str | None = None


class Cluster(Struct, frozen=True):
    """All that printed one story; `printings` are the first few, oldest first."""

    id: str
    articles: int
    outlets: int
    members: tuple[ClusterMember, ...] = msgspec.field(default=(), name="printings")


class Hit(Struct, frozen=True):
    """One article found. `title` and `extracts` carry marks of what matched."""

    id: str
    url: str
    outlet: str
    time: str
    title: Segments
    extracts: tuple[Segments, ...] = ()
    captions: tuple[Segments, ...] = ()
    subtitle: str | None = None
    published: str | None = None
    modified: str | None = None
    language: str | None = None
    country: str | None = None
    section: str | None = None
    place_countries: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    agency: str | None = None
    kind: str = "article"
    role: str = "original"
    shared: float = 0.0
    words: int = 0
    changed_at: str | None = None
    changes: int = 0
    changed_words: int = 0
    changed_in: tuple[str, ...] = ()
    cluster: Cluster | None = None

    @property
    def plain_title(self) -> str:
        """The headline as plain text."""
        return "".join(segment.text for segment in self.title)


class FacetValue(Struct, frozen=True):
    """A value of a facet with its number of articles under all other filters. `name` is what people
    call it, where the index knows."""

    value: str
    count: int
    is_chosen: bool = False
    name: str = ""


class Facet(Struct, frozen=True):
    """The most frequent values of one field, and those chosen."""

    name: str
    values: tuple[FacetValue, ...]


class Bar(Struct, frozen=True):
    """Articles from the day `start` to the day `end`, both in it."""

    start: str
    end: str
    count: int


class Timeline(Struct, frozen=True):
    """Hits over time, without gaps: a bar for each day, week, month or year."""

    unit: Unit
    bars: tuple[Bar, ...] = ()


class PartCount(Struct, frozen=True):
    """How many articles a part of a query finds by itself, without any filter."""

    query: str
    articles: int


class Results(Struct, frozen=True):
    """One page. `total` counts articles, `stories` clusters (large numbers within a few per
    cent). `cursor` leads to the next page; None on the last, or where paging may not go deeper.
    `hints` say what in the query was read otherwise than other search languages do. Where nothing
    is found, `parts` say which part of the query would find something."""

    hits: tuple[Hit, ...]
    sort: str
    total: int
    stories: int
    facets: tuple[Facet, ...] = ()
    timeline: Timeline = Timeline("day")
    cursor: str | None = None
    took_ms: int = 0
    hints: tuple[str, ...] = ()
    parts: tuple[PartCount, ...] = ()
