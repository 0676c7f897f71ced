"""The chaos run at full size: python tests/bench/chaos/bench_chaos.py [PAGES] [BROKER]

10,000 pages through the whole pipeline while a random process of the workers is killed every two
seconds and broker, Redis and Elasticsearch are restarted once each; about ten minutes a broker.
"""

import os
import sys
from pathlib import Path

import pytest

TEST = Path(__file__).parents[2] / "chaos" / "test_chaos.py"
PAGES = "10000"
KILL_SECONDS = "2"


def main() -> int:
    pages, broker = [*sys.argv[1:], "", ""][:2]
    os.environ["CHAOS_PAGES"] = pages or PAGES
    os.environ.setdefault("CHAOS_KILL_SECONDS", KILL_SECONDS)
    return pytest.main(["-q", "-s", str(TEST), *(["-k", broker] if broker else [])])


if __name__ == "__main__":
    sys.exit(main())
