"""WARC files of any origin: the HTML pages in them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import zstandard
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.timeutils import iso_date_to_datetime

from schemas.page import StoredPage

HTML = ("text/html", "application/xhtml+xml")
# a frame that decompressors skip; a .warc.zst file starts with one where it has a dictionary
_DICTIONARY_FRAME = b"\x5d\x2a\x4d\x18"
_ZSTD_FRAME = b"\x28\xb5\x2f\xfd"


def read_warc(path: Path) -> Iterator[StoredPage]:
    """Every HTML page that was answered with 200. Raises OSError for a file that is no WARC."""
    try:
        with _opened(path) as stream:
            for record in ArchiveIterator(stream, arc2warc=True):
                if record.rec_type == "response" and _is_html(record.http_headers):
                    yield _page(record)
    except (ArchiveLoadFailed, zstandard.ZstdError, EOFError) as error:
        raise OSError(f"not a WARC file that can be read: {error}") from error


def _is_html(http: Any) -> bool:  # noqa: ANN401  warcio has no types
    if http is None or http.get_statuscode() != "200":
        return False
    content_type = http.get_header("content-type") or ""
    return content_type.partition(";")[0].strip().lower() in HTML


def _page(record: Any) -> StoredPage:  # noqa: ANN401  warcio has no types
    url = record.rec_headers.get_header("WARC-Target-URI").strip("<>")
    headers = tuple((name.lower(), value) for name, value in record.http_headers.headers)
    at: datetime = iso_date_to_datetime(record.rec_headers.get_header("WARC-Date"))
    body = record.content_stream().read()
    return StoredPage(url, url, 200, headers, body, at.replace(tzinfo=UTC))


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    with path.open("rb") as file:
        if path.suffix != ".zst":
            yield file
            return
        unpacker = zstandard.ZstdDecompressor(dict_data=_dictionary(file))
        with unpacker.stream_reader(file, read_across_frames=True) as stream:
            yield stream  # type: ignore[misc]  it has what warcio reads with


def _dictionary(file: BinaryIO) -> zstandard.ZstdCompressionDict | None:
    """The dictionary in front of the records, itself compressed or not."""
    head = file.read(8)
    if head[:4] != _DICTIONARY_FRAME:
        file.seek(0)
        return None
    data = file.read(int.from_bytes(head[4:], "little"))
    if data.startswith(_ZSTD_FRAME):
        data = zstandard.decompress(data)
    return zstandard.ZstdCompressionDict(data)
