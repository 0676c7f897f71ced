"""Kibana's saved objects, made from the description: one JSON object a line."""

import json

from schemas.json import Json
from workers.kibana import charts
from workers.kibana.description import (
    CHARTS,
    DASHBOARDS,
    SAVED_SEARCHES,
    VIEWS,
    Chart,
    Dashboard,
    SavedSearchTable,
    View,
)

# The format of 8.0: every later 8.x brings it up to its own when it imports.
FORMAT = "8.0.0"
WIDTH = 48
SEARCH_SOURCE = "kibanaSavedObjectMeta.searchSourceJSON.index"


def files(prefix: str) -> dict[str, list[Json]]:
    """Return saved objects by file name. Each file can be imported by itself, views first."""
    views = [_view(prefix, name, view) for name, view in VIEWS.items()]
    made = {
        "views": views,
        "searches": [*views, *(_listing(prefix, each) for each in SAVED_SEARCHES)],
    }
    for board in DASHBOARDS:
        made[board.name] = _whole(prefix, board, views)
    return made


def everything(prefix: str) -> list[Json]:
    """Return all saved objects, each once and after those it refers to."""
    rows = [each for part in files(prefix).values() for each in part]
    return list({(each["type"], each["id"]): each for each in rows}.values())


def ndjson(objects: list[Json]) -> str:
    """Return the text of an import file."""
    lines = (json.dumps(each, sort_keys=True, ensure_ascii=False) for each in objects)
    return "".join(f"{line}\n" for line in lines)


def _whole(prefix: str, board: Dashboard, views: list[Json]) -> list[Json]:
    names = [name for name, _, _ in board.panels]
    shown = [_chart(prefix, each) for each in CHARTS if each.name in names]
    shown += [_listing(prefix, each) for each in SAVED_SEARCHES if each.name in names]
    return [*views, *shown, _board(prefix, board)]


def _saved(kind: str, name: str, attributes: Json, references: list[Json]) -> Json:
    return {
        "id": name,
        "type": kind,
        "attributes": attributes,
        "references": references,
        "coreMigrationVersion": FORMAT,
        "migrationVersion": {kind: FORMAT},
    }


def _packed(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _view(prefix: str, name: str, view: View) -> Json:
    formats = {
        "url": {
            "id": "url",
            "params": {"labelTemplate": "{{value}}", "openLinkInCurrentTab": False},
        },
        "delay_seconds": {
            "id": "duration",
            "params": {"inputFormat": "seconds", "outputFormat": "humanize"},
        },
    }
    attributes = {
        "title": f"{prefix}-{view.index}",
        "name": f"{prefix} {name}",
        "timeFieldName": view.time,
        "fields": "[]",
        "fieldAttrs": "{}",
        "fieldFormatMap": _packed({k: v for k, v in formats.items() if k in view.fields}),
        "runtimeFieldMap": "{}",
        "sourceFilters": "[]",
        "typeMeta": "{}",
    }
    return _saved("index-pattern", f"{prefix}-{name}", attributes, [])


def _source(prefix: str, view: str, query: str) -> tuple[str, Json]:
    """Return a `searchSourceJSON`, and the reference that it needs."""
    searched = {
        "query": {"query": query, "language": "kuery"},
        "filter": [],
        "indexRefName": SEARCH_SOURCE,
    }
    reference = {"name": SEARCH_SOURCE, "type": "index-pattern", "id": f"{prefix}-{view}"}
    return _packed(searched), reference


def _chart(prefix: str, chart: Chart) -> Json:
    source, reference = _source(prefix, chart.view, chart.query)
    attributes = {
        "title": chart.title,
        "description": "",
        "visState": _packed(charts.state(chart)),
        "uiStateJSON": "{}",
        "version": 1,
        "kibanaSavedObjectMeta": {"searchSourceJSON": source},
    }
    return _saved("visualization", f"{prefix}-{chart.name}", attributes, [reference])


def _listing(prefix: str, listing: SavedSearchTable) -> Json:
    source, reference = _source(prefix, listing.view, listing.query)
    attributes = {
        "title": listing.title,
        "description": "",
        "columns": list(listing.columns),
        "sort": [[VIEWS[listing.view].time, "desc"]],
        "grid": {},
        "hideChart": False,
        "kibanaSavedObjectMeta": {"searchSourceJSON": source},
    }
    return _saved("search", f"{prefix}-{listing.name}", attributes, [reference])


def _board(prefix: str, board: Dashboard) -> Json:
    listed = {each.name for each in SAVED_SEARCHES}
    panels, references = [], []
    for place, (name, width, height, left, top) in enumerate(_placed(board), 1):
        kind = "search" if name in listed else "visualization"
        panels.append(_panel(str(place), kind, (left, top, width, height)))
        panel = {"name": f"{place}:panel_{place}", "type": kind, "id": f"{prefix}-{name}"}
        references.append(panel)
    attributes = {
        "title": board.title,
        "description": board.about,
        "panelsJSON": _packed(panels),
        "optionsJSON": _packed({"useMargins": True, "hidePanelTitles": False}),
        "timeRestore": True,
        "timeFrom": f"now-{board.days}d",
        "timeTo": "now",
        "refreshInterval": {"pause": False, "value": 60_000},
        "version": 1,
        "kibanaSavedObjectMeta": {
            "searchSourceJSON": _packed({"query": {"query": "", "language": "kuery"}, "filter": []})
        },
    }
    return _saved("dashboard", f"{prefix}-{board.name}", attributes, references)


def _panel(place: str, kind: str, at: tuple[int, int, int, int]) -> Json:
    left, top, width, height = at
    return {
        "version": FORMAT,
        "type": kind,
        "panelIndex": place,
        "panelRefName": f"panel_{place}",
        "gridData": {"x": left, "y": top, "w": width, "h": height, "i": place},
        "embeddableConfig": {"enhancements": {}},
    }


def _placed(board: Dashboard) -> list[tuple[str, int, int, int, int]]:
    """Return name, width, height, left and top of each panel: rows filled from the left."""
    placed, left, top, tallest = [], 0, 0, 0
    for name, width, height in board.panels:
        if left + width > WIDTH:
            left, top, tallest = 0, top + tallest, 0
        placed.append((name, width, height, left, top))
        left, tallest = left + width, max(tallest, height)
    return placed
