"""What a browser has drawn of a page, beside the page as it was fetched."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from schemas.reasons import Reason
from workers.adapters.archive.archive import open_archive
from workers.exceptions import PermanentFailure
from workers.settings import Settings

HOUR = timedelta(hours=1)
RENDERED = (("content-type", "text/html; charset=utf-8"),)


@pytest.fixture
def both(archive, page_of):
    """The original and what was drawn of it, each with its key."""
    original = page_of(body=b"<script src=/app.js></script>", at=datetime.now(UTC) - HOUR)
    drawn = page_of(body="<p>Ünten</p>\r\n\r\n".encode(), at=original.fetched_at, headers=RENDERED)
    key = archive.write(original, "gazette")
    return (original, key), (drawn, archive.write_rendered(drawn, "gazette", key))


def test_both_are_read_as_they_were_written(archive, both):
    for page, key in both:
        assert archive.read(key) == page


def test_a_replay_takes_the_drawn_page_in_the_place_of_the_original(archive, both, page_of):
    other = archive.write(page_of("https://gazette.example/2"), "gazette")
    (original, _), (_, drawn_key) = both
    found = list(archive.fetched(original.fetched_at, datetime.now(UTC) + HOUR))
    assert {event.archive_key for event in found} == {drawn_key, other}
    (event,) = (event for event in found if event.archive_key == drawn_key)
    assert (event.form, event.content_type) == ("rendered", "text/html")
    assert (event.fetched_at, event.url) == (original.fetched_at, original.url)


def test_the_record_is_a_conversion_that_refers_to_its_original(both, place):
    if place.startswith("s3:"):
        pytest.skip("the same bytes")
    (_, key), _ = both
    file = Path(place) / key.partition(":")[0]
    with file.open("rb") as stream:
        records = [
            (record.rec_type, record.rec_headers, record.content_stream().read())
            for record in ArchiveIterator(stream)
        ]
    (first, original, _), (second, drawn, block) = records
    assert (first, second) == ("response", "conversion")
    assert drawn.get_header("WARC-Refers-To") == original.get_header("WARC-Record-ID")
    assert drawn.get_header("WARC-Target-URI") == original.get_header("WARC-Target-URI")
    assert drawn.get_header("Content-Type") == "text/html; charset=utf-8"
    assert drawn.get_header("WARC-Date") > original.get_header("WARC-Date")
    assert block == "<p>Ünten</p>\r\n\r\n".encode()


def test_a_file_without_its_index_says_the_same(archive, both, place):
    if place.startswith("s3:"):
        pytest.skip("the same reader")
    archive.close()
    for index in Path(place).glob("*/*.cdxj"):
        index.unlink()
    (original, _), (_, drawn_key) = both
    again = open_archive(Settings(archive=place))
    found = list(again.fetched(original.fetched_at, datetime.now(UTC)))
    assert [event.archive_key for event in found] == [drawn_key]


def test_what_has_no_original_is_not_stored(archive, page_of):
    with pytest.raises(PermanentFailure) as failure:
        archive.write_rendered(page_of(), "gazette", "2026-03-01/gone.warc.gz:0:10")
    assert failure.value.reason is Reason.UNREADABLE
