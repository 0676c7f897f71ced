"""Learns the weights of the headline's sources, and prints how many titles are right by them.

    PYTHONPATH=. python tests/bench/extraction/train_title.py --data DIR [--scorer SCORE.py]

DIR has manifest.json and the pages. Prints the weights of `workers.parse.fields.title_vote` as
learned from all pages, and by set how many titles are right by them, by those of the package, by
weights that did not see the page's publisher, and how many any weights could get. A page is a
choice among its candidates (conditional logit); the package's own dependencies are enough.
"""

import argparse
import hashlib
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
from workers.urls import domain_of

KINDS = list(title_vote.WEIGHTS)
FOLDS = 10
RIDGE = 1.0
STEPS = 300
RATE = 0.05

Weights = list[float]
Comparison = Callable[[str, str], bool]


class Page(Struct):
    """The candidates of a page: how many sources of each kind name them, and which are right.

    `fold` is of its publisher.
    """

    set_name: str
    fold: int
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


def read_pages(data: Path, is_same: Comparison) -> list[Page]:
    """Return all pages whose title is known."""
    pages = []
    for record in json.loads((data / "manifest.json").read_text("utf8"))["records"]:
        if expected := record["expected"].get("title"):
            html = decoding.decode((data / record["file"]).read_bytes())
            candidates = find_candidates(html, record["url"])
            rows = [count_kinds(sources) for sources in candidates]
            right = [is_same(expected, title_vote.spelling(one)[0]) for one in candidates]
            publisher = domain_of(record["url"])
            number = int(hashlib.md5(publisher.encode()).hexdigest(), 16)  # noqa: S324  a split
            pages.append(Page(record["set"], number % FOLDS, rows, right))
    return pages


def find_candidates(html: str, url: str) -> list[list[title_vote.Candidate]]:
    """Return the sources of each candidate."""
    document = LexborHTMLParser(html)
    if document.body is None:
        return []
    page = tree.build_tree(document.body)
    by_title = title.find_candidates(
        page, metadata.read_metadata(document, page.metadata_nodes), url
    )
    return list(by_title.values())


def count_kinds(sources: list[title_vote.Candidate]) -> Weights:
    """Return how often each key of the weights holds."""
    kinds = title_vote.kinds_of(sources)
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
    return [score(pull, list(column)) for column in zip(*page.rows, strict=True)]


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
    """Return for each page if weights without its publisher find its title."""
    weights = [fit(page for page in pages if page.fold != fold) for fold in range(FOLDS)]
    return [is_right(weights[page.fold], page) for page in pages]


def main() -> None:
    """Print the weights, and how many titles are right by them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--scorer", type=Path, help="score.py, for its comparison of titles")
    options = parser.parse_args()
    is_same = load_comparison(options.scorer) if options.scorer else is_same_title
    pages = read_pages(options.data, is_same)
    weights = fit(pages)
    rounded = (round(weight, 2) for weight in weights)
    print(json.dumps(dict(zip(KINDS, rounded, strict=True)), indent=4))
    present = list(title_vote.WEIGHTS.values())
    print_results("fitted", pages, [is_right(weights, page) for page in pages])
    print_results("package", pages, [is_right(present, page) for page in pages])
    print_results("unseen publishers", pages, cross_validate(pages))
    print_results("any weights", pages, [any(page.right) for page in pages])


def print_results(name: str, pages: list[Page], results: list[bool]) -> None:
    """Print the share of right titles by set."""
    by_set: dict[str, list[bool]] = {}
    for page, result in zip(pages, results, strict=True):
        by_set.setdefault(page.set_name, []).append(result)
    shares = (f"{key} {sum(one) / len(one):.3f}" for key, one in sorted(by_set.items()))
    print(f"{name}: {', '.join(shares)}")


if __name__ == "__main__":
    main()
