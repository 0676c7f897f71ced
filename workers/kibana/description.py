"""The description of what Kibana shows: data views, saved searches, charts, dashboards."""

from typing import Literal

from msgspec import Struct

from schemas.index import mapping
from schemas.json import Json

ChartKind = Literal["histogram", "line", "area", "horizontal_bar", "pie", "table", "metric"]


class DataView(Struct, frozen=True):
    """A data view of the index or alias `{prefix}-{index}`; `time` is its time field. `computed`
    are fields that Kibana works out itself: their type and Painless script."""

    index: str
    time: str
    fields: Json
    computed: Json = {}


class Split(Struct, frozen=True):
    """How a chart is divided into rows, colours or points of the axis: by the `size` most frequent
    values of `field`, or by hours if `field` is the view's time field. `order` is by the first
    number, from the largest or the smallest, or by the value itself."""

    field: str
    size: int = 10
    role: Literal["segment", "group", "bucket"] = "segment"
    order: Literal["largest", "smallest", "value"] = "largest"


class Metric(Struct, frozen=True):
    """A number; `field` is empty for a count. `last` is the value in the newest document."""

    aggregation: Literal["count", "cardinality", "avg", "max", "percentiles", "last"] = "count"
    field: str = ""
    title: str = ""


class Chart(Struct, frozen=True):
    """A chart, table or number; `query` is in Kibana's query language (KQL)."""

    name: str
    title: str
    kind: ChartKind
    view: str
    metrics: tuple[Metric, ...] = (Metric(),)
    splits: tuple[Split, ...] = ()
    query: str = ""


class SavedSearchTable(Struct, frozen=True):
    """A saved search of Kibana's Discover page."""

    name: str
    title: str
    view: str
    columns: tuple[str, ...]
    query: str = ""


class Dashboard(Struct, frozen=True):
    """A dashboard. `panels` are names of charts and saved searches, with width (of 48) and height.
    It shows the last `days`. `controls` are fields of articles to choose values of, with labels."""

    name: str
    title: str
    about: str
    panels: tuple[tuple[str, int, int], ...]
    days: int = 7
    controls: tuple[tuple[str, str], ...] = ()


# of the time in UTC; a number before the name, so that days are in their order
COMPUTED: Json = {
    "hour_of_day": {
        "type": "long",
        "script": {"source": "if (doc['time'].size() > 0) emit(doc['time'].value.getHour());"},
    },
    "weekday": {
        "type": "keyword",
        "script": {
            "source": "if (doc['time'].size() > 0) { "
            "def day = doc['time'].value.getDayOfWeekEnum(); "
            "emit(day.getValue() + ' ' + day.getDisplayName(TextStyle.SHORT, Locale.ROOT)); }"
        },
    },
}
CONTROLS = (
    ("outlet", "Outlet"),
    ("language", "Language"),
    ("place_countries", "Country told of"),
    ("section", "Section"),
    ("source", "Agency"),
)

VIEWS = {
    "articles": DataView("articles", "time", mapping.ARTICLE_FIELDS, COMPUTED),
    "revisions": DataView("revisions", "replaced_at", mapping.REVISION_FIELDS),
    "quarantine": DataView("quarantine", "at", mapping.QUARANTINE_FIELDS),
}

SAVED_SEARCHES = (
    SavedSearchTable(
        "latest",
        "Latest articles",
        "articles",
        ("outlet", "title", "section", "authors", "language"),
    ),
    SavedSearchTable(
        "originals",
        "Originals only",
        "articles",
        ("outlet", "title", "cluster_id"),
        "role : original",
    ),
    SavedSearchTable(
        "corrected", "Versions that were replaced", "revisions", ("outlet", "document_id")
    ),
    SavedSearchTable(
        "failed",
        "What went into quarantine",
        "quarantine",
        ("step", "reason", "outlet", "url", "detail"),
    ),
)

CHARTS = (
    Chart("articles-count", "Articles", "metric", "articles"),
    Chart("outlets-count", "Outlets", "metric", "articles", (Metric("cardinality", "outlet"),)),
    Chart("stories-count", "Stories", "metric", "articles", (Metric("cardinality", "cluster_id"),)),
    Chart(
        "volume",
        "Articles by hour and outlet",
        "histogram",
        "articles",
        splits=(Split("time"), Split("outlet", 12, "group")),
    ),
    Chart(
        "outlets",
        "Articles by outlet",
        "horizontal_bar",
        "articles",
        splits=(Split("outlet", 25),),
    ),
    Chart(
        "stories",
        "Top stories by cluster size",
        "table",
        "articles",
        (
            Metric(title="articles"),
            Metric("cardinality", "outlet", "outlets"),
            Metric("last", "url", "newest"),
        ),
        (Split("cluster_id", 25, "bucket"),),
    ),
    Chart(
        "delay",
        "Seconds from publication to index",
        "line",
        "articles",
        (Metric("percentiles", "delay_seconds"),),
        (Split("time"),),
    ),
    Chart(
        "delay-by-outlet",
        "Seconds from publication to index, by outlet",
        "table",
        "articles",
        (Metric("percentiles", "delay_seconds"), Metric(title="articles")),
        (Split("outlet", 25, "bucket"),),
    ),
    Chart(
        "last-by-outlet",
        "Last article by outlet, the longest silence first",
        "table",
        "articles",
        (
            Metric("max", "time", "last article"),
            Metric(title="articles"),
            Metric("last", "url", "newest"),
        ),
        (Split("outlet", 100, "bucket", "smallest"),),
    ),
    Chart(
        "agencies",
        "Agencies by outlet",
        "table",
        "articles",
        (Metric(title="articles"), Metric("avg", "shared", "share of the original")),
        (Split("source", 25, "bucket"), Split("outlet", 10, "bucket")),
    ),
    Chart(
        "hours",
        "Articles by hour and weekday (UTC)",
        "histogram",
        "articles",
        splits=(
            Split("hour_of_day", 24, order="value"),
            Split("weekday", 7, "group", "value"),
        ),
    ),
    Chart(
        "places",
        "Countries told of",
        "horizontal_bar",
        "articles",
        splits=(Split("place_countries", 25),),
    ),
    Chart(
        "names",
        "Names in the news",
        "horizontal_bar",
        "articles",
        splits=(Split("names", 25),),
    ),
    Chart(
        "events",
        "Events that most outlets tell",
        "table",
        "articles",
        (
            Metric("cardinality", "outlet", "outlets"),
            Metric("cardinality", "language", "languages"),
            Metric("cardinality", "cluster_id", "tellings"),
            Metric(title="articles"),
            Metric("last", "url", "newest"),
        ),
        (Split("event_id", 25, "bucket"),),
    ),
    Chart("languages", "Languages", "pie", "articles", splits=(Split("language", 15),)),
    Chart("roles", "Originals and reprints", "pie", "articles", splits=(Split("role", 5),)),
    Chart(
        "corrections",
        "Replaced versions by outlet",
        "histogram",
        "revisions",
        splits=(Split("replaced_at"), Split("outlet", 12, "group")),
    ),
    Chart(
        "most-corrected",
        "Most often changed articles",
        "table",
        "revisions",
        splits=(Split("document_id", 25, "bucket"), Split("outlet", 1, "bucket")),
    ),
    Chart(
        "quarantine-reasons",
        "Quarantine by reason",
        "histogram",
        "quarantine",
        splits=(Split("at"), Split("reason", 15, "group")),
    ),
    Chart(
        "quarantine-outlets",
        "Quarantine by outlet and stage",
        "table",
        "quarantine",
        splits=(Split("outlet", 25, "bucket"), Split("step", 6, "bucket")),
    ),
)

DASHBOARDS = (
    Dashboard(
        "newsroom",
        "Presswire: the news",
        "Who prints how much, the largest stories and events, languages.",
        (
            ("articles-count", 16, 7),
            ("outlets-count", 16, 7),
            ("stories-count", 16, 7),
            ("volume", 48, 14),
            ("stories", 30, 18),
            ("outlets", 18, 18),
            ("agencies", 24, 16),
            ("hours", 24, 16),
            ("events", 48, 16),
            ("languages", 12, 13),
            ("places", 12, 13),
            ("names", 12, 13),
            ("roles", 12, 13),
            ("latest", 48, 18),
        ),
        controls=CONTROLS,
    ),
    Dashboard(
        "health",
        "Presswire: the pipeline",
        "How late articles are, what was corrected, what failed and why.",
        (
            ("delay", 28, 14),
            ("delay-by-outlet", 20, 14),
            ("last-by-outlet", 48, 16),
            ("corrections", 28, 14),
            ("most-corrected", 20, 14),
            ("quarantine-reasons", 28, 14),
            ("quarantine-outlets", 20, 14),
            ("failed", 48, 16),
        ),
    ),
)
