"""What an archive file holds: CDXJ lines, written beside it, or found by reading it."""

from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO, Literal, cast
from urllib.parse import urlsplit

import msgspec
from isal import isal_zlib
from msgspec import Struct

from schemas.events import PageFetched
from workers import urls
from workers.adapters.archive.keys import RecordLocation
from workers.adapters.archive.warc_record import GZIP, ArchivedPage, digest, parse_record

PAGE_FORMS = frozenset({"html", "flattened", "rendered"})
CHUNK_BYTES = 1 << 18


class IndexEntry(Struct, frozen=True, omit_defaults=True):
    """One record: the usual fields of a CDXJ line under their usual names, then our own. `original`
    is the key of the record that this one was made of, if it was."""

    url: str
    mime: str
    status: int
    digest: str
    length: int
    offset: int
    filename: str
    found_at: str
    outlet: str
    form: str
    fetched_at: datetime
    original: str = ""
    announced_published: datetime | None = None
    announced_title: str = ""

    @property
    def location(self) -> RecordLocation:
        """Where the record is."""
        return RecordLocation(self.filename, self.offset, self.length)

    @property
    def is_page(self) -> bool:
        """True for a page that was there; False for feeds, robots.txt and error pages."""
        return self.form in PAGE_FORMS and self.status == 200  # noqa: PLR2004  HTTP's OK

    def event(self) -> PageFetched:
        """Return the event that followed when the page was fetched."""
        return PageFetched(
            page_id=urls.page_id(self.found_at),
            outlet=self.outlet,
            url=self.found_at,
            archive_key=self.location.key,
            final_url=self.url,
            fetched_at=self.fetched_at,
            content_type=self.mime,
            form=cast("Literal['html', 'flattened', 'rendered']", self.form),
            announced_published=self.announced_published,
            announced_title=self.announced_title,
        )


def build_entry(archived: ArchivedPage, checksum: str, location: RecordLocation) -> IndexEntry:
    """Return the index entry of a page whose record is at `place`; `checksum` is that of its
    body."""
    page = archived.page
    mime = page.header("content-type").partition(";")[0].strip().lower()
    return IndexEntry(
        url=page.final_url,
        mime=mime.encode("ascii", "replace").decode(),
        status=page.status,
        digest=checksum,
        length=location.length,
        offset=location.offset,
        filename=location.file,
        found_at=page.url,
        outlet=archived.outlet,
        form=archived.form,
        fetched_at=page.fetched_at,
        original=archived.original.key if archived.original else "",
        announced_published=archived.announced.published,
        announced_title=archived.announced.title,
    )


def format_entry(entry: IndexEntry) -> bytes:
    """Return the CDXJ line of `entry`: sort key, moment, then JSON in which every value is a
    string."""
    fields = {name: str(value) for name, value in msgspec.to_builtins(entry).items()}
    stamp = entry.fetched_at.strftime("%Y%m%d%H%M%S")
    return f"{_sort_key(entry.url)} {stamp} ".encode() + msgspec.json.encode(fields) + b"\n"


def parse_entry(line: bytes) -> IndexEntry | None:
    """Return the entry of a line, or None if the line is torn."""
    fields = line.split(b" ", 2)[-1]
    try:
        return (
            msgspec.json.decode(fields, type=IndexEntry, strict=False)
            if line[-1:] == b"\n"
            else None
        )
    except msgspec.DecodeError:
        return None


def read_entries(lines: bytes, size: int) -> Iterator[IndexEntry]:
    """Yield the entries of an index as far as it can be trusted: whole lines, one record after the
    other from the file's start, none beyond the `size` of the file."""
    end = 0
    for line in lines.splitlines(keepends=True):
        entry = parse_entry(line)
        if entry is None or entry.offset != end or end + entry.length > size:
            return
        end += entry.length
        yield entry


def scan_records(stream: BinaryIO, file: str, offset: int) -> Iterator[IndexEntry]:
    """Yield the entries of the records in `stream`, which starts at `offset` of `file`; a torn
    record ends it."""
    for record, length in _members(stream):
        try:
            archived = parse_record(record)
        except (ValueError, KeyError, IndexError):
            return
        yield build_entry(
            archived, digest(archived.page.body), RecordLocation(file, offset, length)
        )
        offset += length


def _members(stream: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Yield each gzip member of `stream`, decompressed, with its length in the file."""
    chunk = stream.read(CHUNK_BYTES)
    while chunk:
        unpacker = isal_zlib.decompressobj(GZIP)
        parts, length = [], 0
        while chunk and not unpacker.eof:
            try:
                parts.append(unpacker.decompress(chunk))
            except isal_zlib.error:  # type: ignore[misc]  # its stub calls the class an instance
                return
            length += len(chunk) - len(unpacker.unused_data)
            chunk = unpacker.unused_data or stream.read(CHUNK_BYTES)
        if not unpacker.eof:
            return
        yield b"".join(parts), length


def _sort_key(url: str) -> str:
    """Return the sort key of an address: `https://www.example.com/a?b` → `com,example)/a?b`."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2].lower().removeprefix("www.")
    query = f"?{parts.query}" if parts.query else ""
    key = ",".join(reversed(host.split("."))) + ")" + (parts.path or "/") + query
    return key.replace(" ", "%20").lower()
