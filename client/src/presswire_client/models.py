"""The site's answers, as they come: JSON with types. Newer sites may send more fields."""

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

# an article with its whole text, by the names of the index
Article = dict[str, Any]


class Segment(TypedDict):
    """A stretch of plain text; `is_hit` where the query matched."""

    text: str
    is_hit: bool


class ClusterMember(TypedDict):
    """A printing of a story."""

    id: str
    outlet: str
    title: str
    time: str
    role: str
    shared: float
    url: str
    language: str | None


class Cluster(TypedDict):
    """A story: how many printed it, and the first few of them, oldest first."""

    id: str
    articles: int
    outlets: NotRequired[int]
    printings: list[ClusterMember]


class Hit(TypedDict):
    """An article found."""

    id: str
    url: str
    outlet: str
    time: str
    title: list[Segment]
    extracts: list[Segment] | list[list[Segment]]
    subtitle: str | None
    published: str | None
    modified: str | None
    language: str | None
    country: str | None
    section: str | None
    place_countries: list[str]
    places: list[str]
    names: list[str]
    authors: list[str]
    agency: str | None
    kind: str
    role: str
    shared: float
    words: int
    changed_at: str | None
    changes: int
    cluster: Cluster | None


class FacetValue(TypedDict):
    """A value with its number of articles under all other filters."""

    value: str
    count: int
    is_chosen: bool


class Facet(TypedDict):
    """The most frequent values of a field."""

    name: str
    values: list[FacetValue]


class Bar(TypedDict):
    """Articles from the day `start` to the day `end`."""

    start: str
    end: str
    count: int


class Timeline(TypedDict):
    """Articles over time, without gaps."""

    unit: str
    bars: list[Bar]


class Page(TypedDict):
    """One page of a search; `hints` say what in the query was read otherwise than elsewhere."""

    hits: list[Hit]
    sort: str
    total: int
    stories: int
    facets: list[Facet]
    timeline: Timeline
    cursor: str | None
    hints: list[str]


class CountRow(TypedDict):
    """Articles of a query in a period, and their share of all coverage, 0 to 1."""

    query: str
    start: str
    end: str
    group: str
    articles: int
    coverage: int
    share: float


class Counts(TypedDict):
    """Articles over time by query and group."""

    unit: str
    by: str
    queries: list[str]
    rows: list[CountRow]


class Correction(TypedDict):
    """An article with its last change."""

    hit: Hit
    change: dict[str, Any]


class Corrections(TypedDict):
    """One page of changed articles, the latest change first."""

    total: int
    corrections: list[Correction]
    cursor: str | None


class CopiedStories(TypedDict):
    """Stories that several printed, with outlets and agencies."""

    stories: list[Cluster]
    outlets: list[dict[str, Any]]
    agencies: list[dict[str, Any]]
    sampled_stories: int


def plain(segments: Sequence[Segment]) -> str:
    """Return a title or an extract without its marks."""
    return "".join(segment["text"] for segment in segments)
