"""The archive in a bucket: a record is in the bucket before its key is given out, so any machine
can read it at once."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import obstore
from obstore.exceptions import BaseError, GenericError
from obstore.store import S3Store

from workers import clock
from workers.adapters.archive.cdxj import IndexEntry, parse_entry, scan_records
from workers.adapters.archive.group_commit import Batch, GroupCommit
from workers.adapters.archive.keys import (
    INDEX_SUFFIX,
    WARC_SUFFIX,
    ArchiveFile,
    Names,
    RecordLocation,
    folder_for,
    is_in_window,
)
from workers.adapters.archive.s3_index import IndexWriter
from workers.adapters.archive.unavailable import ArchiveUnavailableError

REQUEST_TIMEOUT = timedelta(seconds=30)
LISTED_AT_ONCE = 1000
BEYOND_END = "416 Range Not Satisfiable"


class BucketStore:
    """`url` is s3://bucket/prefix; address and keys come from AWS_ENDPOINT_URL,
    AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, or the machine's role."""

    def __init__(self, url: str) -> None:
        self._bucket = S3Store.from_url(
            url,
            client_options={"allow_http": True, "timeout": REQUEST_TIMEOUT},
            retry_config={"max_retries": 3, "retry_timeout": REQUEST_TIMEOUT},
        )
        names = Names()
        self._batches = GroupCommit(names, self._upload)
        self._index = IndexWriter(names, self._put)

    def put(
        self, member: bytes, fetched_at: datetime, describe: Callable[[RecordLocation], IndexEntry]
    ) -> str:
        """Store a record, with those of other threads that wait meanwhile.

        Returns:
            its key.
        """
        return self._batches.put(folder_for(fetched_at, clock.now()), member, describe).key

    def get(self, location: RecordLocation) -> bytes | None:
        """Return the bytes at `location`, fewer if the object ends before; None if there is no such
        object.

        Raises:
            GenericError: the bucket does not answer.
        """
        bounds = {"start": location.offset, "length": location.length}
        with _unavailable_errors():
            try:
                return bytes(obstore.get_range(self._bucket, location.file, **bounds))
            except FileNotFoundError:
                return None
            except GenericError as error:
                if BEYOND_END in str(error):
                    return b""
                raise

    def files(self) -> Iterator[ArchiveFile]:
        """Return every object with records, oldest first."""
        return (file for file in self._objects() if file.name.endswith(WARC_SUFFIX))

    def entries(self, start: datetime, end: datetime) -> Iterator[IndexEntry]:
        """Yield the entries of the folders of that time; those with an index first."""
        for folder in self._folders():
            if is_in_window(folder, start, end):
                yield from self._entries_in(folder)

    def entries_of(self, file: ArchiveFile) -> Iterator[IndexEntry]:
        """Return the entries of one object, by reading it."""
        return scan_records(io.BytesIO(self._read_object(file.name)), file.name, 0)

    def remove(self, file: str) -> None:
        """Deletes the object."""
        with _unavailable_errors():
            obstore.delete(self._bucket, file)

    def tidy(self) -> None:
        """Deletes the indexes of folders in which nothing else is left."""
        for folder in self._folders():
            names = [file.name for file in self._objects(folder)]
            if not any(name.endswith(WARC_SUFFIX) for name in names):
                for name in names:
                    self.remove(name)

    def close(self) -> None:
        """Writes the index of what was stored last."""
        self._index.flush()

    def _upload(self, batch: Batch) -> None:
        self._put(batch.name, b"".join(batch.parts))
        batch.done.set()
        self._index.note(batch.lines)

    def _entries_in(self, folder: str) -> Iterator[IndexEntry]:
        objects = list(self._objects(folder))
        unread = {file.name for file in objects if file.name.endswith(WARC_SUFFIX)}
        stored = frozenset(unread)
        for index in objects:
            if index.name.endswith(INDEX_SUFFIX):
                for line in self._read_object(index.name).splitlines(keepends=True):
                    entry = parse_entry(line)
                    if entry is not None and entry.filename in stored:
                        unread.discard(entry.filename)
                        yield entry
        for file in objects:
            if file.name in unread:
                yield from self.entries_of(file)

    def _folders(self) -> list[str]:
        with _unavailable_errors():
            return sorted(obstore.list_with_delimiter(self._bucket)["common_prefixes"])

    def _objects(self, folder: str | None = None) -> Iterator[ArchiveFile]:
        with _unavailable_errors():
            pages = obstore.list(self._bucket, prefix=folder, chunk_size=LISTED_AT_ONCE)
            for page in pages:
                for found in page:
                    yield ArchiveFile(found["path"], found["size"], found["last_modified"])

    def _read_object(self, name: str) -> bytes:
        with _unavailable_errors():
            return bytes(obstore.get(self._bucket, name).bytes())

    def _put(self, name: str, content: bytes) -> None:
        with _unavailable_errors():
            obstore.put(self._bucket, name, content)


@contextmanager
def _unavailable_errors() -> Iterator[None]:
    try:
        yield
    except BaseError as error:
        raise ArchiveUnavailableError(f"{type(error).__name__}: {error}") from error
