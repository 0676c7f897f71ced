"""Pages in files: HTML, flattened text, WARC; each as if it had just been fetched."""

import errno
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from schemas.page import StoredPage
from workers.adapters.archive.warc_page import MAX_PAGE_BYTES
from workers.adapters.archive.warc_reader import Report, log_record, read_warc

WARC_ENDINGS = (".warc", ".warc.gz", ".warc.zst", ".arc", ".arc.gz")


def read_pages(
    path: Path, url: str, now: datetime, report: Report = log_record
) -> Iterator[StoredPage]:
    """Yield the page in `path`, or the pages of a WARC file, whose bad records are passed to
    `report`. `url` is the page's address; without it, the file's own.

    Raises:
        OSError: the file cannot be read, or is too large for a page.
    """
    if path.name.lower().endswith(WARC_ENDINGS):
        yield from read_warc(path, report)
        return
    address = url or path.resolve().as_uri()
    with path.open("rb") as file:
        body = file.read(MAX_PAGE_BYTES + 1)
    if len(body) > MAX_PAGE_BYTES:
        raise OSError(errno.EFBIG, f"is larger than a page of {MAX_PAGE_BYTES:,} bytes", str(path))
    yield StoredPage(address, address, 200, (), body, now)
