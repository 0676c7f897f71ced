"""The outlets of a running process: a changed file takes effect within seconds."""

import logging
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from schemas.outlet import Outlet
from workers import outlets
from workers.outlets import FileContent, Outlets

log = logging.getLogger(__name__)
CHECK_SECONDS = 1.5
# size, time of change and number of a file: an editor's new file under the old name has another
_Stamp = tuple[int, int, int]


class LastGood(Protocol):
    """Remembers what files said without a mistake; other processes have found that out."""

    def load(self) -> dict[str, Outlet]:
        """Return the outlets that were in force last, by id."""


class LiveOutlets(Outlets):
    """Looks, when it is asked, whether files have changed, and reads those again.

    A file with a mistake is refused: what it said before stays in force, in a process that starts
    meanwhile as `last_good` remembers it, and the other files are read all the same. So it is with
    all of them if the folder itself is gone. A mistake never raises anything: it is in `errors`.
    """

    def __init__(
        self,
        folder: Path,
        last_good: LastGood | None = None,
        check_seconds: float = CHECK_SECONDS,
    ) -> None:
        self._folder = folder
        self._check_seconds = check_seconds
        self._lock = threading.Lock()
        self._stamps: dict[Path, _Stamp] = {}
        self._contents: dict[Path, FileContent] = {}
        self._good: dict[Path, Outlet] = {}
        self.errors: list[str] = []
        self._read_changed(self._find_stamps())
        found, errors = outlets.combine(self._contents, folder)
        if errors:
            self._report(errors)
            self._remember(found, last_good.load() if last_good else {})
        super().__init__(found)
        self._has_changed = False
        self._next_check = time.monotonic() + check_seconds

    def find_errors(self) -> list[str]:
        """Return the mistakes that the files have now; only changed files are read again."""
        self._now()
        return self.errors

    def take_change(self) -> bool:
        """Return whether files have taken effect since this was asked last."""
        self._now()
        changed, self._has_changed = self._has_changed, False
        return changed

    def _now(self) -> tuple[dict[str, Outlet], dict[str, Outlet], dict[str, Outlet]]:
        is_due = time.monotonic() >= self._next_check
        if is_due and self._lock.acquire(blocking=False):  # one thread looks, the others go on
            try:
                self._refresh()
            except OSError as error:
                log.warning("the outlets' files cannot be looked at: %s", error)
            finally:
                self._next_check = time.monotonic() + self._check_seconds
                self._lock.release()
        return super()._now()

    def _refresh(self) -> None:
        if not self._folder.is_dir():
            self._report([f"{self._folder}: no such folder; the last good state stays in force"])
            return
        stamps = self._find_stamps()
        if stamps == self._stamps and not self.errors:
            return
        self._read_changed(stamps)
        found, errors = outlets.combine(self._contents, self._folder)
        for path in self._contents:
            before = self._good.get(path)
            if path.stem not in found and before is not None:
                found[path.stem] = before
        self._report(errors)
        if found != dict(super()._now()[0]):
            self._set(found)
            self._has_changed = True
            log.info("changed outlet files have taken effect; outlets: %d", len(found))

    def _remember(self, found: dict[str, Outlet], last: Mapping[str, Outlet]) -> None:
        """Add to `found` what files with mistakes said last; all outlets if the folder is gone."""
        if not self._folder.is_dir():
            found.update(last)
        for path in self._contents:
            if path.stem not in found and path.stem in last:
                found[path.stem] = self._good[path] = last[path.stem]

    def _find_stamps(self) -> dict[Path, _Stamp]:
        stamps = {}
        for path in outlets.outlet_files(self._folder):
            try:
                stat = path.stat()
            except FileNotFoundError:  # removed meanwhile
                continue
            stamps[path] = (stat.st_size, stat.st_mtime_ns, stat.st_ino)
        return stamps

    def _read_changed(self, stamps: dict[Path, _Stamp]) -> None:
        for path, stamp in stamps.items():
            if self._stamps.get(path) != stamp:
                self._contents[path] = outlets.read(path)
        self._contents = {path: self._contents[path] for path in stamps}
        self._good = {path: each for path, each in self._good.items() if path in stamps}
        self._good |= {path: outlet for path, (outlet, _) in self._contents.items() if outlet}
        self._stamps = stamps

    def _report(self, errors: list[str]) -> None:
        for error in errors:
            if error not in self.errors:
                log.error("refused, the last good state stays in force: %s", error)
        self.errors = errors
