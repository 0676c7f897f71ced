"""Learns the weights of the headline's sources anew, and tells how well they do.

    PYTHONPATH=. python tests/bench/extraction/train_title.py --data DIR

DIR holds manifest.json and the pages. Prints the table of `workers.parse.fields.title_vote` as
learned from all pages, and the titles found by it: fitted, and each by weights that did not see its
publisher.
A page is a choice among its candidates (conditional logit); no more than the package is needed.
Sets whose titles were not taken from the page's own tags count for less.
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
Same = Callable[[str, str], bool]


class Page(Struct):
    """What each candidate of a page is told by, as a row of 0 and 1, and which ones are right."""

    publisher: str
    is_main: bool
    rows: list[Weights]
    right: list[bool]


def scorer(path: Path) -> Same:
    """The scorer's own judgement of two titles."""
    spec = importlib.util.spec_from_file_location("score", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"no scorer at {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    same: Same = module.title_exact
    return same


def alike(wanted: str, found: str) -> bool:
    """Equal but for case and spaces; what judges where no scorer is given."""
    return " ".join(unescape(wanted).casefold().split()) == " ".join(found.casefold().split())


def read(data: Path, main_set: str, same: Same) -> list[Page]:
    """All pages whose title is known."""
    found = []
    for record in json.loads((data / "manifest.json").read_text("utf8"))["records"]:
        if wanted := record["expected"].get("title"):
            html = decoding.decode((data / record["file"]).read_bytes())
            voices = candidates(html, record["url"])
            rows = [row(one) for one in voices]
            right = [same(wanted, one[0][0]) for one in voices]
            publisher = registrable_domain(host_of(record["url"]))
            found.append(Page(publisher, record["set"] == main_set, rows, right))
    return found


def candidates(html: str, url: str) -> list[list[title_vote.Candidate]]:
    """As the title's reader sees them, where the weights decide; else the one that is taken."""
    document = LexborHTMLParser(html)
    if document.body is None:
        return []
    page = tree.walk(document.body)
    found = title.candidates(page, metadata.read(document, page.loose), url)
    decided = title_vote.resolve_single_source(found)
    return [decided] if decided else list(found.values())


def row(voices: list[title_vote.Candidate]) -> Weights:
    """How many voices of each kind."""
    kinds = [title_vote.kind(origin) for _, origin in voices]
    return [float(kinds.count(kind)) for kind in KINDS]


def score(weights: Weights, features: Weights) -> float:
    return sum(map(float.__mul__, weights, features))


def shares(weights: Weights, page: Page) -> Weights:
    """The probability of each candidate."""
    raised = [exp(score(weights, one)) for one in page.rows]
    return [one / sum(raised) for one in raised]


def slope(weights: Weights, page: Page) -> Weights:
    """Where the page would move the weights."""
    chances = shares(weights, page)
    good = sum(chance for chance, is_right in zip(chances, page.right, strict=True) if is_right)
    pull = [
        (chance / good if is_right else 0.0) - chance
        for chance, is_right in zip(chances, page.right, strict=True)
    ]
    scale = 1.0 if page.is_main else LESSER_WEIGHT
    return [scale * score(pull, list(column)) for column in zip(*page.rows, strict=True)]


def fit(pages: Iterable[Page]) -> Weights:
    """The weights that make the right choices likeliest, kept small (Adam, ridge)."""
    telling = [page for page in pages if is_telling(page)]
    weights, mean, square = ([0.0] * len(KINDS) for _ in range(3))
    for step in range(1, STEPS + 1):
        slopes = [slope(weights, page) for page in telling]
        total = [sum(column) for column in zip(*slopes, strict=True)]
        total = [one - RIDGE * weight for one, weight in zip(total, weights, strict=True)]
        mean = [0.9 * old + 0.1 * new for old, new in zip(mean, total, strict=True)]
        square = [0.99 * old + 0.01 * new**2 for old, new in zip(square, total, strict=True)]
        weights = [
            weight + RATE * (m / (1 - 0.9**step)) / ((s / (1 - 0.99**step)) ** 0.5 + 1e-8)
            for weight, m, s in zip(weights, mean, square, strict=True)
        ]
    return weights


def is_telling(page: Page) -> bool:
    """True where it matters which candidate is taken."""
    return any(page.right) and not all(page.right)


def is_found(weights: Weights, page: Page) -> bool:
    """True if the heaviest candidate is a right one."""
    scores = [score(weights, one) for one in page.rows]
    return bool(scores) and page.right[scores.index(max(scores))]


def cross(pages: list[Page]) -> list[bool]:
    """Each page of the main set by weights that did not see its publisher."""
    models: dict[str, Weights] = {}
    found = []
    for page in (page for page in pages if page.is_main):
        own = page.publisher
        if own not in models and is_telling(page):
            models[own] = fit(other for other in pages if other.publisher != own)
        found.append(is_found(models.get(own, [0.0] * len(KINDS)), page))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--main-set", default="fundus")
    parser.add_argument("--scorer", type=Path, help="score.py, for its comparison of titles")
    options = parser.parse_args()
    same = scorer(options.scorer) if options.scorer else alike
    pages = read(options.data, options.main_set, same)
    weights = fit(pages)
    print(json.dumps(dict(zip(KINDS, (round(one, 2) for one in weights), strict=True)), indent=4))
    print(report("fitted", [is_found(weights, page) for page in pages if page.is_main]))
    print(report("other sets", [is_found(weights, page) for page in pages if not page.is_main]))
    present = list(title_vote.WEIGHTS.values())
    print(report("package", [is_found(present, page) for page in pages if page.is_main]))
    print(report("cross-validated", cross(pages)))


def report(name: str, found: list[bool]) -> str:
    """One line of the result."""
    return f"{name}: {sum(found)} of {len(found)} ({sum(found) / max(1, len(found)):.3f})"


if __name__ == "__main__":
    main()
