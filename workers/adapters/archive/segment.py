"""One archive file that is being written: records appended, synced for several writers at once."""

import fcntl
import os
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from threading import Lock

from workers.adapters.archive.cdxj import IndexEntry, format_entry
from workers.adapters.archive.keys import RecordLocation, index_name
from workers.adapters.archive.unavailable import ArchiveUnavailableError
from workers.exceptions import TryAgain

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC


class SegmentWriter:
    """`append` is called by one thread at a time, `sync` by any number. The file stays locked
    while it is open, which tells other processes that it is not finished."""

    def __init__(self, root: Path, name: str, opened_at: datetime) -> None:
        self.name = name
        self.opened_at = opened_at
        self.size = 0
        self.is_broken = False
        self._is_lost = False
        self._synced = 0
        self._lines: deque[tuple[int, bytes]] = deque()
        self._syncing = Lock()
        self._file, self._index = _create_files(root / name, root / index_name(name))
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def append(
        self, member: bytes, describe: Callable[[RecordLocation], IndexEntry]
    ) -> RecordLocation:
        """Write a record at the end, whole or not at all; it is on the disk after `sync`.

        Returns:
            its location.

        Raises:
            ArchiveUnavailableError: it cannot be written for now.
        """
        location = RecordLocation(self.name, self.size, len(member))
        line = format_entry(describe(location))
        try:
            _write_all(self._file, member)
        except OSError as error:
            self._truncate()
            raise ArchiveUnavailableError(error.strerror or error) from error
        end = self.size + len(member)
        self._lines.append((end, line))
        self.size = end
        return location

    def sync(self, end: int) -> None:
        """Returns when everything before `end` is on the disk. One sync serves all who wait."""
        with self._syncing:
            self._sync(end)

    def close(self) -> None:
        """Syncs what is left and lets go of the file; who still waits learns how that went."""
        with self._syncing:
            with suppress(TryAgain):
                self._sync(self.size)
            self._is_lost = True
            self.close_files()

    def close_files(self) -> None:
        """Closes the file as it is: after a fork, in the process that does not write it."""
        os.close(self._file)
        os.close(self._index)

    def _sync(self, end: int) -> None:
        if self._synced >= end:
            return
        if self._is_lost:
            raise ArchiveUnavailableError("the disk failed")
        synced_to = self.size
        try:
            os.fsync(self._file)
        except OSError as error:
            # what the system dropped from its cache, a second fsync would not report again
            self.is_broken = self._is_lost = True
            raise ArchiveUnavailableError(error.strerror or error) from error
        self._synced = synced_to
        self._write_index(synced_to)

    def _truncate(self) -> None:
        try:
            os.ftruncate(self._file, self.size)
        except OSError:
            self.is_broken = True

    def _write_index(self, synced_to: int) -> None:
        """Only records that are on the disk get a line. A line lost costs a scan, no page."""
        lines = []
        while self._lines and self._lines[0][0] <= synced_to:
            lines.append(self._lines.popleft()[1])
        try:
            _write_all(self._index, b"".join(lines))
        except OSError:
            return


def _create_files(path: Path, index: Path) -> tuple[int, int]:
    """Return both files, open, with their names on the disk.

    Raises:
        OSError: they cannot be created.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, _FLAGS, 0o644)
    try:
        for folder in (path.parent, path.parent.parent):
            _sync_folder(folder)
        return file, os.open(index, _FLAGS, 0o644)
    except OSError:
        os.close(file)
        path.unlink(missing_ok=True)
        raise


def _write_all(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
