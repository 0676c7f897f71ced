"""WARC files of strangers: memory is bounded, and a bad record costs itself."""

import gzip
import resource

import pytest
import zstandard

from workers.adapters.archive.warc_reader import NoWarcFileError, read_warc
from workers.adapters.child_processes import MEBIBYTE, ChildProcesses

PAGE = b"<html><p>The council votes for a new bridge.</p></html>"
DATE = "2024-05-01T12:30:00Z"


def record(  # noqa: PLR0913  its parts
    url="https://gazette.example/{}",
    *,
    name="good",
    date=DATE,
    http=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n",
    body=PAGE,
    length=None,
    more="",
):
    block = http + b"\r\n" + body
    length = len(block) if length is None else length
    fields = {
        "WARC-Type": "response",
        "WARC-Target-URI": url and url.format(name),
        "WARC-Date": date,
        "Content-Length": length,
    }
    lines = [f"{key}: {value}" for key, value in fields.items() if value != ""]
    head = "\r\n".join(["WARC/1.0", *lines]) + more
    return head.encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


GOOD = (record(name="first"), record(name="last"))
TWELVE = b"\0" * (12 * MEBIBYTE)
MUCH = 128 * MEBIBYTE


def layers(data, number):
    for _ in range(number):
        data = gzip.compress(data, 9)
    return data


BAD = {
    "no address": (record(url=""), "WARC-Target-URI"),
    "an empty line amid its fields": (
        record(url="x:{}").replace(b"WARC-Target-URI: x:good", b""),
        "Content-Length",
    ),
    "an address that is none": (record(url="http://[x/{}"), "address"),
    "an address with a line of its own": (record(url="http://a\x1b[2Jb/{}"), "address"),
    "no date": (record(date=""), "WARC-Date"),
    "a date that is none": (record(date="yesterday"), "WARC-Date"),
    "a date of 99 months": (record(date="2024-99-01T00:00:00Z"), "WARC-Date"),
    "a date before the web": (record(date="0001-01-01T00:00:00Z"), "cannot be true"),
    "a date to come": (record(date="9999-12-31T23:59:59Z"), "cannot be true"),
    "a date at the edge": (record(date="0001-01-01T00:00:00+14:00"), "WARC-Date"),
    "no length": (record(length=""), "Content-Length"),
    "a negative length": (record(length=-5), "Content-Length"),
    "a length in words": (record(length="many"), "Content-Length"),
    "a length in other digits": (record(length="١٢"), "Content-Length"),
    "an endless length": (record(length=9 * 10**14), "more than"),
    "fields without end": (record(more="\r\nX: y" * 300_000), "fields"),
    "one field without end": (record(more="\r\nX: " + "y" * 2_000_000), "fields"),
    "a head without end": (record(http=b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 300_000), "head"),
    "a page without end": (record(body=b"x" * 11_000_000), "more than 10,000,000"),
    "a bomb": (
        record(
            http=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n",
            body=layers(TWELVE, 1),
        ),
        "unpacks to more",
    ),
    "a bomb in a bomb": (
        record(
            http=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip, gzip\r\n",
            body=layers(TWELVE, 2),
        ),
        "unpacks to more",
    ),
    "many layers": (
        record(
            http=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: %s\r\n"
            % b",".join([b"gzip"] * 9),
            body=layers(TWELVE, 9),
        ),
        "packed 9 times",
    ),
    "another version": (record().replace(b"WARC/1.0", b"WARC/7.0"), "does not begin"),
    "noise": (b"\x00\xff\n" * 5_000, "does not begin"),
}


def read(path):
    reports = []
    return [page.url.rpartition("/")[2] for page in read_warc(path, reports.append)], reports


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize(("bad", "reason"), BAD.values(), ids=BAD)
def test_a_bad_record_costs_itself_and_is_told(tmp_path, bad, reason, pack):
    path = tmp_path / "a.warc"
    path.write_bytes(b"".join(map(pack, (GOOD[0], bad, GOOD[1]))))
    pages, reports = read(path)
    assert pages == ["first", "last"]
    assert reason in reports[0].reason
    assert str(reports[0]).startswith(f"{path}, record at byte {len(pack(GOOD[0])):,}: ")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: raw[:-30],
        lambda raw: raw[:40] + b"\xff" * 20 + raw[60:],
        lambda raw: b"\x1f\x8b\x08" + raw[3:8] + b"\xff" * 40,
        lambda raw: b"\x1f\x8b\x08" * 3_000 + raw,
    ],
    ids=["cut short", "overwritten", "no deflate", "many beginnings"],
)
def test_damage_in_one_member_costs_that_member(tmp_path, spoil):
    path = tmp_path / "a.warc.gz"
    parts = [gzip.compress(each) for each in (GOOD[0], record(body=PAGE * 50), GOOD[1])]
    path.write_bytes(parts[0] + spoil(parts[1]) + parts[2])
    pages, reports = read(path)
    assert pages[0] == "first"
    assert pages[-1] == "last"
    assert reports
    assert reports[0].offset == len(parts[0])


@pytest.mark.parametrize(
    "pack", [bytes, gzip.compress, zstandard.compress], ids=["plain", "gzip", "zstd"]
)
@pytest.mark.parametrize("rest", [200, 100, 20])
def test_a_file_that_is_cut_short_says_where(tmp_path, pack, rest):
    path = tmp_path / "a.warc"
    second = record(name="second")[:rest]
    path.write_bytes(pack(GOOD[0]) + pack(second) if pack is bytes else pack(GOOD[0] + second))
    pages, reports = read(path)
    assert pages == ["first"]
    assert len(reports) == 1


@pytest.mark.parametrize("number", [2, 3, 6])
def test_nested_gzip_is_no_warc_file(tmp_path, number):
    path = tmp_path / "a.warc.gz"
    path.write_bytes(layers(TWELVE, number))
    with pytest.raises(NoWarcFileError, match="not a WARC file"):
        list(read_warc(path))


def log_nothing(_bad):
    pass


def peak_of_reading(path):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        number = sum(1 for _ in read_warc(path, log_nothing))
    except NoWarcFileError:
        number = 0
    return number, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before


@pytest.fixture(scope="module")
def child():
    children = ChildProcesses(1, 60.0, 1024 * MEBIBYTE)
    yield children
    children.close()


@pytest.fixture(scope="module")
def zeros():
    return b"\0" * MUCH


@pytest.mark.parametrize(
    "content_of",
    [
        lambda zeros: layers(gzip.compress(zeros, 1), 2),
        lambda zeros: gzip.compress(GOOD[0]) + gzip.compress(record(length=len(zeros)) + zeros, 1),
        lambda zeros: gzip.compress(GOOD[0] + zeros, 1) + gzip.compress(GOOD[1]),
        lambda zeros: zstandard.compress(GOOD[0] + zeros),
        lambda zeros: b"\x5d\x2a\x4d\x18\xff\xff\xff\xff" + zstandard.compress(zeros),
    ],
    ids=["nested", "length of a bomb", "line of a bomb", "zstd", "dictionary"],
)
def test_the_memory_is_that_of_a_page(tmp_path, content_of, child, zeros):
    path = tmp_path / "a.warc.gz"
    path.write_bytes(content_of(zeros))
    number, kibibytes = child.run(peak_of_reading, path)
    assert number <= 2
    assert kibibytes < 60 * 1024


def test_members_may_end_anywhere_and_be_padded(tmp_path):
    path = tmp_path / "a.warc.gz"
    whole = b"".join(GOOD)
    pieces = [gzip.compress(whole[n : n + 37]) for n in range(0, len(whole), 37)]
    path.write_bytes(b"".join(pieces) + b"\0" * 1_000)
    assert read(path) == (["first", "last"], [])


def test_arc_files_are_read(tmp_path):
    path = tmp_path / "a.arc"
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE
    version = b"1 0 Internet Archive\nURL IP-address Archive-date Content-type Archive-length\n\n"
    line = b"http://gazette.example/%b 127.0.0.1 20040501123000 text/html %d\n"
    path.write_bytes(
        b"filedesc://a.arc 0.0.0.0 20040501123000 text/plain %d\n" % len(version)
        + version
        + b"\n"
        + line % (b"first", len(block))
        + block
        + b"\nnoise\n"
        + line % (b"last", len(block))
        + block
        + b"\n"
    )
    pages, reports = read(path)
    assert pages == ["first", "last"]
    assert len(reports) == 1


def test_a_date_may_have_a_zone_or_be_partial(tmp_path):
    path = tmp_path / "a.warc"
    dates = ["2024-05-01T12:30:00+02:00", "2024-05-01T12:30:00.123456789Z", "2024-05", "2024"]
    path.write_bytes(b"".join(record(date=date) for date in dates))
    found = [page.fetched_at.isoformat() for page in read_warc(path)]
    assert found == [
        "2024-05-01T10:30:00+00:00",
        "2024-05-01T12:30:00.123456+00:00",
        "2024-05-01T00:00:00+00:00",
        "2024-01-01T00:00:00+00:00",
    ]


def test_what_was_cut_by_its_writer_says_so(tmp_path):
    path = tmp_path / "a.warc"
    path.write_bytes(record(more="\r\nWARC-Truncated: length") + record())
    assert [page.is_cut for page in read_warc(path)] == [True, False]
