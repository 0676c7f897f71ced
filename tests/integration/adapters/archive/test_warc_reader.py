"""WARC files of other programs."""

import gzip
import zlib
from datetime import UTC, datetime
from io import BytesIO

import brotli
import pytest
import zstandard
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from workers.adapters.archive.archive import open_archive
from workers.adapters.archive.warc_reader import read_warc
from workers.settings import Settings

PAGE = b"<html><p>The council votes for a new bridge.</p></html>" * 30
HTML = ("Content-Type", "text/html; charset=utf-8")
URL = "https://gazette.example/1"
AT = "2024-05-01T12:30:00Z"


@pytest.fixture
def warc_of():
    """The bytes of a WARC file with records of (status, headers, body)."""

    def build(*answers, kind="response", compress=True, url=URL):
        out = BytesIO()
        writer = WARCWriter(out, gzip=compress)
        writer.write_record(writer.create_warcinfo_record("a.warc", {"software": "another"}))
        for status, headers, body in answers:
            record = writer.create_warc_record(
                url,
                kind,
                payload=BytesIO(body),
                length=len(body),
                http_headers=StatusAndHeaders(status, headers, protocol="HTTP/1.1"),
                warc_headers_dict={"WARC-Date": AT},
            )
            writer.write_record(record)
        return out.getvalue()

    return build


def zstd_with_dictionary(record):
    samples = [b"%d WARC/1.0 Content-Type: text/html; %d" % (n, n * n) for n in range(2000)]
    dictionary = zstandard.train_dictionary(4096, samples)
    raw = dictionary.as_bytes()
    front = b"\x5d\x2a\x4d\x18" + len(raw).to_bytes(4, "little") + raw
    return front + zstandard.ZstdCompressor(dict_data=dictionary).compress(record)


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("plain.warc", bytes),
        ("one.warc.gz", gzip.compress),
        ("one.warc.zst", zstandard.compress),
        ("dictionary.warc.zst", zstd_with_dictionary),
    ],
)
def test_a_file_is_read_in_each_packing(tmp_path, warc_of, name, packed):
    path = tmp_path / name
    path.write_bytes(packed(warc_of(("200 OK", [HTML], PAGE), compress=False)))
    (page,) = read_warc(path)
    assert (page.url, page.final_url, page.status, page.body) == (URL, URL, 200, PAGE)
    assert page.header("content-type") == "text/html; charset=utf-8"
    assert page.fetched_at == datetime(2024, 5, 1, 12, 30, tzinfo=UTC)


def test_many_frames_are_read_one_after_the_other(tmp_path, warc_of):
    path = tmp_path / "frames.warc.zst"
    one = zstandard.compress(warc_of(("200 OK", [HTML], PAGE), compress=False))
    path.write_bytes(one * 3)
    assert [page.body for page in read_warc(path)] == [PAGE] * 3


def chunked(body):
    return b"%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (100, body[:100], len(body) - 100, body[100:])


@pytest.mark.parametrize(
    ("headers", "encode"),
    [
        ({"Content-Encoding": "gzip"}, gzip.compress),
        ({"Content-Encoding": "deflate"}, zlib.compress),
        ({"Content-Encoding": "br"}, brotli.compress),
        ({"Content-Encoding": "zstd"}, zstandard.compress),
        ({"Transfer-Encoding": "chunked"}, chunked),
        (
            {"Transfer-Encoding": "chunked", "Content-Encoding": "gzip"},
            lambda body: chunked(gzip.compress(body, 0)),
        ),
        ({"Content-Encoding": "gzip"}, bytes),
    ],
    ids=["gzip", "deflate", "br", "zstd", "chunked", "chunked gzip", "said but not done"],
)
def test_bodies_are_decoded(tmp_path, warc_of, headers, encode):
    path = tmp_path / "a.warc.gz"
    path.write_bytes(warc_of(("200 OK", [HTML, *headers.items()], encode(PAGE))))
    (page,) = read_warc(path)
    assert page.body == PAGE


def test_only_pages_of_html_that_were_there_come_out(tmp_path, warc_of):
    path = tmp_path / "a.warc.gz"
    path.write_bytes(
        warc_of(
            ("404 Not Found", [HTML], PAGE),
            ("301 Moved", [HTML, ("Location", "/2")], b""),
            ("200 OK", [("Content-Type", "image/png")], b"\x89PNG"),
            ("200 OK", [("Content-Type", "application/xhtml+xml")], PAGE),
            ("200 OK", [], PAGE),
        )
        + warc_of(("200 OK", [HTML], PAGE), kind="revisit")
    )
    (page,) = read_warc(path)
    assert page.header("content-type") == "application/xhtml+xml"


def test_addresses_in_angle_brackets_are_read(tmp_path, warc_of):
    path = tmp_path / "wget.warc.gz"
    path.write_bytes(warc_of(("200 OK", [HTML], PAGE), url=f"<{URL}>"))
    (page,) = read_warc(path)
    assert page.url == URL


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.warc", b"no archive at all"),
        ("a.warc.gz", b"no archive at all"),
        ("a.warc.gz", gzip.compress(b"no archive at all", mtime=0)),
        ("a.warc.zst", b"no archive at all"),
    ],
)
def test_what_is_no_warc_file_is_said_so(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(OSError, match="not a WARC file"):
        list(read_warc(path))


def test_a_file_cut_short_gives_what_is_whole_before(tmp_path, warc_of):
    path = tmp_path / "a.warc.gz"
    whole = warc_of(("200 OK", [HTML], PAGE), ("200 OK", [HTML], PAGE))
    path.write_bytes(whole[:-20])
    pages = []
    try:
        pages.extend(read_warc(path))
    except OSError as error:
        assert "not a WARC file" in str(error)  # noqa: PT017  both are right
    assert pages[0].body == PAGE


def test_our_own_archive_can_be_brought_in_elsewhere(tmp_path, page_of):
    archive = open_archive(Settings(archive=str(tmp_path)))
    page = page_of(headers=(("content-type", "text/html"), ("content-encoding", "br")))
    key = archive.write(page)
    archive.write(page_of(status=404))
    (found,) = read_warc(tmp_path / key.partition(":")[0])
    assert (found.url, found.body, found.fetched_at) == (page.url, page.body, page.fetched_at)
