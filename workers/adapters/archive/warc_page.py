"""The page in one record of a WARC or ARC file, and what such a record may not do."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from warcio.bufferedreaders import ChunkedDataReader
from warcio.recordloader import ArcWarcRecordLoader
from warcio.statusandheaders import (
    StatusAndHeaders,
    StatusAndHeadersParser,
    StatusAndHeadersParserException,
)

from schemas.page import StoredPage
from workers import clock, urls
from workers.adapters.archive.warc_source import DamagedFileError, WarcSource
from workers.adapters.content_coding import Unpacker, UnreadableBodyError

HTML = ("text/html", "application/xhtml+xml")
MAX_PAGE_BYTES = 10_000_000  # as of a page that is fetched
MAX_HEAD_BYTES = 1 << 20
MAX_RECORD_BYTES = 1 << 32
FIRST_YEAR = 1990
_LENGTH = re.compile(r"[0-9]{1,15}")
_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?Z?")
_HTTP = StatusAndHeadersParser(ArcWarcRecordLoader.HTTP_TYPES, verify=False)


class RecordError(ValueError):
    """This record gives no page; the next one may."""


class UnframedError(RecordError):
    """It is not even clear where this record ends."""


class RecordBlock:
    """What follows the fields of a record: `length` bytes."""

    def __init__(self, source: WarcSource, length: int) -> None:
        self._source = source
        self.left = length

    def read_http_head(self) -> StatusAndHeaders:
        """Return the head of a response.

        Raises:
            RecordError: it is too long.
            DamagedFileError: the file is damaged inside it.
        """
        lines, room = [b"x"], min(self.left, MAX_HEAD_BYTES)
        while room > 0 and lines[-1].strip():
            lines.append(self._source.read_line(room))
            room -= len(lines[-1])
            self.left -= len(lines[-1])
            if not lines[-1]:
                raise DamagedFileError("the file is cut short")
        if self.left and lines[-1].strip():
            raise RecordError(f"the head of the response takes more than {MAX_HEAD_BYTES:,} bytes")
        return parse_fields(_HTTP, b"".join(lines[1:]))

    def read_rest(self) -> bytes:
        """Return the body of a page.

        Raises:
            RecordError: it is too long.
            DamagedFileError: the file is damaged inside it.
        """
        if self.left > MAX_PAGE_BYTES:
            raise RecordError(f"has a page of more than {MAX_PAGE_BYTES:,} bytes")
        number, self.left = self.left, 0
        return self._source.read_all(number)

    def skip(self) -> None:
        """Pass over what is left.

        Raises:
            DamagedFileError: the file is damaged inside it.
        """
        number, self.left = self.left, 0
        self._source.skip(number)


def parse_fields(parser: Any, lines: bytes) -> StatusAndHeaders:  # noqa: ANN401  warcio has no types
    """Return the fields in `lines`.

    Raises:
        UnframedError: there are none.
    """
    try:
        return parser.parse(BytesIO(lines))
    except (StatusAndHeadersParserException, ValueError, IndexError, EOFError) as error:
        raise UnframedError("does not begin like a record of WARC or ARC") from error


def length_of(head: StatusAndHeaders) -> int:
    """Return the length of a record's block.

    Raises:
        UnframedError: it is not given, or beyond all measure.
    """
    text = (head.get_header("Content-Length") or "").strip()
    if not _LENGTH.fullmatch(text):
        raise UnframedError("has no length (Content-Length)")
    if int(text) > MAX_RECORD_BYTES:
        raise UnframedError(f"has more than {MAX_RECORD_BYTES:,} bytes")
    return int(text)


def page_in(
    head: StatusAndHeaders, block: RecordBlock, wants: Callable[[str], bool]
) -> StoredPage | None:
    """Return the page in a record, or None if it is no page that was answered with 200, or at an
    address that `wants` says no to.

    Raises:
        RecordError: it is a page, and cannot be read.
        DamagedFileError: the file is damaged inside it.
    """
    if (head.get_header("WARC-Type") or "").strip().lower() != "response" or not block.left:
        return None
    url = (head.get_header("WARC-Target-URI") or "").strip().strip("<>").replace(" ", "%20")
    if url and not (url.lower().startswith(("http:", "https:")) and wants(url)):
        return None
    http = block.read_http_head()
    if not _is_html(http):
        return None
    if not url:
        raise RecordError("it has no address (WARC-Target-URI)")
    if reason := urls.url_error(url):
        raise RecordError(f"its address is none: {url[:200]!r}: {reason}")
    fetched_at = _date_of((head.get_header("WARC-Date") or "").strip())
    headers = tuple((name.lower(), value) for name, value in http.headers)
    body, is_cut = _unpack(http, block.read_rest())
    is_cut = is_cut or head.get_header("WARC-Truncated") is not None
    return StoredPage(url, url, 200, headers, body, fetched_at, is_cut)


def _is_html(http: StatusAndHeaders) -> bool:
    if http.get_statuscode() != "200":
        return False
    content_type = http.get_header("content-type") or ""
    return content_type.partition(";")[0].strip().lower() in HTML


def _date_of(text: str) -> datetime:
    """Return the moment in the form of ISO 8601, whole or in part, in UTC.

    Raises:
        RecordError: it is none, or none at which there were pages.
    """
    try:
        partial = _PARTIAL_DATE.fullmatch(text)
        if partial:
            at = datetime(*(int(part or 1) for part in partial.groups()), tzinfo=UTC)  # type: ignore[misc,arg-type]
        else:
            at = datetime.fromisoformat(text)
        at = at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise RecordError(f"its date (WARC-Date) cannot be read: {text[:40]!r}") from error
    if at.year < FIRST_YEAR or at > clock.now() + timedelta(days=1):
        raise RecordError(f"its date (WARC-Date) cannot be true: {text[:40]!r}")
    return at


def _unpack(http: StatusAndHeaders, raw: bytes) -> tuple[bytes, bool]:
    """Return the body, and whether it is only its beginning.

    Raises:
        RecordError: it is packed as nobody needs to, or too large.
    """
    if (http.get_header("transfer-encoding") or "").strip().lower() == "chunked":
        raw = ChunkedDataReader(BytesIO(raw)).read()
    try:
        unpacker = Unpacker(http.get_header("content-encoding") or "", MAX_PAGE_BYTES)
        body = b"".join([*unpacker.feed(raw), *unpacker.finish()])
    except UnreadableBodyError as error:
        raise RecordError(f"its page {error}") from error
    if unpacker.is_full:
        raise RecordError(f"its page unpacks to more than {MAX_PAGE_BYTES:,} bytes")
    return body, unpacker.is_broken
