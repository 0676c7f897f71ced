"""Index objects in a bucket: one for many small objects with records."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from threading import Lock

from workers import clock
from workers.adapters.archive.cdxj import parse_entry
from workers.adapters.archive.keys import Names, index_name
from workers.exceptions import TryAgain

# an index object is due after so many records, or so long
MAX_ENTRIES = 500
MAX_AGE_SECONDS = 300.0


class IndexWriter:
    """Keeps the lines of what was stored until an index object is due. What gets none, because
    the process died or the bucket refused, is found by reading the objects."""

    def __init__(self, names: Names, put: Callable[[str, bytes], None]) -> None:
        self._names = names
        self._put = put
        self._lock = Lock()
        self._lines: list[bytes] = []
        self._written_at = clock.now()

    def note(self, lines: list[bytes]) -> None:
        """Takes the lines of an object; writes an index if it is time."""
        now = clock.now()
        with self._lock:
            self._lines += lines
            is_due = len(self._lines) >= MAX_ENTRIES or self._age(now) >= MAX_AGE_SECONDS
        if is_due:
            self.flush()

    def flush(self) -> None:
        """Writes what has no index yet."""
        now = clock.now()
        with self._lock:
            lines, self._lines = self._lines, []
            self._written_at = now
        folders: dict[str, list[bytes]] = defaultdict(list)
        for line in lines:
            if (entry := parse_entry(line)) is not None:
                folders[entry.filename.partition("/")[0]].append(line)
        for folder, inside in folders.items():
            try:
                self._put(index_name(self._names.new(folder, now)), b"".join(inside))
            except TryAgain:
                return

    def _age(self, now: datetime) -> float:
        return (now - self._written_at).total_seconds()
