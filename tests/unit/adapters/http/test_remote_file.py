"""A file on a server, read in parts."""

import io
from datetime import UTC, datetime

import pytest

from schemas.page import StoredPage
from workers.adapters.http.remote_file import RemoteFile
from workers.exceptions import PermanentFailure

DATA = bytes(range(256)) * 4
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Server:
    """Sends parts of DATA, or what it is told to."""

    def __init__(self, status=0, content_range=""):
        self.asked = []
        self._status = status
        self._content_range = content_range

    def get_part(self, first, last):
        self.asked.append((first, last))
        status = self._status or (206 if first < len(DATA) else 416)
        names = self._content_range or f"bytes {first}-{last}/{len(DATA)}"
        body = DATA if status == 200 else DATA[first : last + 1]
        return StoredPage("u", "u", status, (("content-range", names),), body, NOON)


def opened(server, size=100):
    return io.BufferedReader(RemoteFile(server.get_part), size)


def test_the_parts_make_the_whole_and_reading_goes_on_anywhere():
    server = Server()
    assert opened(server).read() == DATA
    file = opened(server)
    assert file.read(10) == DATA[:10]
    assert server.asked[-1] == (0, 99)
    file.seek(300)
    assert file.read(10) == DATA[300:310]


def test_a_server_that_sends_the_whole_is_asked_once():
    server = Server(status=200)
    assert opened(server).read() == DATA
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("server", "words"),
    [
        (Server(status=404), "status 404"),
        (Server(content_range="bytes 7-9/99"), "asked for bytes from 0"),
        (Server(content_range=" "), "asked for bytes from 0"),
    ],
)
def test_what_is_no_part_of_the_file_is_refused(server, words):
    with pytest.raises(PermanentFailure, match=words):
        opened(server).read()
