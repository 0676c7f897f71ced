"""The archive in a folder: killed writers, full disks, torn files, other tools."""

import io
import os
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import repeat
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from workers.adapters.archive.archive import Archive, open_archive
from workers.adapters.archive.keys import index_name
from workers.adapters.archive.local_store import LocalStore
from workers.exceptions import TryAgain
from workers.settings import Settings

WRITER = Path(__file__).with_name("writing_process.py")
DAY = timedelta(days=1)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "archive"


def start(folder, threads, pages, **options):
    command = [sys.executable, WRITER, folder, str(threads), str(pages)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)


def told(lines):
    """url → key of what was written, from whole lines only."""
    pairs = (line.split() for line in lines if line.endswith("\n"))
    return {url: key for url, key, *_ in pairs if key != "refused"}


def keys_in(archive):
    now = datetime.now(UTC)
    return [event.archive_key for event in archive.fetched(now - DAY, now + DAY)]


def body_of(url):
    number = int(url.rpartition("/")[2])
    return (b"%d " % (number**9)) * (number % 900)


def assert_all_there(folder, written):
    archive = open_archive(Settings(archive=str(folder)))
    for url, key in written.items():
        page = archive.read(key)
        assert (page.url, page.body) == (url, body_of(url))
    assert set(written.values()) <= set(keys_in(archive))


@pytest.mark.parametrize("after_pages", [1, 40, 333])
def test_nothing_that_was_acknowledged_is_lost_when_the_writer_is_killed(folder, after_pages):
    with start(folder, 4, 1_000_000) as writer:
        lines = [writer.stdout.readline() for _ in range(after_pages)]
        writer.kill()
        lines += writer.stdout.readlines()
    written = told(lines)
    assert len(written) >= after_pages
    assert_all_there(folder, written)


def test_processes_write_side_by_side(folder):
    writers = [start(folder, 4, 150) for _ in range(4)]
    written = [
        told(writer.communicate(timeout=60)[0].splitlines(keepends=True)) for writer in writers
    ]
    assert [len(each) for each in written] == [150] * 4
    for each in written:
        assert_all_there(folder, each)
    assert len(keys_in(open_archive(Settings(archive=str(folder))))) == 600
    assert len(list(folder.glob("*/*.warc.gz"))) == 4


def test_a_forked_process_writes_to_a_file_of_its_own(folder, page_of):
    archive = open_archive(Settings(archive=str(folder)))
    before = archive.write(page_of())
    read_end, write_end = os.pipe()
    child = os.fork()
    if not child:
        os.write(write_end, archive.write(page_of()).encode())
        os._exit(0)
    os.waitpid(child, 0)
    inside = os.read(read_end, 1000).decode()
    after = archive.write(page_of())
    assert before.partition(":")[0] == after.partition(":")[0] != inside.partition(":")[0]
    assert sorted(keys_in(archive)) == sorted([before, inside, after])
    os.close(read_end)
    os.close(write_end)


def test_a_file_cut_anywhere_gives_every_whole_record(folder, page_of):
    archive = open_archive(Settings(archive=str(folder)))
    keys = [archive.write(page_of(body=bytes([n]) * 50)) for n in range(4)]
    archive.close()
    path = folder / keys[0].partition(":")[0]
    ends = [sum(map(int, key.split(":")[1:])) for key in keys]
    for size in range(path.stat().st_size, -1, -1):
        os.truncate(path, size)
        assert keys_in(archive) == keys[: sum(end <= size for end in ends)]


@pytest.mark.parametrize("damage", ["lost", "torn", "foreign", "gap"])
def test_a_damaged_index_costs_no_page(folder, page_of, damage):
    archive = open_archive(Settings(archive=str(folder)))
    keys = [archive.write(page_of()) for _ in range(4)]
    archive.close()
    path = folder / index_name(keys[0].partition(":")[0])
    lines = path.read_bytes().splitlines(keepends=True)
    damaged = {
        "lost": [],
        "torn": [*lines[:2], lines[2][:40]],
        "foreign": [b"an index of something else\n", b"\n", b"\xff {}\n"],
        "gap": [lines[0], *lines[2:]],
    }
    path.write_bytes(b"".join(damaged[damage]))
    assert keys_in(archive) == keys


def test_a_window_is_found_by_the_index_without_reading_pages(folder, page_of):
    archive = open_archive(Settings(archive=str(folder)))
    keys = [archive.write(page_of()) for _ in range(3)]
    path = folder / keys[0].partition(":")[0]
    path.write_bytes(bytes(path.stat().st_size))
    assert keys_in(archive) == keys


def test_files_rotate_by_size_and_by_age(folder, page_of):
    by_size = Archive(LocalStore(folder / "size", rotate_bytes=1500))
    sizes = [by_size.write(page_of(body=os.urandom(600))) for _ in range(5)]
    assert len({key.partition(":")[0] for key in sizes}) == 3
    assert keys_in(by_size) == sizes
    by_age = Archive(LocalStore(folder / "age", rotate_seconds=0.2))
    first, second = by_age.write(page_of()), by_age.write(page_of())
    time.sleep(0.3)
    third = by_age.write(page_of())
    assert first.partition(":")[0] == second.partition(":")[0] != third.partition(":")[0]
    assert keys_in(by_age) == [first, second, third]


def test_a_file_that_a_live_process_writes_is_never_pruned(folder):
    with start(folder, 1, 1_000_000) as writer:
        writer.stdout.readline()
        archive = open_archive(Settings(archive=str(folder)))
        assert [file.is_open for file in archive.store.files()] == [True]
        assert list(archive.prune(datetime.now(UTC) + DAY)) == []
        writer.kill()
        writer.wait()
        assert [file.is_open for file in archive.store.files()] == [False]
        assert len(list(archive.prune(datetime.now(UTC) + DAY))) == 1
        writer.stdout.read()


def test_a_full_disk_asks_to_try_again_and_goes_on_when_there_is_room(small_disk, page_of):
    (small_disk / "ballast").write_bytes(bytes(500_000))
    archive = open_archive(Settings(archive=str(small_disk / "archive")))
    keys = []
    with pytest.raises(TryAgain, match="No space left") as trouble:  # noqa: PT012  how many fit is open
        while len(keys) < 100:
            keys.append(archive.write(page_of(body=os.urandom(40_000))))
    assert not trouble.value.counts_as_attempt
    assert 1 < len(keys) < 20
    (small_disk / "ballast").unlink()
    keys.append(archive.write(page_of()))
    assert keys_in(archive) == keys
    assert all(archive.read(key) for key in keys)
    archive.close()


def test_a_disk_full_from_the_start_asks_to_try_again(small_disk, page_of):
    ballast = small_disk / "ballast"
    with ballast.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
        file.writelines(repeat(bytes(4096)))
    archive = open_archive(Settings(archive=str(small_disk / "archive")))
    for _ in range(2):
        with pytest.raises(TryAgain, match="No space left") as trouble:
            archive.write(page_of(body=os.urandom(9000)))
        assert not trouble.value.counts_as_attempt
    ballast.unlink()
    key = archive.write(page_of())
    assert keys_in(archive) == [key]
    archive.close()


def test_a_limit_on_file_sizes_tears_no_record(folder):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    with start(folder, 2, 600, preexec_fn=limit) as writer:
        lines = writer.stdout.readlines()
    assert any(" refused archive: " in line for line in lines)
    written = told(lines)
    assert_all_there(folder, written)
    assert len(written) == len(keys_in(open_archive(Settings(archive=str(folder)))))


def test_an_unwritable_place_asks_to_try_again(tmp_path, page_of):
    (tmp_path / "file").touch()
    with pytest.raises(TryAgain, match="archive: ") as trouble:
        open_archive(Settings(archive=str(tmp_path / "file"))).write(page_of())
    assert not trouble.value.counts_as_attempt


def test_other_tools_read_and_verify_the_files(folder, page_of):
    archive = open_archive(Settings(archive=str(folder)))
    headers = (("content-type", "text/html"), ("content-encoding", "br"), ("x-é", "ü"))
    pages = [page_of(f"https://gazette.example/{n}", headers=headers) for n in range(5)]
    keys = [archive.write(page, "gazette") for page in pages]
    archive.close()
    paths = [str(path) for path in folder.glob("*/*.warc.gz")]
    warcio = Path(sys.executable).with_name("warcio")
    checked = subprocess.run(
        [warcio, "check", "-v", *paths], capture_output=True, text=True, check=True
    )
    assert checked.stdout.count("digest pass") == 5
    with Path(paths[0]).open("rb") as file:
        records = ArchiveIterator(file)
        for page, key in zip(pages, keys, strict=True):
            record = next(records)
            assert record.rec_headers.get_header("WARC-Target-URI") == page.final_url
            assert record.http_headers.get_statuscode() == "200"
            assert record.content_stream().read() == page.body
            assert key.split(":")[1:] == [
                str(records.get_record_offset()),
                str(records.get_record_length()),
            ]


def test_the_index_lines_say_where_each_record_is(folder, page_of):
    archive = open_archive(Settings(archive=str(folder)))
    keys = [archive.write(page_of("https://www.gazette.example/A?b=1")) for _ in range(2)]
    archive.close()
    (index,) = folder.glob("*/*.cdxj")
    for line, key in zip(index.read_text().splitlines(), keys, strict=True):
        file, offset, length = key.split(":")
        assert line.startswith("example,gazette)/a?b=1 2")
        assert f'"length":"{length}","offset":"{offset}","filename":"{file}"' in line
        raw = (folder / file).read_bytes()[int(offset) : int(offset) + int(length)]
        assert next(ArchiveIterator(io.BytesIO(raw))).rec_type == "response"
