"""WARC and ARC files of any origin: the HTML pages in them. Strangers wrote them: memory is bounded
whatever they hold, and a bad record costs itself."""

import errno
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct
from warcio.recordloader import ARC2WARCHeadersParser, ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser

from schemas.page import StoredPage
from workers.adapters.archive.warc_page import (
    MAX_HEAD_BYTES,
    RecordBlock,
    RecordError,
    UnframedError,
    length_of,
    page_in,
    parse_fields,
)
from workers.adapters.archive.warc_source import DamagedFileError, WarcSource

log = logging.getLogger(__name__)
MAX_FIRST = 100
_WARC = StatusAndHeadersParser(ArcWarcRecordLoader.WARC_TYPES)
_ARC = ARC2WARCHeadersParser()


class BadRecord(Struct, frozen=True):
    """A record that gives no page though it should. `offset` is where it begins in the file: of a
    gzip file where its member does, of a zstd file in the unpacked one."""

    path: Path
    offset: int
    reason: str

    def __str__(self) -> str:
        return f"{self.path}, record at byte {self.offset:,}: {self.reason}"


Report = Callable[[BadRecord], object]


class NoWarcFileError(OSError):
    """There is no record in a file."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(errno.EBADMSG, f"not a WARC file that can be read: {reason}", str(path))


def log_record(bad: BadRecord) -> None:
    """Log a bad record as a warning."""
    log.warning("%s", bad)


def read_warc(path: Path, report: Report = log_record) -> Iterator[StoredPage]:
    """Yield every HTML page that was answered with 200. What cannot be read is passed to `report`,
    and the rest goes on.

    Yields:
        the pages in their order.

    Raises:
        OSError: the file cannot be read.
        NoWarcFileError: there is no record in it.
    """
    with path.open("rb") as file:
        yield from (page for _, page in WarcPages(file, path, report).read())


class WarcPages:
    """The pages of an open file, which `path` names, at addresses that `wants` says yes to."""

    def __init__(
        self,
        file: BinaryIO,
        path: Path,
        report: Report = log_record,
        wants: Callable[[str], bool] = lambda _url: True,
    ) -> None:
        self._file = file
        self._path = path
        self._report = report
        self._wants = wants
        self._has_records = False
        self._first: list[BadRecord] = []  # before the first good one: perhaps it is no WARC file

    def read(self, start: int = 0) -> Iterator[tuple[int, StoredPage]]:
        """Yield the pages from the offset `start` on, each after the offset of its record; those
        of one gzip member have the same.

        Raises:
            NoWarcFileError: there are lines, and no record.
        """
        try:
            self._source = WarcSource(self._file, start)
            line = self._source.read_line()
        except DamagedFileError as error:
            raise NoWarcFileError(self._path, str(error)) from error
        while line:
            page, offset = None, self._source.offset
            if line.strip():
                page, line = self._read_next(line)
            else:
                line = self._next_line()
            if page is not None:
                yield offset, page
        if self._first:
            raise NoWarcFileError(self._path, self._first[0].reason)

    def _read_next(self, line: bytes) -> tuple[StoredPage | None, bytes]:
        """Return the page in the record that begins with `line`, None if there is none in it, and
        the line after the record."""
        offset = self._source.offset
        try:
            page = self._read_record(line)
        except UnframedError as error:
            self._note(offset, str(error))
            return None, self._source.find_record()
        except RecordError as error:
            self._begin()
            self._note(offset, str(error))
            return None, self._next_line()
        except DamagedFileError as error:
            self._note(offset, str(error))
            return None, self._source.find_record_after_damage()
        self._begin()
        return page, self._next_line()

    def _begin(self) -> None:
        """Report what came before: it is a WARC file."""
        self._has_records = True
        for bad in self._first:
            self._report(bad)
        self._first = []

    def _next_line(self) -> bytes:
        """Return the line after a record, or after damage the next record's first one."""
        try:
            return self._source.read_line()
        except DamagedFileError as error:
            offset = self._source.offset if error.offset is None else error.offset
            self._note(offset, str(error))
            return self._source.find_record_after_damage()

    def _note(self, offset: int, reason: str) -> None:
        bad = BadRecord(self._path, offset, reason)
        if self._has_records:
            self._report(bad)
        elif len(self._first) < MAX_FIRST:
            self._first.append(bad)

    def _read_record(self, line: bytes) -> StoredPage | None:
        """Return the page in the record that begins with `line`, None if it is another kind of
        record; the source is at the record's end.

        Raises:
            RecordError: it should give a page and does not.
            DamagedFileError: the file is damaged inside it.
        """
        is_warc = line.startswith(b"WARC/")
        head = self._read_warc_head(line) if is_warc else self._read_arc_head(line)
        length = length_of(head)
        block = RecordBlock(self._source, length if is_warc else max(0, length - head.total_len))
        try:
            page = page_in(head, block, self._wants)
        except RecordError:
            block.skip()
            raise
        block.skip()
        return page

    def _read_warc_head(self, line: bytes) -> StatusAndHeaders:
        """Return the named fields of a WARC record.

        Raises:
            UnframedError: they are too long, or none.
            DamagedFileError: the file is damaged inside them.
        """
        lines, room = [line], MAX_HEAD_BYTES
        while lines[-1].strip():
            lines.append(self._source.read_line(min(room, MAX_HEAD_BYTES)))
            room -= len(lines[-1])
            if room <= 0:
                raise UnframedError(f"its fields take more than {MAX_HEAD_BYTES:,} bytes")
        return parse_fields(_WARC, b"".join(lines))

    def _read_arc_head(self, line: bytes) -> StatusAndHeaders:
        """Return the fields of an ARC record under their names in WARC.

        Raises:
            UnframedError: it is none.
            DamagedFileError: the file is damaged inside them.
        """
        # the record that begins a file has two lines more
        more = 2 if line.startswith(b"filedesc://") else 0
        return parse_fields(_ARC, line + b"".join(self._source.read_line() for _ in range(more)))
