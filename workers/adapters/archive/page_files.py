"""Pages in files: HTML, flattened text, WARC; each as if it had just been fetched."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from schemas.page import StoredPage
from workers.adapters.archive.archive import read_warc

WARC_ENDINGS = (".warc", ".warc.gz", ".warc.zst")


def read_pages(path: Path, url: str, now: datetime) -> Iterator[StoredPage]:
    """Yield the page in `path`, or the pages of a WARC file. `url` is the page's address; without
    it, the file's own.

    Raises:
        OSError: the file cannot be read.
    """
    if path.name.endswith(WARC_ENDINGS):
        yield from read_warc(path)
        return
    address = url or path.resolve().as_uri()
    yield StoredPage(address, address, 200, (), path.read_bytes(), now)
