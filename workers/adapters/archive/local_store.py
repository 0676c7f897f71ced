"""The archive in a folder: each process appends to files of its own, all read all."""

import errno
import fcntl
import os
import weakref
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Lock

from workers import clock
from workers.adapters.archive.cdxj import IndexEntry, read_entries, scan_records
from workers.adapters.archive.keys import (
    WARC_SUFFIX,
    ArchiveFile,
    Names,
    RecordLocation,
    folder_for,
    index_name,
    is_in_window,
)
from workers.adapters.archive.segment import SegmentWriter
from workers.adapters.archive.unavailable import ArchiveUnavailableError
from workers.exceptions import TryAgain

ROTATE_BYTES = 1_000_000_000
ROTATE_SECONDS = 3600.0
# a bad sector, a key that no file can have: others can be read
RECORD_ERRNOS = frozenset({errno.EIO, errno.ENAMETOOLONG})


class LocalStore:
    """One open file for the pages of today, at most two more for those of yesterday and others."""

    def __init__(
        self, root: Path, rotate_bytes: int = ROTATE_BYTES, rotate_seconds: float = ROTATE_SECONDS
    ) -> None:
        self.root = root
        self._rotate_bytes = rotate_bytes
        self._rotate_seconds = rotate_seconds
        self._forget()
        os.register_at_fork(after_in_child=partial(_leave_to_parent, weakref.ref(self)))

    def put(
        self, member: bytes, fetched_at: datetime, describe: Callable[[RecordLocation], IndexEntry]
    ) -> str:
        """Append a record.

        Returns:
            its key, once it is on the disk.

        Raises:
            TryAgain: it cannot be stored for now.
        """
        with self._lock:
            segment = self._segment(fetched_at)
            location = segment.append(member, describe)
        segment.sync(location.offset + location.length)
        return location.key

    def get(self, location: RecordLocation) -> bytes | None:
        """Return the bytes at `place`, fewer if the file ends before; None if there is no such
        file.

        Raises:
            TryAgain: this record cannot be read, for example from a bad sector.
            ArchiveUnavailableError: the file cannot be read for now.
        """
        try:
            with (self.root / location.file).open("rb") as file:
                return os.pread(file.fileno(), location.length, location.offset)
        except FileNotFoundError:
            return None
        except OSError as error:
            if error.errno in RECORD_ERRNOS:
                raise TryAgain(f"archive: {error}") from error
            raise ArchiveUnavailableError(error) from error

    def files(self) -> Iterator[ArchiveFile]:
        """Yield every file, oldest first."""
        for path in sorted(self.root.glob(f"*/*{WARC_SUFFIX}")):
            with suppress(FileNotFoundError):  # pruned meanwhile
                status = path.stat()
                changed_at = datetime.fromtimestamp(status.st_mtime, UTC)
                name = str(path.relative_to(self.root))
                yield ArchiveFile(name, status.st_size, changed_at, _is_locked(path))

    def entries(self, start: datetime, end: datetime) -> Iterator[IndexEntry]:
        """Yield the entries of the folders of that time, file by file."""
        for file in list(self.files()):
            if is_in_window(file.name.partition("/")[0], start, end):
                yield from self.entries_of(file)

    def entries_of(self, file: ArchiveFile) -> Iterator[IndexEntry]:
        """Yield the entries of `file` from its index, and from the file itself where the index
        ends."""
        end = 0
        for entry in read_entries(self._index(file.name), file.size):
            end = entry.offset + entry.length
            yield entry
        if end < file.size:
            with (self.root / file.name).open("rb") as stream:
                stream.seek(end)
                yield from scan_records(stream, file.name, end)

    def remove(self, file: str) -> None:
        """Deletes `file` and its index."""
        (self.root / file).unlink(missing_ok=True)
        (self.root / index_name(file)).unlink(missing_ok=True)

    def tidy(self) -> None:
        """Deletes folders in which nothing is left."""
        for folder in self.root.glob("*/"):
            if not folder.is_symlink() and not any(folder.iterdir()):
                folder.rmdir()

    def close(self) -> None:
        """Finishes the open files."""
        with self._lock:
            while self._segments:
                self._segments.popitem()[1].close()

    def _index(self, file: str) -> bytes:
        try:
            return (self.root / index_name(file)).read_bytes()
        except FileNotFoundError:
            return b""

    def _segment(self, fetched_at: datetime) -> SegmentWriter:
        now = clock.now()
        self._retire(now)
        folder = folder_for(fetched_at, now)
        if folder not in self._segments:
            try:
                segment = SegmentWriter(self.root, self._names.new(folder, now), now)
            except OSError as error:
                raise ArchiveUnavailableError(error) from error
            self._segments[folder] = segment
        return self._segments[folder]

    def _retire(self, now: datetime) -> None:
        for folder, segment in list(self._segments.items()):
            age = (now - segment.opened_at).total_seconds()
            is_full = segment.size >= self._rotate_bytes or age >= self._rotate_seconds
            if is_full or segment.is_broken:
                self._segments.pop(folder).close()

    def _forget(self) -> None:
        self._lock = Lock()
        self._names = Names()
        self._segments: dict[str, SegmentWriter] = {}

    def leave_to_parent(self) -> None:
        """Forgets the files that were open at a fork."""
        inherited = self._segments
        self._forget()
        for segment in inherited.values():
            segment.close_files()


def _leave_to_parent(files: weakref.ref[LocalStore]) -> None:
    if (known := files()) is not None:
        known.leave_to_parent()


def _is_locked(path: Path) -> bool:
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
