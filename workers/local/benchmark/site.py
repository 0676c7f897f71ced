"""The bench's web as files: hosts with robots.txt, a feed, a news sitemap and pages."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from xml.sax.saxutils import escape

from msgspec import Struct

PAGES_ON_A_HOST = 70
PARAGRAPHS, WORDS_IN_A_PARAGRAPH = 7, 70
# so that a page is read as English
COMMON = (
    "the of and to in a is that for it was on are with as he be at by this had not but from they "
    "which or we an there her were one all their has would what will if can when so no said its"
).split()
LETTERS = "abcdefghiklmnoprstuvwy"
HOST_ADDRESS = "127.0.1.{}"
MAX_HOSTS = 254


class BenchHost(Struct, frozen=True):
    """A host of the bench: its loopback address, and the paths of its pages."""

    address: str
    paths: tuple[str, ...]


def made_pages(number: int, seed: int = 1) -> Iterator[bytes]:
    """Yield so many pages, each with a story that no other page tells."""
    for page in range(number):
        dice = random.Random(f"{seed}/{page}")  # noqa: S311  no secret
        words = ["".join(dice.choices(LETTERS, k=dice.randint(3, 9))) for _ in range(120)]
        title = " ".join(dice.choices(words, k=7)).capitalize()
        text = "\n".join(f"<p>{_paragraph(dice, words)}</p>" for _ in range(PARAGRAPHS))
        links = "".join(f'<li><a href="/{each}">{each}</a></li>' for each in words[:25])
        yield (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
            f'<meta property="og:type" content="article"></head><body><nav><ul>{links}</ul></nav>'
            f"<article><h1>{title}</h1>\n{text}\n</article></body></html>"
        ).encode()


def _paragraph(dice: random.Random, words: Sequence[str]) -> str:
    said = [
        dice.choice(COMMON) if dice.random() < 0.5 else dice.choice(words)  # noqa: PLR2004
        for _ in range(WORDS_IN_A_PARAGRAPH)
    ]
    return " ".join(said).capitalize() + "."


def copied_pages(folder: Path, number: int) -> Iterator[bytes]:
    """Yield the first `number` HTML files of `folder`, in the order of their names."""
    for path in sorted(folder.rglob("*.htm*"))[:number]:
        yield path.read_bytes()


def write_site(root: Path, port: int, pages: Iterator[bytes], now: datetime) -> list[BenchHost]:
    """Write a site into `root`: one folder for each host, named after its address.

    Returns:
        its hosts.
    """
    hosts = list[BenchHost]()
    while some := list(islice(pages, PAGES_ON_A_HOST)):
        address = HOST_ADDRESS.format(len(hosts) + 1)
        paths = (f"/news/{now:%Y-%m-%d}-story-{_name(at)}.html" for at in range(len(some)))
        host = BenchHost(address, tuple(paths))
        _write_host(root / address, f"http://{address}:{port}", host, some, now)
        hosts.append(host)
    return hosts


def _name(number: int) -> str:
    """Return a number in letters: digits in an address may be a story's number."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def _write_host(
    folder: Path, base: str, host: BenchHost, pages: Sequence[bytes], now: datetime
) -> None:
    (folder / "news").mkdir(parents=True)
    for path, page in zip(host.paths, pages, strict=True):
        (folder / path[1:]).write_bytes(page)
    robots = f"User-agent: *\nDisallow: /private/\nSitemap: {base}/news-sitemap.xml\n"
    (folder / "robots.txt").write_text(robots)
    moments = [now - timedelta(minutes=at) for at in range(len(host.paths))]
    entries = "".join(
        f"<url><loc>{escape(base + path)}</loc><news:news><news:publication><news:name>Bench"
        "</news:name><news:language>en</news:language></news:publication>"
        f"<news:publication_date>{at.isoformat()}</news:publication_date>"
        "<news:title>Story</news:title></news:news></url>"
        for path, at in zip(host.paths, moments, strict=True)
    )
    (folder / "news-sitemap.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{entries}</urlset>'
    )


def write_outlets(folder: Path, port: int, hosts: Sequence[BenchHost]) -> None:
    """Write an outlet's file for each host, which may be asked as fast as it answers."""
    (folder / "us").mkdir(parents=True)
    for host in hosts:
        base = f"http://{host.address}:{port}"
        (folder / "us" / f"bench-{_name(int(host.address.rpartition('.')[2]))}.toml").write_text(
            f'name = "Bench {host.address}"\nhome = "{base}/"\nlanguage = "en"\n'
            f'sitemaps = ["{base}/news-sitemap.xml"]\n\n'
            "[politeness]\nmin_interval_seconds = 0\nmax_concurrency = 8\n"
        )
