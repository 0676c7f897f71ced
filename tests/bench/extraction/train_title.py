"""Learns the weights of the headline's sources, and prints how many titles are right by them.

    PYTHONPATH=. python tests/bench/extraction/train_title.py --data DIR

DIR has manifest.json and the pages. Prints the weights of `workers.parse.fields.title_vote` as
learned from all pages, and how many titles are right by them, by those of the package, and each by
weights that did not see its publisher. A page is a choice among its candidates (conditional logit);
the package's own dependencies are enough. Sets whose titles were not taken from the page's own tags
count for less.
"""

import argparse
import importlib.util
import json
from collections.abc import Callable, Iterable
from html import unescape
from math import exp
from pathlib import Path

from msgspec import Struct
from selectolax.lexbor import LexborHTMLParser

from workers.parse.fields import title, title_vote
from workers.parse.html import decoding, metadata, tree
from workers.urls import host_of, registrable_domain

KINDS = list(title_vote.WEIGHTS)
LESSER_WEIGHT = 0.1
RIDGE = 0.2
STEPS = 200
RATE = 0.1

Weights = list[float]
Comparison = Callable[[str, str], bool]


class Page(Struct):
    """The candidates of a page: how many sources of each kind name them, and which are right."""

    publisher: str
    is_main: bool
    rows: list[Weights]
    right: list[bool]


def load_comparison(path: Path) -> Comparison:
    """Return the scorer's own comparison of two titles.

    Raises:
        SystemExit: there is no scorer at `path`.
    """
    spec = importlib.util.spec_from_file_location("score", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"no scorer at {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    comparison: Comparison = module.title_exact
    return comparison


def is_same_title(expected: str, actual: str) -> bool:
    """Return True if the titles are equal but for case and spaces; used without a scorer."""
    return " ".join(unescape(expected).casefold().split()) == " ".join(actual.casefold().split())


def read_pages(data: Path, main_set: str, is_same: Comparison) -> list[Page]:
    """Return all pages whose title is known."""
    pages = []
    for record in json.loads((data / "manifest.json").read_text("utf8"))["records"]:
        if expected := record["expected"].get("title"):
            html = decoding.decode((data / record["file"]).read_bytes())
            candidates = find_candidates(html, record["url"])
            rows = [count_kinds(sources) for sources in candidates]
            right = [is_same(expected, sources[0][0]) for sources in candidates]
            publisher = registrable_domain(host_of(record["url"]))
            pages.append(Page(publisher, record["set"] == main_set, rows, right))
    return pages


def find_candidates(html: str, url: str) -> list[list[title_vote.Candidate]]:
    """Return the sources of each candidate; where the weights do not decide, of the one taken."""
    document = LexborHTMLParser(html)
    if document.body is None:
        return []
    page = tree.build_tree(document.body)
    by_title = title.find_candidates(
        page, metadata.read_metadata(document, page.metadata_nodes), url
    )
    decided = title_vote.resolve_single_source(by_title)
    return [decided] if decided else list(by_title.values())


def count_kinds(sources: list[title_vote.Candidate]) -> Weights:
    """Return how many sources there are of each kind."""
    kinds = [title_vote.source_kind(origin) for _, origin in sources]
    return [float(kinds.count(kind)) for kind in KINDS]


def score(weights: Weights, row: Weights) -> float:
    """Return the weighted sum of a row."""
    return sum(map(float.__mul__, weights, row))


def probabilities(weights: Weights, page: Page) -> Weights:
    """Return the probability of each candidate."""
    raised = [exp(score(weights, row)) for row in page.rows]
    return [value / sum(raised) for value in raised]


def gradient(weights: Weights, page: Page) -> Weights:
    """Return the gradient of the page's log likelihood by the weights."""
    chances = probabilities(weights, page)
    right_chance = sum(chance for chance, right in zip(chances, page.right, strict=True) if right)
    pull = [
        (chance / right_chance if right else 0.0) - chance
        for chance, right in zip(chances, page.right, strict=True)
    ]
    scale = 1.0 if page.is_main else LESSER_WEIGHT
    return [scale * score(pull, list(column)) for column in zip(*page.rows, strict=True)]


def fit(pages: Iterable[Page]) -> Weights:
    """Return the weights that make the right choices likeliest, kept small (Adam, ridge)."""
    decisive = [page for page in pages if is_decisive(page)]
    weights, mean, square = ([0.0] * len(KINDS) for _ in range(3))
    for step in range(1, STEPS + 1):
        gradients = [gradient(weights, page) for page in decisive]
        total = [sum(column) for column in zip(*gradients, strict=True)]
        total = [value - RIDGE * weight for value, weight in zip(total, weights, strict=True)]
        mean = [0.9 * old + 0.1 * new for old, new in zip(mean, total, strict=True)]
        square = [0.99 * old + 0.01 * new**2 for old, new in zip(square, total, strict=True)]
        weights = [
            weight + RATE * (m / (1 - 0.9**step)) / ((s / (1 - 0.99**step)) ** 0.5 + 1e-8)
            for weight, m, s in zip(weights, mean, square, strict=True)
        ]
    return weights


def is_decisive(page: Page) -> bool:
    """Return True if it matters which candidate is taken."""
    return any(page.right) and not all(page.right)


def is_right(weights: Weights, page: Page) -> bool:
    """Return True if the candidate with the highest score is a right one."""
    scores = [score(weights, row) for row in page.rows]
    return bool(scores) and page.right[scores.index(max(scores))]


def cross_validate(pages: list[Page]) -> list[bool]:
    """Return for each page of the main set if weights without its publisher find its title."""
    weights_without: dict[str, Weights] = {}
    results = []
    for page in (page for page in pages if page.is_main):
        publisher = page.publisher
        if publisher not in weights_without and is_decisive(page):
            others = (other for other in pages if other.publisher != publisher)
            weights_without[publisher] = fit(others)
        results.append(is_right(weights_without.get(publisher, [0.0] * len(KINDS)), page))
    return results


def main() -> None:
    """Print the weights, and how many titles are right by them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--main-set", default="fundus")
    parser.add_argument("--scorer", type=Path, help="score.py, for its comparison of titles")
    options = parser.parse_args()
    is_same = load_comparison(options.scorer) if options.scorer else is_same_title
    pages = read_pages(options.data, options.main_set, is_same)
    main_pages = [page for page in pages if page.is_main]
    other_pages = [page for page in pages if not page.is_main]
    weights = fit(pages)
    rounded = (round(weight, 2) for weight in weights)
    print(json.dumps(dict(zip(KINDS, rounded, strict=True)), indent=4))
    print(format_result("fitted", [is_right(weights, page) for page in main_pages]))
    print(format_result("other sets", [is_right(weights, page) for page in other_pages]))
    present = list(title_vote.WEIGHTS.values())
    print(format_result("package", [is_right(present, page) for page in main_pages]))
    print(format_result("cross-validated", cross_validate(pages)))


def format_result(name: str, results: list[bool]) -> str:
    """Return how many of the results are right, as a line."""
    share = sum(results) / max(1, len(results))
    return f"{name}: {sum(results)} of {len(results)} ({share:.3f})"


if __name__ == "__main__":
    main()
