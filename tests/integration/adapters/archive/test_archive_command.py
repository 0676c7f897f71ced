"""`presswire archive`, as the operator calls it."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from workers.adapters.archive.archive import open_archive
from workers.settings import Settings

PRESSWIRE = Path(sys.executable).with_name("presswire")


@pytest.fixture
def place(tmp_path):
    return str(tmp_path / "archive")


@pytest.fixture
def presswire(place, tmp_path):
    """Runs the command on the archive at `place`."""

    def run(*arguments):
        environment = {**os.environ, "PRESSWIRE_ARCHIVE": place, "COLUMNS": "120"}
        command = [PRESSWIRE, "archive", *arguments]
        return subprocess.run(
            command, env=environment, cwd=tmp_path, capture_output=True, check=False
        )

    return run


def test_it_tells_files_sizes_and_pages(presswire, archive, page_of):
    archive.write(page_of(), "gazette")
    archive.write(page_of(), "gazette")
    archive.write(page_of(), "gazette", "feed")
    told = presswire("stat", "--pages").stdout.decode()
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in told.splitlines()]
    assert [f"{datetime.now(UTC):%Y-%m-%d}", "gazette", "2"] in rows
    assert any(row[:1] == ["size"] and row[1].endswith(("bytes", "kB")) for row in rows)


def test_it_prints_the_raw_page_of_a_key(presswire, archive, page_of):
    key = archive.write(page_of(body=b"\x00raw\xff"), "gazette")
    assert presswire("show", key).stdout == b"\x00raw\xff"
    assert b"content-type: text/html" in presswire("show", "--headers", key).stdout


def test_a_key_of_nothing_is_one_clear_line(presswire):
    answer = presswire("show", "2026-01-01/a.warc.gz:0:1")
    assert answer.returncode == 1
    assert answer.stderr.decode().count("\n") == 1
    assert b"the archive has no 2026-01-01/a.warc.gz" in answer.stderr


def test_pruning_is_rehearsed_and_then_done(archive, tmp_path, page_of, presswire, place):
    key = archive.write(page_of())
    archive.close()
    assert b"0 files" in presswire("prune", "--keep-days", "3").stdout
    old = datetime.now(UTC) - timedelta(days=4)
    for path in (tmp_path / "archive").rglob("*.*"):
        os.utime(path, (old.timestamp(), old.timestamp()))
    assert b"would be deleted" in presswire("prune", "--keep-days", "3", "--dry-run").stdout
    assert open_archive(Settings(archive=place)).read(key)
    assert b"1 files" in presswire("prune", "--keep-days", "3").stdout
    assert list((tmp_path / "archive").iterdir()) == []
