"""The modules that cost most a page, compiled to C when Presswire is built (mypyc, by
`ops/build/compile.py`).

What was compiled stands beside its source, and Python prefers it. It is passed over as soon as one
of the sources has changed, or where PRESSWIRE_COMPILED=0 is set, as a debugger needs.
"""

import hashlib
import os
import sys
from importlib.machinery import (
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    FileFinder,
    SourceFileLoader,
)
from pathlib import Path

FOLDER = Path(__file__).parent
MARK = FOLDER / "compiled.sha256"
LIBRARY = "workers.parse.native"
ROOMS = {
    "html": "class_names decoding jsonld jsonld_ownership markup metadata tree",
    "text": "date_parsing phrases time_of_day",
    "layout": "ancestry main_region page_analysis position subtree_totals text_density",
    "fields": "byline dates images language people related subtitle title title_vote topics",
    "body": "assembly content drop_reasons exclusion_rules features jsonld_fallback model "
    "neighbour_scores scorer selection",
}
MODULES = tuple(
    f"parse/{room}/{name}.py" for room, names in ROOMS.items() for name in names.split()
)


def digest() -> str:
    """What the sources say now, and for which Python (SHA-256, hexadecimal)."""
    found = hashlib.sha256(EXTENSION_SUFFIXES[0].encode())
    for name in MODULES:
        found.update((FOLDER / name).read_bytes())
    return found.hexdigest()


def is_in_use() -> bool:
    """True if there are compiled modules, made of the sources as they are, and nobody says no."""
    if os.environ.get("PRESSWIRE_COMPILED") == "0" or not MARK.exists():
        return False
    return MARK.read_text() == digest()


def prefer_sources_if_stale(package: str) -> None:
    """Called by the package in the folder `package` before it imports its modules: has them read
    from their sources unless the compiled ones are good."""
    if is_in_use():
        return
    for folder in (package, *(f"{package}/{room}" for room in ROOMS)):
        finder = FileFinder(folder, (SourceFileLoader, SOURCE_SUFFIXES))
        sys.path_importer_cache[folder] = finder
