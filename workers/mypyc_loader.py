"""Which modules are compiled to C, and whether the compiled ones are used.

mypyc compiles them when Presswire is built (`ops/build/compile.py`): they take most of the time
that a page takes. A compiled module lies beside its source, and Python prefers it. Python uses the
sources as soon as one of them has changed, and where PRESSWIRE_COMPILED=0 is set, as for debugging.
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
DIGEST_FILE = FOLDER / "compiled.sha256"
LIBRARY = "workers.parse.native"
COMPILED = {
    "html": "class_names decoding jsonld jsonld_ownership markup metadata shadow_dom tree",
    "text": "calendars date_parsing phrases time_of_day",
    "layout": "ancestry main_region page_analysis position subtree_totals text_density",
    "fields": "author_marks byline dates headings image_sources images language people "
    "photo_credits related subtitle title title_vote topics unsigned",
    "body": "assembly content drop_reasons exclusion_rules features jsonld_fallback model "
    "neighbour_scores picture_series scorer script_state selection story_end",
    "page_type": "interstitials page_type",
}
MODULES = tuple(
    f"parse/{package}/{name}.py" for package, names in COMPILED.items() for name in names.split()
)


def source_digest() -> str:
    """Return the SHA-256 (hexadecimal) of the modules' sources and the ABI of this Python."""
    digest = hashlib.sha256(EXTENSION_SUFFIXES[0].encode())
    for name in MODULES:
        digest.update((FOLDER / name).read_bytes())
    return digest.hexdigest()


def is_in_use() -> bool:
    """Return True if the compiled modules are of the present sources and not switched off."""
    if os.environ.get("PRESSWIRE_COMPILED") == "0" or not DIGEST_FILE.exists():
        return False
    return DIGEST_FILE.read_text() == source_digest()


def prefer_sources_if_stale(package: str) -> None:
    """Make Python import the modules below `package` from their sources, if `is_in_use` is false.

    `package` is the folder of `workers.parse`, which calls this before it imports its modules.
    """
    if is_in_use():
        return
    for folder in (package, *(f"{package}/{name}" for name in COMPILED)):
        finder = FileFinder(folder, (SourceFileLoader, SOURCE_SUFFIXES))
        sys.path_importer_cache[folder] = finder
