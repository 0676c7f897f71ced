"""ops/grafana: each dashboard asks only for what `presswire metrics` has."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from workers.monitoring.metrics import Metrics
from workers.services import Services
from workers.settings import Settings

FOLDER = Path(__file__).parents[3] / "ops" / "grafana"
BOARDS = {path.name: json.loads(path.read_text("utf-8")) for path in FOLDER.glob("*.json")}
TARGETS = [
    (name, panel["title"], target["expr"])
    for name, board in BOARDS.items()
    for panel in board["panels"]
    for target in panel["targets"]
]
# what a family's samples are called beside its name
ENDINGS = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}
SELECTOR = re.compile(r"(presswire_\w+)(?:\{([^}]*)\})?")
# of Prometheus itself
ALWAYS = {"le"}


@pytest.fixture(scope="module")
def labels():
    """Each sample's name with its labels."""
    families = list(Metrics(Services(Settings()), dict).describe())
    return {
        f"{family.name}{ending}": set(family._labelnames)  # noqa: SLF001  prometheus_client's
        for family in families
        for ending in ENDINGS[family.type]
    }


def test_there_are_dashboards():
    assert set(BOARDS) == {"pipeline.json", "outlets.json"}
    assert len({board["uid"] for board in BOARDS.values()}) == len(BOARDS)


@pytest.mark.parametrize(("board", "panel", "expr"), TARGETS)
def test_a_panel_asks_for_metrics_and_labels_that_exist(labels, board, panel, expr):
    asked = SELECTOR.findall(expr)
    assert asked, (board, panel)
    for name, matchers in asked:
        assert name in labels
        assert set(re.findall(r"(\w+)\s*(?:=~|!=|!~|=)", matchers)) <= labels[name]
    grouped = re.findall(r"by \(([^)]*)\)", expr)
    wanted = {word.strip() for words in grouped for word in words.split(",")}
    assert wanted <= set().union(*(labels[name] for name, _ in asked)) | ALWAYS


def test_every_metric_is_in_a_dashboard(labels):
    text = " ".join(expr for *_, expr in TARGETS)
    shown = {name for name, _ in SELECTOR.findall(text)}
    families = {re.sub(r"_(bucket|sum|count|total)$", "", name) for name in labels}
    seen = {re.sub(r"_(bucket|sum|count|total)$", "", name) for name in shown}
    assert families == seen


def test_prometheus_reads_every_expression(tmp_path):
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed (Debian: prometheus)")
    rules = [
        {"record": f"panel:{number}", "expr": expr.replace("$outlet", ".*")}
        for number, (*_, expr) in enumerate(TARGETS)
    ]
    file = tmp_path / "panels.yml"  # JSON is YAML
    file.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    done = subprocess.run(
        [promtool, "check", "rules", file], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_no_panel_lies_on_another(board):
    taken = set()
    for panel in board["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells
