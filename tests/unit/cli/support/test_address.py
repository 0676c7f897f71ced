"""Addresses and files that are none, given to `presswire add`, `ingest`, `parse` and others."""

import os

import pytest
from click.testing import CliRunner

from workers import services
from workers.cli.main import presswire
from workers.cli.support.error_messages import error_message
from workers.cli.support.services import command_services

FAULTS = [
    ("http://[bad", "Invalid IPv6"),
    ("https://g.example:abc/x", "Port"),
    ("http:///x", "names no host"),
]
PAGE = "<h1>Bridge is closed</h1>" + 9 * "<p>The council met on Monday to talk about it.</p>"


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Calls a command where no server runs."""
    (tmp_path / "outlets").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PRESSWIRE_OUTLETS", str(tmp_path / "outlets"))
    monkeypatch.setenv("PRESSWIRE_ARCHIVE", str(tmp_path / "archive"))
    caches = (services.get_settings, command_services)
    for cached in caches:
        cached.cache_clear()
    yield lambda *args: CliRunner().invoke(presswire, args)
    for cached in caches:
        cached.cache_clear()


@pytest.fixture
def put(tmp_path):
    def write(name, body):
        (tmp_path / name).write_bytes(body if isinstance(body, bytes) else body.encode())
        return name

    return write


@pytest.mark.parametrize("command", [("add",), ("parse",), ("trace",), ("cluster", "show")])
@pytest.mark.parametrize(("url", "fault"), FAULTS)
def test_an_address_that_is_none_is_told_with_the_reason(run, command, url, fault):
    shown = run(*command, url)
    assert shown.exit_code == 2
    assert fault in shown.output


@pytest.mark.parametrize("command", ["ingest", "parse"])
@pytest.mark.parametrize(
    ("url", "fault"),
    [*FAULTS, ("www.g.example/a", "begin with http"), ("javascript:alert(1)", "begin with http")],
)
def test_so_it_is_for_where_a_page_was(run, put, command, url, fault):
    shown = run(command, put("page.html", PAGE), "--url", url)
    assert shown.exit_code == 2
    assert fault in shown.output


@pytest.mark.parametrize(
    ("name", "body", "says"),
    [
        (
            "list.txt",
            "https://g.example/a\nhttp://[bad\n",
            "list.txt: 'http://[bad' is not an address",
        ),
        ("list.txt", "https://g.example/ä".encode("utf-16"), "list.txt: is not text in UTF-8"),
        ("list.txt", bytes(range(256)), "list.txt: is not text in UTF-8"),
        ("list.csv", bytes(range(256)), "list.csv: is not text in UTF-8"),
        ("list.csv", "url\n" + 200_000 * "a", "list.csv: is not a CSV file"),
        ("list.csv", "address\nhttps://g.example/a\n", 'list.csv: no column "url"'),
    ],
)
def test_a_list_that_cannot_be_read_is_told_by_its_name(run, put, name, body, says):
    shown = run("add", put(name, body))
    assert shown.exit_code == 1
    assert says in shown.output


def test_a_page_in_a_file_is_parsed_under_the_address_that_is_given(run, put):
    shown = run("parse", put("page.html", PAGE), "--url", "https://g.example/a")
    assert shown.exit_code == 0, shown.output
    assert shown.output.startswith("Bridge is closed")


def test_a_warc_without_a_page_is_told_by_its_name(run, put):
    shown = run("parse", put("empty.warc", b""))
    assert (shown.exit_code, shown.output) == (1, "Error: empty.warc: no page in it\n")


@pytest.mark.parametrize("body", [b"\x1f\x8b" + bytes(300), b"\x1b[2J\xff\n" * 20])
def test_a_warc_that_cannot_be_read_is_a_trouble_that_is_explained(run, put, body):
    shown = run("parse", put("bad.warc.gz", body))
    told = error_message(shown.exception) or ""
    assert told.startswith("bad.warc.gz: not a WARC file")
    assert told.isprintable()
    assert "2J" not in told


def test_where_nothing_is_found_to_ingest_it_is_said_so(run, put, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    shown = run("ingest", "pipe", "folder", put("empty.warc", b""))
    told = ["pipe: is not a file", "folder: no file in it", "empty.warc: no page in it"]
    assert shown.output.splitlines() == [*told, "0 pages sent to parse."]


@pytest.mark.parametrize("name", ["list.txt", "list.csv"])
def test_a_list_without_an_address_is_said_to_be_so(run, put, name):
    shown = run("add", put(name, b""))
    assert shown.output == f"{name}: no address in it\n0 queued, 0 known already.\n"


def test_a_page_of_a_warc_whose_address_is_none_is_left_out(run, put):
    head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    record = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://[bad\r\n"
        "WARC-Date: 2026-03-01T12:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(head + PAGE)}\r\n\r\n{head}{PAGE}\r\n\r\n"
    )
    shown = run("ingest", put("one.warc", record))
    said = "one.warc, record at byte 0: its address is none: 'http://[bad': Invalid IPv6 URL"
    assert f"{said}; left out\none.warc: no page in it\n0 pages sent" in shown.output
