"""The history in WARC files: the outlet's own pages in them need no fetch."""

from io import BytesIO

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from workers import urls
from workers.adapters.http import poll_session, remote_file

DATE = "2024-05-01T12:30:00Z"
SINCE = ("--since", "2020-01-01")
OWN = 8


def write_record(writer, url, date=DATE, more=None):
    body = f"<html><h1>{url}</h1><p>The council votes for a bridge.</p></html>".encode()
    headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
    record = writer.create_warc_record(
        url,
        "response",
        payload=BytesIO(body),
        length=len(body),
        http_headers=headers,
        warc_headers_dict={"WARC-Date": date} | (more or {}),
    )
    writer.write_record(record)


@pytest.fixture
def warc(site):
    """A file with pages of the outlet, and with others."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=True)
    for number in range(OWN):
        write_record(writer, f"{site.home}story/{number}")
        write_record(writer, f"https://elsewhere.example/{number}")
        if number == 2:
            write_record(writer, f"{site.home}story/bad", date="yesterday")
    write_record(writer, f"{site.home}story/0")
    write_record(writer, f"{site.home}story/old", date="2019-05-01T12:30:00Z")
    write_record(writer, f"{site.home}story/2018/05/01/moved")
    write_record(writer, f"{site.home}story/cut", more={"WARC-Truncated": "length"})
    write_record(writer, f"{site.home}video/1")
    return out.getvalue()


LEFT_OUT = {
    "WARC records that cannot be read": 1,
    "older than the backfill asks for": 2,
    "pages that are cut short in their WARC file": 1,
    "left by the outlet's file": 1,
}


def put_sitemap(site):
    """The site names what is in the file, and one more."""
    site.pages["/robots.txt"] = f"Sitemap: {site.home}map.xml\n"
    site.put_sitemap("map.xml", [*(f"story/{n}" for n in range(OWN)), "story/cut"])


def check(site, given):
    """Each page came once: from the file what is in it, from the outlet what is not."""
    stories = [f"{site.home}story/{n}" for n in (*range(OWN), "cut")]
    assert sorted(given.sent) == sorted(stories)
    assert site.paths("/story") == ["/story/cut"]
    report = given.report()
    assert report.ends == {"indexed": OWN + 1}
    assert (report.new, report.known, report.links) == (OWN + 1, OWN + 1, 2 * OWN + 2)
    assert {left.why: left.number for left in report.left_out} == LEFT_OUT
    row = given.services.ledger.row(urls.page_id(stories[0]))
    assert row.state == "indexed"


def test_a_file_is_read_on_where_its_walker_died(site, desk, warc, tmp_path):
    put_sitemap(site)
    given = desk(more='deny = ["/video/*"]')
    path = tmp_path / "files" / "a.warc.gz"
    path.parent.mkdir()
    path.write_bytes(warc)
    given.dies_after = 4
    given.run("gazette", *SINCE, "--warc", path.parent)
    assert len(given.sent) == given.dies_after
    with given.at_work():
        output, code = given.run("gazette")
    assert code == 0, output
    check(site, given)
    assert f"{path}, record at byte " in output
    assert "WARC-Date" in output
    again, code = given.run("gazette", "--warc", path)
    assert (code, "nothing is left of it" in again) == (0, True)


@pytest.mark.parametrize("sends_parts", [True, False])
def test_a_file_on_a_server_is_read_in_parts(site, desk, warc, monkeypatch, sends_parts):
    put_sitemap(site)
    size = 1000 if sends_parts else len(warc)
    for module in (poll_session, remote_file):
        monkeypatch.setattr(module, "PART_BYTES", size)
    site.sends_parts = sends_parts
    site.pages["/a.warc.gz"] = warc
    given = desk(more='deny = ["/video/*"]')
    with given.at_work():
        output, code = given.run("gazette", *SINCE, "--warc", f"{site.home}a.warc.gz")
    assert code == 0, output
    check(site, given)
    parts = len(site.paths("/a.warc.gz"))
    assert parts <= 4 + len(warc) // size


def test_a_file_that_cannot_be_read_costs_only_itself(site, desk, warc, tmp_path):
    put_sitemap(site)
    given = desk(more='deny = ["/video/*"]')
    good, bad = tmp_path / "b.warc.gz", tmp_path / "a.warc"
    good.write_bytes(warc)
    bad.write_bytes(b"no archive at all")
    with given.at_work():
        output, code = given.run(
            "gazette", *SINCE, "--warc", bad, "--warc", good, "--warc", f"{site.home}none.warc"
        )
    assert code == 0, output
    check(site, given)
    assert sorted((part.url, part.reason) for part in given.report().failed) == sorted(
        [(str(bad), "unreadable"), (f"{site.home}none.warc", "bad_response")]
    )
    output, code = given.run("gazette", "--warc", tmp_path / "c.warc")
    assert (code, "there is no such file" in output) == (1, True)
