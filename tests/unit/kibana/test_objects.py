"""The dashboards' files: whole, and about fields that there are."""

import json
import re
from pathlib import Path

import pytest

from workers.kibana.description import CHARTS, DASHBOARDS, SAVED_SEARCHES, VIEWS
from workers.kibana.objects import all_saved_objects, saved_object_files, to_ndjson

FOLDER = Path(__file__).parents[3] / "ops" / "kibana"
KEYS = {
    "id",
    "type",
    "attributes",
    "references",
    "coreMigrationVersion",
    "migrationVersion",
}
SUMMED = frozenset({"integer", "long", "float", "date"})
COUNTED = frozenset({"keyword", "boolean", *SUMMED})


def unpacked(value):
    """JSON inside of JSON, opened wherever a key says that it is there."""
    if isinstance(value, dict):
        return {
            key: json.loads(each) if is_packed(key, each) else unpacked(each)
            for key, each in value.items()
        }
    return [unpacked(each) for each in value] if isinstance(value, list) else value


def is_packed(key, value):
    is_named = key.endswith("JSON") or key in {
        "visState",
        "fieldFormatMap",
        "fields",
        "runtimeFieldMap",
    }
    return isinstance(value, str) and is_named


OBJECTS = all_saved_objects("presswire")
VISUALIZATIONS = [each for each in OBJECTS if each["type"] == "visualization"]
SEARCHES = [each for each in OBJECTS if each["type"] == "search"]
SAVED_DASHBOARDS = [each for each in OBJECTS if each["type"] == "dashboard"]


def view_of(saved):
    (reference,) = saved["references"]
    return VIEWS[reference["id"].removeprefix("presswire-")]


def type_of(view, field):
    """The mapped type of a field; fails if there is none."""
    return {**view.fields, **view.computed}[field].get("type", "object")


def asked_fields(query):
    return re.findall(r"(\w+) *:", query)


@pytest.mark.parametrize("name", sorted(saved_object_files("presswire")))
def test_the_committed_file_is_what_the_description_makes(name):
    path = FOLDER / f"{name}.ndjson"

    assert path.read_text(encoding="utf-8") == to_ndjson(saved_object_files("presswire")[name]), (
        "run `presswire kibana write`"
    )


def test_every_file_in_the_folder_is_made():
    assert {path.stem for path in FOLDER.glob("*.ndjson")} == set(saved_object_files("presswire"))


@pytest.mark.parametrize("name", sorted(saved_object_files("presswire")))
def test_a_file_can_be_imported_for_itself(name):
    seen = set()
    for line in to_ndjson(saved_object_files("presswire")[name]).splitlines():
        saved = json.loads(line)
        assert set(saved) == KEYS
        key = (saved["type"], saved["id"])
        assert key not in seen
        assert all((ref["type"], ref["id"]) in seen for ref in saved["references"]), key
        seen.add(key)


def test_json_inside_of_json_can_be_read():
    assert all(unpacked(each["attributes"]) for each in OBJECTS)


@pytest.mark.parametrize("saved", VISUALIZATIONS, ids=lambda each: each["id"])
def test_a_chart_asks_only_for_fields_that_can_answer(saved):
    attributes, view = unpacked(saved["attributes"]), view_of(saved)
    aggregations = attributes["visState"]["aggs"]

    assert len({each["id"] for each in aggregations}) == len(aggregations)
    for each in aggregations:
        params = each["params"]
        if each["type"] != "count":
            kind = type_of(view, params["field"])
            wanted = SUMMED if each["type"] in {"avg", "max", "percentiles"} else COUNTED
            assert kind in ({"date"} if each["type"] == "date_histogram" else wanted)
        if "sortField" in params:
            assert type_of(view, params["sortField"]) == "date"
        if each["type"] == "terms" and params["orderBy"] != "_key":
            assert params["orderBy"] in {other["id"] for other in aggregations}
    search = attributes["kibanaSavedObjectMeta"]["searchSourceJSON"]
    assert search["indexRefName"] == saved["references"][0]["name"]
    assert all(field in view.fields for field in asked_fields(search["query"]["query"]))


@pytest.mark.parametrize("saved", VISUALIZATIONS, ids=lambda each: each["id"])
def test_a_charts_series_and_axes_belong_together(saved):
    state = json.loads(saved["attributes"]["visState"])
    if "seriesParams" not in state["params"]:
        return
    measures = {each["id"] for each in state["aggs"] if each["schema"] == "metric"}
    axes = {axis["id"] for axis in state["params"]["valueAxes"]}

    assert {each["data"]["id"] for each in state["params"]["seriesParams"]} == measures
    assert {each["valueAxis"] for each in state["params"]["seriesParams"]} <= axes
    assert sum(each["schema"] == "segment" for each in state["aggs"]) == 1


@pytest.mark.parametrize("saved", SEARCHES, ids=lambda each: each["id"])
def test_a_saved_search_shows_and_asks_only_for_fields_that_there_are(saved):
    attributes, view = unpacked(saved["attributes"]), view_of(saved)

    assert set(attributes["columns"]) <= set(view.fields)
    assert all(type_of(view, field) == "date" for field, _ in attributes["sort"])
    query = attributes["kibanaSavedObjectMeta"]["searchSourceJSON"]["query"]["query"]
    assert all(field in view.fields for field in asked_fields(query))


@pytest.mark.parametrize("saved", SAVED_DASHBOARDS, ids=lambda each: each["id"])
def test_a_dashboards_panels_are_referred_to_and_do_not_overlap(saved):
    panels = json.loads(saved["attributes"]["panelsJSON"])
    named = {f"{panel['panelIndex']}:{panel['panelRefName']}": panel["type"] for panel in panels}
    cells = [
        (left, top)
        for panel in panels
        for left in range(panel["gridData"]["x"], panel["gridData"]["x"] + panel["gridData"]["w"])
        for top in range(panel["gridData"]["y"], panel["gridData"]["y"] + panel["gridData"]["h"])
    ]

    shown = [ref for ref in saved["references"] if not ref["name"].startswith("controlGroup_")]
    assert {ref["name"]: ref["type"] for ref in shown} == named
    assert len(cells) == len(set(cells))
    assert max(left for left, _ in cells) < 48


@pytest.mark.parametrize("view", VIEWS.values(), ids=list(VIEWS))
def test_a_view_is_ordered_by_a_date_of_its_index(view):
    assert type_of(view, view.time) == "date"


def test_all_that_was_asked_for_is_shown_on_a_board():
    shown = {name for board in DASHBOARDS for name, _, _ in board.panels}

    assert {each.name for each in CHARTS} <= shown
    assert {"volume", "stories", "delay", "languages", "corrections", "quarantine-reasons"} <= shown
    assert {each.view for each in SAVED_SEARCHES} == set(VIEWS)


def test_ids_lead_to_their_pages():
    (view,) = [
        unpacked(each["attributes"])
        for each in all_saved_objects("presswire", "https://wire.example.org/")
        if each["id"] == "presswire-articles"
    ]

    templates = {
        name: view["fieldFormatMap"][name]["params"]["urlTemplate"]
        for name in ("document_id", "cluster_id")
    }
    assert templates == {
        "document_id": "https://wire.example.org/articles/{{value}}",
        "cluster_id": "https://wire.example.org/clusters/{{value}}",
    }


def test_controls_choose_among_values_of_articles():
    (board,) = [each for each in SAVED_DASHBOARDS if each["id"] == "presswire-newsroom"]
    controls = unpacked(board["attributes"])["controlGroupInput"]["panelsJSON"]
    views = {each["name"]: each["id"] for each in board["references"]}

    assert sorted(each["order"] for each in controls.values()) == list(range(len(controls)))
    for name, control in controls.items():
        assert type_of(VIEWS["articles"], control["explicitInput"]["fieldName"]) == "keyword"
        assert views[f"controlGroup_{name}:optionsListDataView"] == "presswire-articles"


def test_two_deployments_do_not_overwrite_each_others_boards():
    first = {each["id"] for each in all_saved_objects("one")}
    second = {each["id"] for each in all_saved_objects("two")}

    assert not first & second
