"""Scripts and data that pages of one outlet have in common: asked for once, for a while."""

import re
import time
from collections import OrderedDict
from collections.abc import Mapping

from msgspec import Struct

MAX_BYTES = 64_000_000
MAX_SECONDS = 3600.0
# for a script whose server does not say how long it is good: bundles have a name for each version
SCRIPT_SECONDS = 600.0
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age=(\d{1,9})")
_PRIVATE = re.compile(r"no-store|no-cache|private", re.IGNORECASE)


class LoadedFile(Struct, frozen=True):
    """A response as the browser gets it."""

    status: int
    headers: dict[str, str]
    body: bytes


class ScriptCache:
    """Files by address, the longest unused dropped first."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._size = 0
        self._files: OrderedDict[str, tuple[float, LoadedFile]] = OrderedDict()

    def get(self, url: str) -> LoadedFile | None:
        """Return the file at `url` if it is still good, else None."""
        until, file = self._files.get(url, (0.0, None))
        if file is None or until <= time.monotonic():
            self._drop(url)
            return None
        self._files.move_to_end(url)
        return file

    def put(self, url: str, file: LoadedFile, seconds: float) -> None:
        """Keep `file` for so many seconds."""
        self._drop(url)
        if seconds <= 0 or len(file.body) > self._max_bytes:
            return
        self._files[url] = (time.monotonic() + seconds, file)
        self._size += len(file.body)
        while self._size > self._max_bytes:
            self._drop(next(iter(self._files)))

    def _drop(self, url: str) -> None:
        if (known := self._files.pop(url, None)) is not None:
            self._size -= len(known[1].body)


def fresh_seconds(status: int, headers: Mapping[str, str], *, is_script: bool) -> float:
    """Return for how many seconds a response may be shown again, by its Cache-Control; what says
    nothing may not, unless it is a script."""
    cache_control = headers.get("cache-control", "")
    if status != 200 or "set-cookie" in headers or _PRIVATE.search(cache_control):  # noqa: PLR2004  HTTP's OK
        return 0.0
    if found := _MAX_AGE.search(cache_control.lower()):
        return min(float(found[1]), MAX_SECONDS)
    return SCRIPT_SECONDS if is_script else 0.0
