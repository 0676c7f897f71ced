"""A page as one WARC 1.1 record (ISO 28500) in a gzip member of its own, and back: a response as it
was fetched, or the conversion that a browser made of one."""

import uuid
from base64 import b32encode
from datetime import UTC, datetime
from hashlib import sha1
from http import HTTPStatus

from isal import isal_zlib
from msgspec import Struct

from schemas.page import Announcement, StoredPage
from workers import clock

# igzip at 2: 1,700 pages/s of 217 KB on one core, 21 % of their size; zlib at 6: 96 pages/s, 18 %;
# zstd at 3: 1,300 pages/s, 18 %, but most WARC tools read only gzip
LEVEL = 2
GZIP = 31
# The stored body is decompressed and whole, so these headers of the answer no longer describe it.
# They are kept under another name, as other archives do.
FRAMING = frozenset({"content-encoding", "content-length", "transfer-encoding"})
ORIGINAL = "x-archive-orig-"
ANNOUNCED_PUBLISHED = "Presswire-Announced-Published"
ANNOUNCED_TITLE = "Presswire-Announced-Title"
PHRASES = {status.value: status.phrase for status in HTTPStatus}


class ArchivedPage(Struct, frozen=True):
    """What one record holds. `form` tells what the bytes are: "html", "flattened" and "rendered"
    are pages, anything else ("feed", "robots") is not. A rendered page has an `original`."""

    page: StoredPage
    outlet: str = ""
    form: str = "html"
    record_id: str = ""
    original: "OriginalRecord | None" = None
    announced: Announcement = Announcement()


class OriginalRecord(Struct, frozen=True):
    """The record that a conversion was made of: its key in the archive and its WARC-Record-ID."""

    key: str
    record_id: str


def encode_record(archived: ArchivedPage, checksum: str) -> bytes:
    """Return the record, compressed; `checksum` is the body's digest."""
    packer = isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, GZIP)
    original = archived.original
    head = _conversion_head(archived, original) if original else _head(archived, checksum)
    parts = (head, archived.page.body, b"\r\n\r\n")
    return b"".join([*map(packer.compress, parts), packer.flush()])


def decompress_record(member: bytes) -> ArchivedPage:
    """Return the page in a record that `encode_record` made.

    Raises:
        ValueError: it is not such a record.
    """
    try:
        return parse_record(isal_zlib.decompress(member, GZIP))
    except isal_zlib.error as error:  # type: ignore[misc]  # its stub calls the class an instance
        raise ValueError(f"no gzip member: {error}") from error


def parse_record(record: bytes) -> ArchivedPage:
    """Return the page in a record without compression.

    Raises:
        ValueError: it is not a record of a page.
    """
    head, _, rest = record.partition(b"\r\n\r\n")
    http, _, _ = rest.partition(b"\r\n\r\n")
    fields = dict(_fields(head))
    if fields["WARC-Type"] == "conversion":
        return _parse_conversion(fields, rest)
    status_line = http.partition(b"\r\n")[0].split(b" ")
    end = int(fields["Content-Length"])
    page = StoredPage(
        url=fields["Presswire-Found-At"],
        final_url=fields["WARC-Target-URI"],
        status=int(status_line[1]),
        headers=tuple(_original(http)),
        body=rest[len(http) + 4 : end],
        fetched_at=datetime.fromisoformat(fields["WARC-Date"]),
    )
    if len(rest) < end:
        raise ValueError("the record is cut short")
    return ArchivedPage(
        page,
        fields["Presswire-Outlet"],
        fields["Presswire-Form"],
        fields["WARC-Record-ID"],
        announced=_announcement(fields),
    )


def _parse_conversion(fields: dict[str, str], block: bytes) -> ArchivedPage:
    end = int(fields["Content-Length"])
    if len(block) < end:
        raise ValueError("the record is cut short")
    page = StoredPage(
        url=fields["Presswire-Found-At"],
        final_url=fields["WARC-Target-URI"],
        status=HTTPStatus.OK.value,
        headers=(("content-type", fields["Content-Type"]),),
        body=block[:end],
        fetched_at=datetime.fromisoformat(fields["Presswire-Fetched-At"]),
    )
    original = OriginalRecord(fields["Presswire-Original"], fields["WARC-Refers-To"])
    return ArchivedPage(
        page,
        fields["Presswire-Outlet"],
        fields["Presswire-Form"],
        fields["WARC-Record-ID"],
        original,
        _announcement(fields),
    )


def _announcement(fields: dict[str, str]) -> Announcement:
    published = fields.get(ANNOUNCED_PUBLISHED)
    moment = datetime.fromisoformat(published) if published else None
    return Announcement(moment, fields.get(ANNOUNCED_TITLE, ""))


def _announcement_fields(announced: Announcement) -> tuple[tuple[str, str], ...]:
    published = announced.published.isoformat() if announced.published else ""
    fields = ((ANNOUNCED_PUBLISHED, published), (ANNOUNCED_TITLE, announced.title))
    return tuple(field for field in fields if field[1])


def digest(body: bytes) -> str:
    """Return the payload's digest in the form of WARC."""
    return "sha1:" + b32encode(sha1(body, usedforsecurity=False).digest()).decode()


def warc_date(at: datetime) -> str:
    """Return the time in the form of WARC 1.1, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def _head(archived: ArchivedPage, checksum: str) -> bytes:
    page = archived.page
    status = f"HTTP/1.1 {page.status} {PHRASES.get(page.status, 'Unknown')}"
    length = ("content-length", str(len(page.body)))
    http = _block(status, (*(_renamed(*header) for header in page.headers), length))
    warc = (
        ("WARC-Type", "response"),
        ("WARC-Record-ID", f"<urn:uuid:{uuid.uuid4()}>"),
        ("WARC-Date", warc_date(page.fetched_at)),
        ("WARC-Target-URI", page.final_url),
        ("WARC-Payload-Digest", checksum),
        ("Presswire-Found-At", page.url),
        ("Presswire-Outlet", archived.outlet),
        ("Presswire-Form", archived.form),
        *_announcement_fields(archived.announced),
        ("Content-Type", "application/http; msgtype=response"),
        ("Content-Length", str(len(http) + len(page.body))),
    )
    return _block("WARC/1.1", warc) + http


def _conversion_head(archived: ArchivedPage, original: OriginalRecord) -> bytes:
    """Return the head of what was made of another record; its block is the page without HTTP. The
    page counts as fetched when the original was."""
    page = archived.page
    checksum = digest(page.body)
    warc = (
        ("WARC-Type", "conversion"),
        ("WARC-Record-ID", f"<urn:uuid:{uuid.uuid4()}>"),
        ("WARC-Date", warc_date(clock.now())),
        ("WARC-Target-URI", page.final_url),
        ("WARC-Refers-To", original.record_id),
        ("WARC-Block-Digest", checksum),
        ("WARC-Payload-Digest", checksum),
        ("Presswire-Fetched-At", warc_date(page.fetched_at)),
        ("Presswire-Original", original.key),
        ("Presswire-Found-At", page.url),
        ("Presswire-Outlet", archived.outlet),
        ("Presswire-Form", archived.form),
        *_announcement_fields(archived.announced),
        ("Content-Type", page.header("content-type")),
        ("Content-Length", str(len(page.body))),
    )
    return _block("WARC/1.1", warc)


def _block(first: str, fields: tuple[tuple[str, str], ...]) -> bytes:
    lines = (first, *(f"{name}: {_one_line(value)}" for name, value in fields))
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape")


def _one_line(value: str) -> str:
    return value.replace("\r", " ").replace("\n", " ")


def _fields(block: bytes) -> list[tuple[str, str]]:
    lines = block.decode("utf-8", "surrogateescape").split("\r\n")[1:]
    pairs = (line.partition(": ") for line in lines)
    return [(name, value) for name, _, value in pairs]


def _renamed(name: str, value: str) -> tuple[str, str]:
    is_moved = name in FRAMING or name.startswith(ORIGINAL)
    return (ORIGINAL + name if is_moved else name), value


def _original(http: bytes) -> list[tuple[str, str]]:
    kept = (pair for pair in _fields(http) if pair[0] not in FRAMING)
    return [(name.removeprefix(ORIGINAL), value) for name, value in kept]
