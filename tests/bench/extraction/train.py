"""Trains the block scorer anew and writes its trees as JSON.

    PYTHONPATH=. python tests/bench/extraction/train.py --data DIR --out workers/parse/body/scorer.json

DIR holds manifest.json and the pages. Needs lightgbm and numpy beside the package's own needs, so
run it from an environment of its own; the package itself needs neither. Deterministic: the same
data and lightgbm give the same file. `--cross` prints errors on publishers left out instead.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
import labels

from workers.outcomes import GiveUp
from workers.parse import extract
from workers.parse.body import features, selection
from workers.urls import host_of, registrable_domain

SNIPPET_WEIGHT = 0.15
SETTINGS = {
    **{"objective": "binary", "num_leaves": 8, "max_depth": 4, "learning_rate": 0.12},
    **{"min_data_in_leaf": 40, "lambda_l2": 5.0, "feature_fraction": 0.4},
    **{"bagging_fraction": 0.8, "bagging_freq": 1, "seed": 1, "verbose": -1},
    **{"deterministic": True, "num_threads": 1},
}
TREES = 80
# The more of it, the less likely the story; a prior that saves small data from accidents.
FALLING = set(
    "near_related near_clutter near_byline near_caption says_clutter says_credit says_byline "
    "says_bio in_aside in_figure linked is_link starts_link ends_credit headline_share "
    "prompt_words bio_words credit_words names_author starts_author repeats out hidden twins "
    "branch_linked branch_said branch_teasers parent_linked parent_teasers foreign_article".split()
)
RISING = set("parent_prose class_prose sentence branch_share parent_share".split())
MONOTONE = [-1 if n in FALLING else 1 if n in RISING else 0 for n in features.NAMES]


def samples(data: Path) -> list[dict[str, Any]]:
    """Rows, labels and weights of every page that can be read, with its publisher's fold."""
    found = []
    for record in json.loads((data / "manifest.json").read_text("utf8"))["records"]:
        raw = (data / record["file"]).read_bytes()
        try:
            scene = extract.prepare(raw, record["url"]).scene
        except GiveUp:
            continue
        texts, judged, _ = selection.candidates(scene)
        strings = [scene.page.runs[at].text for at in judged]
        marks, weights = labels.label(strings, record["expected"])
        scale = SNIPPET_WEIGHT if "with" in record["expected"] else 1.0
        domain = registrable_domain(host_of(record["url"]))
        number = int(hashlib.md5(domain.encode()).hexdigest(), 16)  # noqa: S324  a split
        found.append(
            {
                "rows": features.table(scene, texts, judged),
                "labels": marks,
                "weights": [weight * scale + 0.002 for weight in weights],
                "fold": number % 5,
                "third": number % 3,
                "set": record["set"],
            }
        )
    return found


def matrix(pages: list[dict[str, Any]]) -> tuple[Any, Any, Any]:
    """The labelled rows of `pages`, their labels and weights (mean 1)."""
    rows, marks, weights = [], [], []
    for page in pages:
        for row, mark, weight in zip(page["rows"], page["labels"], page["weights"], strict=True):
            if mark != labels.UNKNOWN:
                rows.append(row)
                marks.append(mark)
                weights.append(weight)
    scaled = np.array(weights)
    return np.array(rows, dtype=float), np.array(marks), scaled / scaled.mean()


def fit(pages: list[dict[str, Any]]) -> lightgbm.Booster:
    rows, marks, weights = matrix(pages)
    data = lightgbm.Dataset(rows, marks, weight=weights, feature_name=list(features.NAMES))
    return lightgbm.train({**SETTINGS, "monotone_constraints": MONOTONE}, data, TREES)


def cross(pages: list[dict[str, Any]]) -> None:
    """Prints the part of the text judged wrongly on publishers that training did not see."""
    wrong: dict[str, list[float]] = {}
    for fold in range(5):
        model = fit([page for page in pages if page["fold"] != fold])
        for page in (page for page in pages if page["fold"] == fold and page["rows"]):
            guess = model.predict(np.array(page["rows"], dtype=float)) > 0.5
            errors = sum(
                weight
                for mark, weight, own in zip(page["labels"], page["weights"], guess, strict=True)
                if mark != labels.UNKNOWN and own != mark
            )
            wrong.setdefault(page["set"], []).append(errors)
    for name, errors in wrong.items():
        print(f"{name}: {sum(errors) / len(errors):.4f} wrong, by weight, on {len(errors)} pages")


def nested(node: dict[str, Any]) -> Any:
    """A tree of lightgbm's dump as `[feature, threshold, at most, more]`."""
    if "leaf_value" in node:
        return round(node["leaf_value"], 4)
    name = features.NAMES[node["split_feature"]]
    threshold = float(f"{node['threshold']:.6g}")
    return [name, threshold, nested(node["left_child"]), nested(node["right_child"])]


def write(model: lightgbm.Booster, out: Path) -> None:
    trees = [nested(info["tree_structure"]) for info in model.dump_model()["tree_info"]]
    lines = ",\n".join(json.dumps(tree, separators=(",", ":")) for tree in trees)
    out.write_text(f'{{"start": 0.0, "trees": [\n{lines}\n]}}\n', "utf8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--cross", action="store_true")
    parser.add_argument("--tune", action="store_true", help="train on two thirds of the publishers")
    options = parser.parse_args()
    pages = samples(options.data)
    if options.tune:
        pages = [page for page in pages if page["third"]]
    if options.cross:
        cross(pages)
    if options.out:
        write(fit(pages), options.out)


if __name__ == "__main__":
    main()
