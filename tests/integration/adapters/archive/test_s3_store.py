"""The archive in a bucket of a real server: from any machine, through its troubles."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import obstore
import pytest
from obstore.store import S3Store

from workers.adapters.archive import s3_index, s3_store
from workers.adapters.archive.archive import open_archive
from workers.adapters.archive.group_commit import UPLOADS_AT_ONCE
from workers.exceptions import PermanentFailure, TryAgain
from workers.settings import Settings

WRITER = Path(__file__).with_name("writing_process.py")
DAY = timedelta(days=1)


def names_in(bucket):
    store = S3Store.from_url(bucket, client_options={"allow_http": True})
    return [found["path"] for page in obstore.list(store) for found in page]


def keys_in(archive):
    now = datetime.now(UTC)
    return [event.archive_key for event in archive.fetched(now - DAY, now + DAY)]


@pytest.fixture
def bucket_archive(bucket):
    return open_archive(Settings(archive=bucket))


def test_what_a_killed_machine_had_acknowledged_is_read_by_another(bucket_archive, bucket):
    command = [sys.executable, WRITER, bucket, "4", "1000000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        lines = [writer.stdout.readline() for _ in range(50)]
        writer.kill()
        lines += writer.stdout.readlines()
    written = dict(line.split() for line in lines if line.endswith("\n"))
    assert len(written) >= 50
    for url, key in written.items():
        assert bucket_archive.read(key).url == url
    assert set(written.values()) <= set(keys_in(bucket_archive))


def test_what_threads_have_at_hand_while_others_are_stored_becomes_one_object(
    bucket_archive, s3_server, page_of
):
    with ThreadPoolExecutor(8) as threads:
        os.kill(s3_server["pid"], signal.SIGSTOP)
        writes = [threads.submit(bucket_archive.write, page_of()) for _ in range(8)]
        time.sleep(0.5)
        os.kill(s3_server["pid"], signal.SIGCONT)
        keys = [write.result() for write in writes]
    sizes = sorted(Counter(key.partition(":")[0] for key in keys).values())
    assert sizes == [1] * UPLOADS_AT_ONCE + [8 - UPLOADS_AT_ONCE]
    assert sorted(keys_in(bucket_archive)) == sorted(keys)


def test_one_index_serves_many_objects(bucket_archive, bucket, page_of, monkeypatch):
    monkeypatch.setattr(s3_index, "MAX_ENTRIES", 10)
    keys = [bucket_archive.write(page_of()) for _ in range(25)]
    kinds = Counter(name.rpartition(".")[2] for name in names_in(bucket))
    assert kinds == {"gz": 25, "cdxj": 2}
    assert sorted(keys_in(bucket_archive)) == sorted(keys)
    bucket_archive.close()
    assert Counter(name.rpartition(".")[2] for name in names_in(bucket))["cdxj"] == 3
    assert sorted(keys_in(open_archive(Settings(archive=bucket)))) == sorted(keys)


def test_a_server_that_hangs_asks_to_try_again_and_all_goes_on_when_it_is_back(
    bucket, s3_server, page_of, monkeypatch
):
    monkeypatch.setattr(s3_store, "REQUEST_TIMEOUT", timedelta(seconds=1))
    archive = open_archive(Settings(archive=bucket))
    before = archive.write(page_of())
    os.kill(s3_server["pid"], signal.SIGSTOP)
    try:
        with pytest.raises(TryAgain, match="archive: ") as of_write:
            archive.write(page_of())
        with pytest.raises(TryAgain, match="archive: ") as of_read:
            archive.read(before)
        assert not of_write.value.counts_as_attempt
        assert not of_read.value.counts_as_attempt
    finally:
        os.kill(s3_server["pid"], signal.SIGCONT)
    after = archive.write(page_of())
    assert {before, after} <= set(keys_in(archive))
    assert archive.read(before)


def test_a_server_that_is_not_there_or_knows_us_not_asks_to_try_again(bucket, page_of, monkeypatch):
    monkeypatch.setattr(s3_store, "REQUEST_TIMEOUT", timedelta(seconds=1))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with pytest.raises(TryAgain, match="archive: "):
        open_archive(Settings(archive=bucket)).write(page_of())
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(TryAgain, match="archive: "):
        open_archive(Settings(archive=bucket)).write(page_of())


def test_a_key_beyond_the_end_of_its_object_is_given_up(bucket_archive, page_of):
    file = bucket_archive.write(page_of()).partition(":")[0]
    with pytest.raises(PermanentFailure, match="unreadable"):
        bucket_archive.read(f"{file}:999999:10")


def test_a_secret_stands_in_no_message(bucket, page_of, monkeypatch):
    monkeypatch.setattr(s3_store, "REQUEST_TIMEOUT", timedelta(seconds=1))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "very-secret")
    with pytest.raises(TryAgain) as caught:
        open_archive(Settings(archive=bucket)).write(page_of())
    assert "very-secret" not in str(caught.value)
