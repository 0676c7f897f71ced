"""Compares our extractor with public ones in one run: body F1, fields, time and its ratio.

    .venv/bin/python tests/bench/extraction/bench_extraction.py --data DIR --scorer DIR/score.py \\
        [--peers PYTHON] [--peer trafilatura --peer readability] [--split dev]

DIR has manifest.json and the pages. The scorer is run as a program, once for each extractor. Ours
runs with this interpreter: compiled (see workers/mypyc_loader.py), interpreted, and once as in the
pipeline, with all fields of the article and not only those of the table. The peers have many
dependencies: `--peers` is the interpreter of an environment that has them; without it only ours is
measured. All run one after the other on the same machine, so that the time ratio holds.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from workers import mypyc_loader
from workers.exceptions import PermanentFailure
from workers.parse.extract import read

FOUR_FIELDS = "workers.parse.extract:extract"
WHOLE_ARTICLE = "tests.bench.extraction.bench_extraction:read_article"
COLUMNS = {
    "f1": "body F1",
    "title_exact": "title",
    "author_set": "authors",
    "date_day": "day",
    "date_minute": "minute",
    "ms_median": "ms",
    "ms_p95": "p95 ms",
}


def read_article(html: bytes | str, url: str) -> dict[str, object]:
    """Return the four fields that the scorer compares, after reading the whole article."""
    try:
        article = read(html, url).article
    except PermanentFailure:
        return {}
    return {
        "title": article.title,
        "body": article.body,
        "authors": article.authors,
        "published": article.published,
    }


def run_scorer(
    python: str, extractor: str, arguments: list[str], **environment: str
) -> list[dict[str, Any]]:
    """Return the scorer's line for each set.

    Raises:
        CalledProcessError: the scorer fails.
    """
    command = [python, *arguments, "--extractor", extractor, "--set", "all"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env=os.environ | environment
    )
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def format_row(name: str, scores: dict[str, Any], our_ms: float) -> str:
    """Return a row of the table; the last column is the time in multiples of `our_ms`."""
    cells = [f"{scores['set']:<12}", f"{name:<24}"]
    cells += [f"{scores[key]:>8.4g}" if key in scores else f"{'-':>8}" for key in COLUMNS]
    cells.append(f"{scores['ms_median'] / our_ms:>7.1f}x")
    return " ".join(cells)


def main() -> None:
    """Run the scorer for each extractor and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--scorer", type=Path, required=True)
    parser.add_argument("--peers", help="interpreter of an environment with the peers")
    parser.add_argument("--peer", action="append", help="default: trafilatura")
    parser.add_argument("--split", default="dev")
    options = parser.parse_args()
    arguments = [str(options.scorer), "--data", str(options.data), "--split", options.split]
    results = {}
    if mypyc_loader.is_in_use():
        results["ours"] = run_scorer(sys.executable, FOUR_FIELDS, arguments)
        results["ours, whole article"] = run_scorer(sys.executable, WHOLE_ARTICLE, arguments)
    results["ours, interpreted"] = run_scorer(
        sys.executable, FOUR_FIELDS, arguments, PRESSWIRE_COMPILED="0"
    )
    if options.peers:
        for peer in options.peer or ["trafilatura"]:
            results[peer] = run_scorer(options.peers, f"peer:{peer}", arguments)
    print(
        " ".join([f"{'set':<12}", f"{'extractor':<24}", *(f"{c:>8}" for c in COLUMNS.values())]),
        "   time",
    )
    for index, ours in enumerate(next(iter(results.values()))):
        for name, scores in results.items():
            print(format_row(name, scores[index], ours["ms_median"]))


if __name__ == "__main__":
    main()
