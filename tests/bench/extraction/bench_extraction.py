"""Ours beside the public extractors, in one run: body F1, fields, time and its ratio.

    .venv/bin/python tests/bench/extraction/bench_extraction.py --data DIR --scorer DIR/score.py \\
        [--peers PYTHON] [--peer trafilatura --peer readability] [--split dev]

DIR holds manifest.json and its pages. The scorer is run as a program, once for each extractor:
ours with this interpreter, compiled (see workers/mypyc_loader.py) and interpreted, and once
as the pipeline does it, with all fields of the article and not only those of the table; the peers
(they have many dependencies) with `--peers`, the interpreter of an environment that has them;
without it only ours is measured. Set by set, one after the other on the same machine, so that the
time ratio holds.
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

OURS = "workers.parse.extract:extract"
WHOLE = "tests.bench.extraction.bench_extraction:whole"
COLUMNS = {
    "f1": "body F1",
    "title_exact": "title",
    "author_set": "authors",
    "date_day": "day",
    "date_minute": "minute",
    "ms_median": "ms",
    "ms_p95": "p95 ms",
}


def whole(html: bytes | str, url: str) -> dict[str, object]:
    """The whole article is read; the scorer looks at four fields."""
    try:
        found = read(html, url).article
    except PermanentFailure:
        return {}
    return {
        "title": found.title,
        "body": found.body,
        "authors": found.authors,
        "published": found.published,
    }


def scores(python: str, extractor: str, given: list[str], **setting: str) -> list[dict[str, Any]]:
    """One line of the scorer for each set; raises CalledProcessError if it fails."""
    command = [python, *given, "--extractor", extractor, "--set", "all"]
    environment = os.environ | setting
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def row(name: str, line: dict[str, Any], ours: float) -> str:
    cells = [f"{line['set']:<12}", f"{name:<24}"]
    cells += [f"{line[key]:>8.4g}" if key in line else f"{'-':>8}" for key in COLUMNS]
    cells.append(f"{line['ms_median'] / ours:>7.1f}x")
    return " ".join(cells)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--scorer", type=Path, required=True)
    parser.add_argument("--peers", help="interpreter of an environment with the peers")
    parser.add_argument("--peer", action="append", help="default: trafilatura")
    parser.add_argument("--split", default="dev")
    options = parser.parse_args()
    given = [str(options.scorer), "--data", str(options.data), "--split", options.split]
    found = {}
    if mypyc_loader.is_in_use():
        found["ours"] = scores(sys.executable, OURS, given)
        found["ours, whole article"] = scores(sys.executable, WHOLE, given)
    found["ours, interpreted"] = scores(sys.executable, OURS, given, PRESSWIRE_COMPILED="0")
    if options.peers:
        for peer in options.peer or ["trafilatura"]:
            found[peer] = scores(options.peers, f"peer:{peer}", given)
    print(
        " ".join([f"{'set':<12}", f"{'extractor':<24}", *(f"{c:>8}" for c in COLUMNS.values())]),
        "   time",
    )
    for place, own in enumerate(next(iter(found.values()))):
        for name, lines in found.items():
            print(row(name, lines[place], own["ms_median"]))


if __name__ == "__main__":
    main()
