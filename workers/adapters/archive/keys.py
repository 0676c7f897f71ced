"""Where a record is: the key that events carry, and the names of archive files."""

import os
import re
import socket
from datetime import UTC, date, datetime, timedelta
from itertools import count

from msgspec import Struct

from schemas.reasons import Reason
from workers.exceptions import PermanentFailure

WARC_SUFFIX = ".warc.gz"
INDEX_SUFFIX = ".cdxj"
# pages that were not fetched today: out of other archives, or written long after
UNDATED_FOLDER = "elsewhen"

_KEY = re.compile(rf"((?:[\w-]+/)?[\w-][\w.-]*{re.escape(WARC_SUFFIX)}):(\d{{1,15}}):(\d{{1,10}})")


class RecordLocation(Struct, frozen=True):
    """One record: `length` bytes at `offset` of `file`."""

    file: str
    offset: int
    length: int

    @property
    def key(self) -> str:
        """The place as a string."""
        return f"{self.file}:{self.offset}:{self.length}"


class ArchiveFile(Struct, frozen=True):
    """A file of the archive. `is_open` while a live process writes to it."""

    name: str
    size: int
    changed_at: datetime
    is_open: bool = False


class Names:
    """Names for new files; no two processes make the same."""

    def __init__(self) -> None:
        host = re.sub(r"[^\w-]", "-", socket.gethostname().partition(".")[0])[:40]
        self._process = f"{host}-{os.getpid()}-{os.urandom(3).hex()}"
        self._numbers = count(1)

    def new(self, folder: str, now: datetime) -> str:
        """Return a name in `folder` that was never used."""
        stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%S")
        return f"{folder}/{stamp}-{self._process}-{next(self._numbers)}{WARC_SUFFIX}"


def parse_key(key: str) -> RecordLocation:
    """Return the location that `key` names.

    Raises:
        PermanentFailure: it is not a key of the archive.
    """
    match = _KEY.fullmatch(key)
    if match is None:
        raise PermanentFailure(Reason.UNREADABLE, f"{key!r} is no key of the archive")
    return RecordLocation(match[1], int(match[2]), int(match[3]))


def folder_for(fetched_at: datetime, now: datetime) -> str:
    """Return the folder of a page: the day of its fetch, so that a window of time is a few
    folders."""
    day = fetched_at.astimezone(UTC).date()
    is_recent = now.date() - timedelta(days=1) <= day <= now.date()
    return day.isoformat() if is_recent else UNDATED_FOLDER


def index_name(file: str) -> str:
    """Return the name of the index beside `file`."""
    return file.removesuffix(WARC_SUFFIX) + INDEX_SUFFIX


def is_in_window(folder: str, start: datetime, end: datetime) -> bool:
    """Return whether pages fetched from `start` to `end` can be in `folder`."""
    try:
        day = date.fromisoformat(folder)
    except ValueError:
        return True
    return start.date() <= day <= end.date()
