"""From our description of a chart to the `visState` of a Kibana visualization (based on
aggregations)."""

from schemas.json import Json
from workers.kibana.description import VIEWS, Chart, Metric, Split

INTERVAL = "h"
PERCENTILES = (50, 95)
KINDS_WITH_AXES = frozenset({"histogram", "line", "area", "horizontal_bar"})


def vis_state(chart: Chart) -> Json:
    """Return the visualization's `visState`."""
    metrics = [_metric_agg(str(at), each, chart) for at, each in enumerate(chart.metrics, 1)]
    first_split = len(metrics) + 1
    splits = [_split_agg(str(at), each, chart) for at, each in enumerate(chart.splits, first_split)]
    return {
        "title": chart.title,
        "type": chart.kind,
        "aggs": [*metrics, *splits],
        "params": _params(chart),
    }


def _metric_agg(name: str, metric: Metric, chart: Chart) -> Json:
    params: Json = {"customLabel": metric.title} if metric.title else {}
    kind: str = metric.aggregation
    if metric.field:
        params["field"] = metric.field
    if metric.aggregation == "percentiles":
        params["percents"] = list(PERCENTILES)
    if metric.aggregation == "last":
        kind = "top_hits"
        newest = {"sortField": VIEWS[chart.view].time, "sortOrder": "desc"}
        params |= {"aggregate": "concat", "size": 1, **newest}
    return {"id": name, "enabled": True, "type": kind, "schema": "metric", "params": params}


def _split_agg(name: str, split: Split, chart: Chart) -> Json:
    if split.field == VIEWS[chart.view].time:
        kind, params = "date_histogram", _histogram_params(split.field)
    else:
        kind, params = "terms", _terms_params(split)
    return {"id": name, "enabled": True, "type": kind, "schema": split.role, "params": params}


def _histogram_params(field: str) -> Json:
    return {
        "field": field,
        "interval": INTERVAL,
        "useNormalizedEsInterval": True,
        "scaleMetricValues": False,
        "drop_partials": False,
        "min_doc_count": 1,
        "extended_bounds": {},
    }


def _terms_params(split: Split) -> Json:
    return {
        "field": split.field,
        "orderBy": "_key" if split.size == 1 or split.order == "value" else "1",
        "order": "desc" if split.order == "largest" else "asc",
        "size": split.size,
        "otherBucket": split.role == "group",
        "otherBucketLabel": "others",
        "missingBucket": False,
        "missingBucketLabel": "none",
    }


def _params(chart: Chart) -> Json:
    if chart.kind in KINDS_WITH_AXES:
        return _axes(chart)
    if chart.kind == "table":
        return {
            "perPage": 25,
            "showPartialRows": False,
            "showMetricsAtAllLevels": False,
            "showTotal": False,
            "totalFunc": "sum",
            "percentageCol": "",
        }
    if chart.kind == "pie":
        labels = {"show": True, "values": True, "last_level": True, "truncate": 100}
        return {"type": "pie", "addTooltip": True, "isDonut": True, "labels": labels}
    style = {"bgFill": "#000", "bgColor": False, "labelColor": False, "fontSize": 40}
    metric = {"labels": {"show": True}, "metricColorMode": "None", "style": style}
    ranges = {"colorsRange": [{"from": 0, "to": 10_000}], "colorSchema": "Green to Red"}
    return {"type": "metric", "addTooltip": True, "metric": {**metric, **ranges}}


def _axes(chart: Chart) -> Json:
    is_horizontal = chart.kind == "horizontal_bar"
    series_type = "line" if chart.kind == "line" else "histogram"
    category_side, value_side = ("left", "bottom") if is_horizontal else ("bottom", "left")
    category = _axis("CategoryAxis-1", "category", category_side, "linear")
    value = {**_axis("ValueAxis-1", "value", value_side, "linear"), "name": "LeftAxis-1"}
    return {
        "type": chart.kind,
        "grid": {"categoryLines": False},
        "categoryAxes": [category],
        "valueAxes": [value],
        "seriesParams": [
            _series(str(at), each.title or chart.title, series_type)
            for at, each in enumerate(chart.metrics, 1)
        ],
        "addTooltip": True,
        "addLegend": True,
        "legendPosition": "right",
        "times": [],
        "addTimeMarker": False,
    }


def _axis(name: str, kind: str, position: str, scale: str) -> Json:
    return {
        "id": name,
        "type": kind,
        "position": position,
        "show": True,
        "scale": {"type": scale},
        "labels": {"show": True, "filter": True, "truncate": 100},
        "title": {},
    }


def _series(name: str, label: str, series_type: str) -> Json:
    return {
        "show": True,
        "type": series_type,
        "mode": "normal" if series_type == "line" else "stacked",
        "data": {"label": label, "id": name},
        "valueAxis": "ValueAxis-1",
        "drawLinesBetweenPoints": True,
        "showCircles": True,
    }
