"""What holds in a folder holds in a bucket."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.page import Announcement, StoredPage
from schemas.reasons import Reason
from workers import urls
from workers.adapters.archive.archive import open_archive
from workers.exceptions import PermanentFailure
from workers.settings import Settings

LONGEST_KEY = 200
HOUR = timedelta(hours=1)
END = datetime(2100, 1, 1, tzinfo=UTC)

# what a header can carry: no line ends, no space around it (RFC 9110, section 5.5)
header_values = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Zs"], include_characters=" "),
    max_size=40,
).map(str.strip)
header_names = st.one_of(
    st.sampled_from(["content-encoding", "content-length", "transfer-encoding", "set-cookie"]),
    st.sampled_from(["x-archive-orig-content-length", "content-type", "etag"]),
    st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True),
)
addresses = st.from_regex(r"https?://[a-zé]{1,10}\.example/[!-~]{0,30}", fullmatch=True)
stored_pages = st.builds(
    StoredPage,
    url=addresses,
    final_url=addresses,
    status=st.integers(100, 599),
    headers=st.lists(st.tuples(header_names, header_values), max_size=8).map(tuple),
    body=st.one_of(
        st.binary(max_size=2000), st.just(b"\r\n\r\n"), st.just(b"WARC/1.1\r\n\r\n" * 9)
    ),
    fetched_at=st.datetimes(datetime(1995, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(page=stored_pages, form=st.sampled_from(["html", "flattened", "feed", "robots"]))
def test_every_page_comes_back_as_it_was_written(archive, page, form):
    key = archive.write(page, "gazette", form)
    assert len(key) < LONGEST_KEY
    assert archive.read(key) == page


@pytest.mark.parametrize("has_index", [True, False])
def test_what_the_announcement_said_comes_back_with_the_page(archive, place, page_of, has_index):
    said = Announcement(datetime(2026, 2, 27, 9, tzinfo=UTC), "Stürm &amp; flood")
    page = page_of(at=datetime.now(UTC))
    archive.write_rendered(page, "gazette", archive.write(page, "gazette", "html", said))
    archive.write(page_of("https://gazette.example/2", at=page.fetched_at), "gazette")
    if not has_index:
        if place.startswith("s3:"):
            pytest.skip("a bucket's index is in its lines")
        for index in Path(place).rglob("*.cdxj"):
            index.unlink()

    found = list(open_archive(Settings(archive=place)).fetched(page.fetched_at, END))

    announced = {(event.announced_published, event.announced_title) for event in found}
    assert announced == {(said.published, "Stürm &amp; flood"), (None, "")}


def test_a_page_can_be_read_by_another_process_at_once(archive, place, page_of):
    page = page_of()
    key = archive.write(page)
    assert open_archive(Settings(archive=place)).read(key) == page


@pytest.mark.parametrize(
    "key",
    [
        "2026-11-24/20261124T120000-gone-1-aaaaaa-1.warc.gz:0:100",
        "../../etc/passwd:0:100",
        "/etc/passwd:0:1",
        "2026-11-24/../x.warc.gz:0:1",
        "2026-11-24/x.warc.gz:-1:1",
        "",
    ],
)
def test_a_key_of_nothing_is_given_up(archive, key):
    with pytest.raises(PermanentFailure) as caught:
        archive.read(key)
    assert caught.value.reason is Reason.UNREADABLE


def test_a_key_that_misses_the_record_is_given_up(archive, page_of):
    file, offset, length = archive.write(page_of()).rsplit(":", 2)
    for wrong in (f"{file}:{int(offset) + 1}:{length}", f"{file}:{offset}:{int(length) - 1}"):
        with pytest.raises(PermanentFailure, match="no whole record"):
            archive.read(wrong)


def test_the_pages_of_a_window_come_out_as_the_events_that_they_were(archive, page_of):
    now = datetime.now(UTC)
    ages = [HOUR * 3, HOUR * 2, HOUR, HOUR * 0]
    pages = [page_of(f"https://gazette.example/{n}", at=now - age) for n, age in enumerate(ages)]
    keys = [archive.write(page, "gazette") for page in pages]
    found = list(archive.fetched(now - HOUR * 2, now))
    assert [event.archive_key for event in found] == keys[1:3]
    assert found[0].page_id == urls.page_id(pages[1].url)
    assert found[0].url == pages[1].url
    assert found[0].fetched_at == pages[1].fetched_at
    assert found[0].outlet == "gazette"


def test_only_pages_of_the_outlet_come_out_and_no_feeds_or_error_pages(archive, page_of):
    now = datetime.now(UTC)
    html = archive.write(page_of(at=now), "gazette")
    flattened = archive.write(page_of(at=now), "gazette", "flattened")
    archive.write(page_of(at=now), "herald")
    archive.write(page_of(at=now), "gazette", "feed")
    archive.write(page_of(at=now), "gazette", "robots")
    archive.write(page_of(at=now, status=404), "gazette")
    found = list(archive.fetched(now - HOUR, now + HOUR, "gazette"))
    assert [(event.archive_key, event.form) for event in found] == [
        (html, "html"),
        (flattened, "flattened"),
    ]


def test_pages_of_other_years_are_found_by_the_time_of_their_fetch(archive, page_of):
    old = datetime(2019, 5, 1, tzinfo=UTC)
    key = archive.write(page_of(at=old), "gazette")
    archive.write(page_of(), "gazette")
    assert [event.archive_key for event in archive.fetched(old, old + HOUR)] == [key]


def test_what_many_threads_write_at_once_is_all_there(archive, page_of):
    def write(n):
        page = page_of(f"https://gazette.example/{n}", body=b"x" * (n % 7) * 1000)
        return archive.write(page), page

    with ThreadPoolExecutor(16) as threads:
        written = list(threads.map(write, range(200)))
    assert all(archive.read(key) == page for key, page in written)
    now = datetime.now(UTC)
    found = {event.archive_key for event in archive.fetched(now - HOUR, now + HOUR)}
    assert found == {key for key, _ in written}


def test_pruning_takes_what_was_written_before_and_leaves_no_empty_folder(archive, page_of):
    now = datetime.now(UTC)
    key = archive.write(page_of())
    archive.close()
    assert list(archive.prune(now - HOUR)) == []
    assert [file.name for file in archive.prune(now + HOUR, is_rehearsal=True)] == [
        key.partition(":")[0]
    ]
    assert archive.read(key)
    assert len(list(archive.prune(now + HOUR))) == 1
    assert list(archive.store.files()) == []
    with pytest.raises(PermanentFailure, match="pruned"):
        archive.read(key)
    assert archive.read(archive.write(page_of()))
