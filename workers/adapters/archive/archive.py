"""The archive: every fetched answer as a WARC record, on the disk before anyone hears of it."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol

from schemas.events import PageFetched
from schemas.page import Announcement, StoredPage
from schemas.reasons import Reason
from workers.adapters.archive.cdxj import IndexEntry, build_entry
from workers.adapters.archive.keys import ArchiveFile, RecordLocation, parse_key
from workers.adapters.archive.local_store import LocalStore
from workers.adapters.archive.unavailable import ArchiveUnavailableError
from workers.adapters.archive.warc_record import (
    ArchivedPage,
    OriginalRecord,
    decompress_record,
    digest,
    encode_record,
)
from workers.exceptions import PermanentFailure, TryAgain
from workers.settings import Settings

S3 = "s3://"
NOT_ANNOUNCED = Announcement()


class Store(Protocol):
    """Where archive files are. `put` returns when nothing short of the store's loss can lose the
    record; all raise TryAgain while the store cannot be used."""

    def put(
        self, member: bytes, fetched_at: datetime, describe: Callable[[RecordLocation], IndexEntry]
    ) -> str: ...
    def get(self, location: RecordLocation) -> bytes | None: ...
    def files(self) -> Iterator[ArchiveFile]: ...
    def entries(self, start: datetime, end: datetime) -> Iterator[IndexEntry]: ...
    def entries_of(self, file: ArchiveFile) -> Iterator[IndexEntry]: ...
    def remove(self, file: str) -> None: ...
    def tidy(self) -> None: ...
    def close(self) -> None: ...


class Archive:
    """Safe for any number of threads and processes."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._away_until = 0.0

    def write(
        self,
        page: StoredPage,
        outlet: str = "",
        form: str = "html",
        announced: Announcement = NOT_ANNOUNCED,
    ) -> str:
        """Store `page`, with what its announcement said of it, and return its key. Feeds,
        robots.txt and the like have a `form` of their own ("feed", "robots"): they are never
        returned as pages.

        Returns:
            the key of the record.

        Raises:
            TryAgain: the page cannot be stored for now.
        """
        return self._store(ArchivedPage(page, outlet, form, announced=announced))

    def write_rendered(self, page: StoredPage, outlet: str, original_key: str) -> str:
        """Store what a browser made of the record under `original_key`, as a conversion of it.

        Returns:
            the key of the new record.

        Raises:
            PermanentFailure: there is no such original.
            TryAgain: the page cannot be stored for now.
        """
        fetched = self._read(original_key)
        original = OriginalRecord(original_key, fetched.record_id)
        made = ArchivedPage(
            page, outlet, "rendered", original=original, announced=fetched.announced
        )
        return self._store(made)

    def _store(self, archived: ArchivedPage) -> str:
        page, checksum = archived.page, digest(archived.page.body)
        describe = partial(build_entry, archived, checksum)
        try:
            return self.store.put(encode_record(archived, checksum), page.fetched_at, describe)
        except TryAgain as trouble:
            self._away_until = time.monotonic() + trouble.after
            raise

    def check(self) -> None:
        """Check that pages can be stored, so that none is fetched only to be thrown away.

        Raises:
            ArchiveUnavailableError: a page could not be stored a short time ago.
        """
        rest = self._away_until - time.monotonic()
        if rest > 0:
            raise ArchiveUnavailableError("a page could not be stored", rest)

    def read(self, key: str) -> StoredPage:
        """Return the page under `key`.

        Raises:
            PermanentFailure: there is none.
            TryAgain: it cannot be read for now.
        """
        return self._read(key).page

    def _read(self, key: str) -> ArchivedPage:
        location = parse_key(key)
        member = self.store.get(location)
        if member is None:
            raise PermanentFailure(
                Reason.UNREADABLE, f"the archive has no {location.file}; pruned?"
            )
        try:
            return decompress_record(member)
        except (ValueError, KeyError, IndexError) as error:
            raise PermanentFailure(
                Reason.UNREADABLE, f"no whole record at {key}: {error}"
            ) from error

    def fetched(self, start: datetime, end: datetime, outlet: str = "") -> Iterator[PageFetched]:
        """Yield the pages fetched from `start` to before `end`, of `outlet` unless it is empty;
        file by file, in each by time. A page that was rendered is yielded as such, once."""
        replaced = {entry.original for entry in self.store.entries(start, end) if entry.original}
        for entry in self.store.entries(start, end):
            is_meant = start <= entry.fetched_at < end and outlet in {"", entry.outlet}
            if is_meant and entry.is_page and entry.location.key not in replaced:
                yield entry.event()

    def prune(self, before: datetime, *, is_rehearsal: bool = False) -> Iterator[ArchiveFile]:
        """Delete the files that were last written before `before`; a rehearsal deletes none.

        Yields:
            each file.
        """
        for file in list(self.store.files()):
            if file.changed_at < before and not file.is_open:
                if not is_rehearsal:
                    self.store.remove(file.name)
                yield file
        if not is_rehearsal:
            self.store.tidy()

    def close(self) -> None:
        """Finishes what is open."""
        self.store.close()


def open_archive(settings: Settings) -> Archive:
    """Return the archive that the settings name."""
    if settings.archive.startswith(S3):
        from workers.adapters.archive.s3_store import BucketStore  # noqa: PLC0415  large, and seldom used

        return Archive(BucketStore(settings.archive))
    return Archive(LocalStore(Path(settings.archive)))
