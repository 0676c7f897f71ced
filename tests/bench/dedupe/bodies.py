"""Real article bodies: the gold texts of the extraction benchmark, each a list of paragraphs."""

import json
from collections.abc import Container
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

MIN_CHARACTERS = 300
# The sets whose bodies the figures of docs/dedupe.md are of, and all that have whole bodies.
SETS = ("aeb", "fundus")
WHOLE_SETS = (*SETS, "news", "wcxb")


class Body(NamedTuple):
    """`is_unspaced`: written without spaces between words."""

    name: str
    title: str
    paragraphs: tuple[str, ...]
    is_unspaced: bool

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs)

    @property
    def is_tuned_on(self) -> bool:
        """Two of three bodies are for tuning, the others for judging."""
        return crc32(self.name.encode()) % 3 > 0


def load(folder: Path, sets: Container[str] = SETS) -> list[Body]:
    """Return the bodies of `sets` in `folder`/manifest.json that are long enough, in one order."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    bodies: list[Body] = []
    seen: set[str] = set()
    for row in manifest["records"]:
        if row["set"] not in sets:
            continue
        paragraphs = tuple(_paragraphs(row))
        text = "\n\n".join(paragraphs)
        known = sum(part in seen for part in paragraphs)
        seen.update(paragraphs)
        if len(text) >= MIN_CHARACTERS and known < len(paragraphs) / 3:  # the sets share some pages
            title = row["expected"].get("title") or text[:60]
            is_unspaced = len(text) > 12 * len(text.split())
            bodies.append(Body(row["id"], title, paragraphs, is_unspaced))
    return sorted(bodies)


def _paragraphs(row):
    expected = row["expected"]
    if row["set"] == "fundus":
        return [
            part.strip()
            for section in expected["sections"]
            for part in (*section["headline"], *section["paragraphs"])
            if part.strip()
        ]
    return [part.strip() for part in expected["body"].split("\n") if part.strip()]
