"""The queries of ops/analysts.md, each with the outlets whose articles it finds in the demo."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "ops" / "analysts.md"
_QUERY = re.compile(r"^```\n(.+?)\n```\nfinds: (.+?)$", re.MULTILINE)


def queries_and_outlets() -> dict[str, list[str]]:
    """Each query → the outlets in the line under it."""
    return {
        query: [] if outlets == "nothing" else outlets.split(", ")
        for query, outlets in _QUERY.findall(PAGE.read_text(encoding="utf-8"))
    }
