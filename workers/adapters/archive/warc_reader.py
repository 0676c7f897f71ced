"""WARC files of any origin: the HTML pages in them."""

import errno
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, BinaryIO

import httpx
import zstandard
from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.timeutils import iso_date_to_datetime

from schemas.page import StoredPage

HTML = ("text/html", "application/xhtml+xml")
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
# a frame that decompressors skip; zstd files of records start with one where there is a dictionary
_DICTIONARY = b"\x5d\x2a\x4d\x18"
_CHUNK_BYTES = 1 << 16


def read_warc(path: Path) -> Iterator[StoredPage]:
    """Yield every HTML page that was answered with 200.

    Raises:
        OSError: the file is not a WARC file.
    """
    try:
        with _opened(path) as stream:
            for record in ArchiveIterator(stream, arc2warc=True):
                if record.rec_type == "response" and _is_html(record.http_headers):
                    yield _page(record)
    except (ArchiveLoadFailed, zstandard.ZstdError, zlib.error) as error:
        reason = str(error).partition(", first line")[0]  # raw bytes follow
        trouble = f"not a WARC file that can be read: {reason}"
        raise OSError(errno.EBADMSG, trouble, str(path)) from error


def _is_html(http: Any) -> bool:  # noqa: ANN401  warcio has no types
    if http is None or http.get_statuscode() != "200":
        return False
    content_type = http.get_header("content-type") or ""
    return content_type.partition(";")[0].strip().lower() in HTML


def _page(record: Any) -> StoredPage:  # noqa: ANN401  same
    url = record.rec_headers.get_header("WARC-Target-URI").strip("<>")
    headers = tuple((name.lower(), value) for name, value in record.http_headers.headers)
    at: datetime = iso_date_to_datetime(record.rec_headers.get_header("WARC-Date"))
    return StoredPage(url, url, 200, headers, _body(record), at.replace(tzinfo=UTC))


def _body(record: Any) -> bytes:  # noqa: ANN401  same
    is_chunked = record.http_headers.get_header("transfer-encoding") == "chunked"
    stream = ChunkedDataReader(record.raw_stream) if is_chunked else record.raw_stream
    raw: bytes = stream.read()
    coding = record.http_headers.get_header("content-encoding") or ""
    try:
        return httpx.Response(200, headers={"content-encoding": coding}, content=raw).content
    except httpx.DecodingError:
        return raw  # many writers decode the body and leave the header


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    with path.open("rb") as file:
        first = file.read(4)
        file.seek(0)
        if first.startswith(_GZIP):
            yield io.BufferedReader(_Inflated(file), _CHUNK_BYTES)
        elif first in {_ZSTD, _DICTIONARY}:
            unpacker = zstandard.ZstdDecompressor(dict_data=_dictionary(file))
            yield unpacker.stream_reader(file, read_across_frames=True)
        else:
            yield file


class _Inflated(io.RawIOBase):
    """What is in gzip members, one or many; a last one that is cut short gives what it has."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._packed = b""
        self._unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401  a buffer of any kind
        """Fill `buffer` as far as possible.

        Returns:
            the number of bytes; 0 at the end.
        """
        while True:
            packed = self._packed or self._file.read(_CHUNK_BYTES)
            if packed and self._unpacker.eof:
                self._unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
            data = self._unpacker.decompress(packed, len(buffer))
            self._packed = self._unpacker.unconsumed_tail or self._unpacker.unused_data
            if data or not packed:
                buffer[: len(data)] = data
                return len(data)


def _dictionary(file: BinaryIO) -> zstandard.ZstdCompressionDict | None:
    """Return the dictionary in front of the records, which may be compressed itself, or None."""
    head = file.read(8)
    if head[:4] != _DICTIONARY:
        file.seek(0)
        return None
    data = file.read(int.from_bytes(head[4:], "little"))
    if data.startswith(_ZSTD):
        data = zstandard.decompress(data)
    return zstandard.ZstdCompressionDict(data)
