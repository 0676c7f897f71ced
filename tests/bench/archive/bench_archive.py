"""The archive: pages a second written (each on the disk before its key is out) and read back, and
bytes a page; into a folder, and into the bucket of a real S3 server.

Usage: python tests/bench/archive/bench_archive.py [PAGES] [FOLDER] [FOLDER OF HTML PAGES]
Without pages of its own it writes made-up ones of 170 KB that compress like news pages.
"""

import os
import random
import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path

from schemas.page import StoredPage
from workers.adapters.archive.archive import open_archive
from workers.settings import Settings

PAGE_BYTES = 170_000
WORDS = (
    "council bridge river vote minister today market percent said reuters women police "
    "weather league storm budget election court hospital school island airport"
).split()
DAY = timedelta(days=1)


def made_up(seed):
    """Markup that repeats, text that does not, and some that no packer makes smaller."""
    rng, parts, size = random.Random(seed), [], 0  # noqa: S311  the same each time
    while size < PAGE_BYTES:
        words = " ".join(rng.choice(WORDS) for _ in range(40))
        token = rng.randbytes(48).hex()
        part = (
            f'<div class="teaser card-{rng.randrange(9)}" data-id="{token}"><p>{words}</p></div>\n'
        )
        parts.append(part.encode())
        size += len(part)
    return b"".join(parts)


def bodies(folder):
    if folder is None:
        return [made_up(seed) for seed in range(50)]
    found = (path.read_bytes() for path in sorted(Path(folder).rglob("*.html")))
    return list(islice((body for body in found if len(body) > 10_000), 300))


def pages(number, texts):
    headers = (("content-type", "text/html; charset=utf-8"), ("server", "nginx"))
    for n, body in zip(range(number), cycle(texts)):
        url = f"https://www.gazette.example/news/{n}"
        yield StoredPage(url, url, 200, headers, body, datetime.now(UTC))


def measure(place, number, texts):
    raw = sum(map(len, texts)) / len(texts)
    for threads in (1, 8, 32):
        archive = open_archive(Settings(archive=place))
        with ThreadPoolExecutor(threads) as pool:
            start, spent = time.perf_counter(), time.process_time()
            keys = list(pool.map(archive.write, pages(number, texts)))
            wall, processor = time.perf_counter() - start, time.process_time() - spent
        stored = sum(int(key.rpartition(":")[2]) for key in keys) / number
        print(
            f"{threads:3} threads: {number / wall:7,.0f} pages/s written, "
            f"{processor / number * 1000:.2f} ms of processor each, "
            f"{raw:,.0f} → {stored:,.0f} bytes a page"
        )
        archive.close()
    random.Random(1).shuffle(keys)  # noqa: S311  same
    archive, start = open_archive(Settings(archive=place)), time.perf_counter()
    for key in keys:
        archive.read(key)
    print(f"  1 thread:  {number / (time.perf_counter() - start):7,.0f} pages/s read, in any order")
    now, start = datetime.now(UTC), time.perf_counter()
    found = sum(1 for _ in archive.fetched(now - DAY, now + DAY))
    print(f"  replay:    {found / (time.perf_counter() - start):7,.0f} pages/s listed")
    archive.close()


def main(number, where, folder):
    texts = bodies(folder)
    place = Path(where or tempfile.mkdtemp(prefix="archive-bench-"))
    print(f"a folder ({place}), {number} pages, sync with every key")
    measure(str(place / "archive"), number, texts)
    shutil.rmtree(place / "archive")
    if bucket := os.environ.get("PRESSWIRE_BENCH_BUCKET"):
        print(f"a bucket ({os.environ.get('AWS_ENDPOINT_URL')})")
        measure(f"{bucket}/{os.getpid()}", number, texts)


if __name__ == "__main__":
    given = sys.argv[1:] + [None] * 3
    main(int(given[0] or 2000), given[1], given[2])
