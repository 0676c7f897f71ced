"""Kibana's saved objects, made from the description."""

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
    DataView,
    SavedSearchTable,
)

# Every later 8.x converts the format of 8.0 when it imports the objects.
FORMAT_VERSION = "8.0.0"
DEFAULT_SITE = "http://127.0.0.1:8000"
GRID_WIDTH = 48
SEARCH_SOURCE = "kibanaSavedObjectMeta.searchSourceJSON.index"


def saved_object_files(prefix: str, site: str = DEFAULT_SITE) -> dict[str, list[Json]]:
    """Return saved objects by file name. Each file can be imported by itself, views first. Ids are
    links to the pages of the `site`."""
    views = [_data_view(prefix, name, view, site) for name, view in VIEWS.items()]
    objects_by_file = {
        "views": views,
        "searches": [*views, *(_saved_search(prefix, each) for each in SAVED_SEARCHES)],
    }
    for board in DASHBOARDS:
        objects_by_file[board.name] = _dashboard_file(prefix, board, views)
    return objects_by_file


def all_saved_objects(prefix: str, site: str = DEFAULT_SITE) -> list[Json]:
    """Return all saved objects, each once and after those it refers to."""
    objects = [each for part in saved_object_files(prefix, site).values() for each in part]
    return list({(each["type"], each["id"]): each for each in objects}.values())


def to_ndjson(objects: list[Json]) -> str:
    """Return the text of an import file: one JSON object a line."""
    lines = (json.dumps(each, sort_keys=True, ensure_ascii=False) for each in objects)
    return "".join(f"{line}\n" for line in lines)


def _dashboard_file(prefix: str, board: Dashboard, views: list[Json]) -> list[Json]:
    names = [name for name, _, _ in board.panels]
    parts = [_visualization(prefix, each) for each in CHARTS if each.name in names]
    parts += [_saved_search(prefix, each) for each in SAVED_SEARCHES if each.name in names]
    return [*views, *parts, _dashboard(prefix, board)]


def _saved_object(kind: str, name: str, attributes: Json, references: list[Json]) -> Json:
    return {
        "id": name,
        "type": kind,
        "attributes": attributes,
        "references": references,
        "coreMigrationVersion": FORMAT_VERSION,
        "migrationVersion": {kind: FORMAT_VERSION},
    }


def _to_json(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _data_view(prefix: str, name: str, view: DataView, site: str) -> Json:
    formats = {
        "document_id": _link(site, "articles"),
        "cluster_id": _link(site, "clusters"),
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
        "fieldFormatMap": _to_json({k: v for k, v in formats.items() if k in view.fields}),
        "runtimeFieldMap": _to_json(view.computed),
        "sourceFilters": "[]",
        "typeMeta": "{}",
    }
    return _saved_object("index-pattern", f"{prefix}-{name}", attributes, [])


def _link(site: str, page: str) -> Json:
    """Return the format of an id that leads to its page."""
    template = f"{site.rstrip('/')}/{page}/{{{{value}}}}"
    return {"id": "url", "params": {"urlTemplate": template, "labelTemplate": "{{value}}"}}


def _search_source(prefix: str, view: str, query: str) -> tuple[str, Json]:
    """Return a `searchSourceJSON`, and the reference to its data view."""
    source = {
        "query": {"query": query, "language": "kuery"},
        "filter": [],
        "indexRefName": SEARCH_SOURCE,
    }
    reference = {"name": SEARCH_SOURCE, "type": "index-pattern", "id": f"{prefix}-{view}"}
    return _to_json(source), reference


def _visualization(prefix: str, chart: Chart) -> Json:
    source, reference = _search_source(prefix, chart.view, chart.query)
    attributes = {
        "title": chart.title,
        "description": "",
        "visState": _to_json(charts.vis_state(chart)),
        "uiStateJSON": "{}",
        "version": 1,
        "kibanaSavedObjectMeta": {"searchSourceJSON": source},
    }
    return _saved_object("visualization", f"{prefix}-{chart.name}", attributes, [reference])


def _saved_search(prefix: str, table: SavedSearchTable) -> Json:
    source, reference = _search_source(prefix, table.view, table.query)
    attributes = {
        "title": table.title,
        "description": "",
        "columns": list(table.columns),
        "sort": [[VIEWS[table.view].time, "desc"]],
        "grid": {},
        "hideChart": False,
        "kibanaSavedObjectMeta": {"searchSourceJSON": source},
    }
    return _saved_object("search", f"{prefix}-{table.name}", attributes, [reference])


def _dashboard(prefix: str, board: Dashboard) -> Json:
    search_names = {each.name for each in SAVED_SEARCHES}
    panels, references = [], []
    for number, (name, width, height, left, top) in enumerate(_layout_panels(board), 1):
        kind = "search" if name in search_names else "visualization"
        panels.append(_panel(str(number), kind, (left, top, width, height)))
        panel = {"name": f"{number}:panel_{number}", "type": kind, "id": f"{prefix}-{name}"}
        references.append(panel)
    references += [
        {
            "name": f"controlGroup_{field}:optionsListDataView",
            "type": "index-pattern",
            "id": f"{prefix}-articles",
        }
        for field, _ in board.controls
    ]
    attributes = {
        "title": board.title,
        "description": board.about,
        "panelsJSON": _to_json(panels),
        "optionsJSON": _to_json({"useMargins": True, "hidePanelTitles": False}),
        "timeRestore": True,
        "timeFrom": f"now-{board.days}d",
        "timeTo": "now",
        "refreshInterval": {"pause": False, "value": 60_000},
        "version": 1,
        "kibanaSavedObjectMeta": {
            "searchSourceJSON": _to_json(
                {"query": {"query": "", "language": "kuery"}, "filter": []}
            )
        },
    }
    if board.controls:
        attributes["controlGroupInput"] = _control_group(board)
    return _saved_object("dashboard", f"{prefix}-{board.name}", attributes, references)


def _control_group(board: Dashboard) -> Json:
    """Return the lists of values above a dashboard, each narrowed by those before it."""
    ignored = ("ignoreFilters", "ignoreQuery", "ignoreTimerange", "ignoreValidations")
    panels = {
        field: {
            "type": "optionsListControl",
            "order": order,
            "grow": True,
            "width": "medium",
            "explicitInput": {"id": field, "fieldName": field, "title": label},
        }
        for order, (field, label) in enumerate(board.controls)
    }
    return {
        "controlStyle": "oneLine",
        "chainingSystem": "HIERARCHICAL",
        "ignoreParentSettingsJSON": _to_json(dict.fromkeys(ignored, False)),
        "panelsJSON": _to_json(panels),
    }


def _panel(index: str, kind: str, grid: tuple[int, int, int, int]) -> Json:
    left, top, width, height = grid
    return {
        "version": FORMAT_VERSION,
        "type": kind,
        "panelIndex": index,
        "panelRefName": f"panel_{index}",
        "gridData": {"x": left, "y": top, "w": width, "h": height, "i": index},
        "embeddableConfig": {"enhancements": {}},
    }


def _layout_panels(board: Dashboard) -> list[tuple[str, int, int, int, int]]:
    """Return name, width, height, left and top of each panel: rows filled from the left."""
    placed, left, top, tallest = [], 0, 0, 0
    for name, width, height in board.panels:
        if left + width > GRID_WIDTH:
            left, top, tallest = 0, top + tallest, 0
        placed.append((name, width, height, left, top))
        left, tallest = left + width, max(tallest, height)
    return placed
