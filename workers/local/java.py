"""Finds a Java that Elasticsearch runs on."""

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

MIN_VERSION = 17
FOLDERS = ("/usr/lib/jvm", "/usr/java", "/opt/java", "/Library/Java/JavaVirtualMachines")
_VERSION = re.compile(r'version "(\d+)')


def find_java(environment: Mapping[str, str], folders: Iterable[str] = FOLDERS) -> Path | None:
    """Return the home folder of the first Java ≥ 17 in JAVA_HOME, PATH and the usual `folders`, or
    None."""
    return next(
        (home for home in _homes(environment, folders) if _version(home) >= MIN_VERSION), None
    )


def _homes(environment: Mapping[str, str], folders: Iterable[str]) -> Iterator[Path]:
    if given := environment.get("JAVA_HOME"):
        yield Path(given)
    if found := shutil.which("java", path=environment.get("PATH", "")):
        yield Path(found).resolve().parent.parent
    for folder in folders:
        yield from sorted(Path(folder).glob("*"))
        yield from sorted(Path(folder).glob("*/Contents/Home"))


def _version(home: Path) -> int:
    java = home / "bin" / "java"
    if not java.is_file():
        return 0
    try:
        told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    except OSError:
        return 0
    found = _VERSION.search(told.stderr)
    return int(found[1]) if found else 0
