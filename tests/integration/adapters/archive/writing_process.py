"""A process that writes pages into an archive with several threads, and tells each key it got.

Usage: python writing_process.py PLACE THREADS PAGES
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Lock

from schemas.page import StoredPage
from workers.adapters.archive.archive import open_archive
from workers.exceptions import TryAgain
from workers.settings import Settings


def body_of(url):
    """What the page at `url` holds; it does not compress well."""
    number = int(url.rpartition("/")[2])
    return (b"%d " % (number**9)) * (number % 900)


def main(place, threads, pages):
    archive, telling = open_archive(Settings(archive=place)), Lock()

    def write(number):
        url = f"https://gazette.example/{number}"
        page = StoredPage(url, url, 200, (), body_of(url), datetime.now(UTC))
        try:
            told = f"{url} {archive.write(page, 'gazette')}"
        except TryAgain as trouble:
            told = f"{url} refused {trouble}"
        with telling:
            print(told, flush=True)  # noqa: T201  the test reads it

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(write, range(pages)))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
