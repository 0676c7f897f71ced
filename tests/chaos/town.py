"""A town of newspapers on loopback addresses: every page is generated, and its end is known."""

import asyncio
import random
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

WORDS = (
    "harbour council bridge winter school market railway budget storm museum garden hospital "
    "festival ferry library factory road water election minister teacher engineer farmer baker "
    "evening morning season village island mountain river forest station theatre painting song "
    "letter window kitchen bicycle lantern orchard quarry lighthouse meadow chapel archive canal"
).split()
VERBS = "opened closed repaired visited measured counted praised crossed found built".split()
MISSING_EVERY = 50
TWIN_EVERY = 20
FIRST_NUMBER = 100_000


@dataclass(frozen=True)
class Page:
    """`end` is what must become of it; twins share their `story`."""

    url: str
    story: int
    end: str = "indexed"


def title_of(story):
    """Every story's own."""
    chosen = random.Random(story)  # noqa: S311  seeded, no secret
    return f"{' '.join(chosen.choices(WORDS, k=5)).capitalize()} number {story}"


def html_of(story):
    """A whole page."""
    chosen = random.Random(story)  # noqa: S311  seeded, no secret
    lines = "".join(f"<p>{_paragraph(chosen)}</p>" for _ in range(6))
    day = f"2026-03-{1 + story % 28:02d}T08:00:00Z"
    return (
        f'<!doctype html><html lang="en"><head><title>{title_of(story)}</title>'
        f'<meta property="og:type" content="article">'
        f'<meta property="article:published_time" content="{day}"></head><body>'
        f"<nav><a href='/'>Home</a></nav><article><h1>{title_of(story)}</h1>{lines}</article>"
        "<footer>All rights reserved</footer></body></html>"
    ).encode()


def _paragraph(chosen):
    return " ".join(
        f"The {chosen.choice(WORDS)} {chosen.choice(VERBS)} the {chosen.choice(WORDS)} "
        f"of the {chosen.choice(WORDS)} near the {chosen.choice(WORDS)} on day "
        f"{chosen.randrange(10_000)}."
        for _ in range(5)
    )


class Town:
    """`pages` is everything there is; `asked` counts the requests for each path."""

    def __init__(self, size, hosts, port):
        self.hosts = [f"127.7.{number // 200}.{1 + number % 200}" for number in range(hosts)]
        self.port = port
        self.asked = 0
        self.announced = frozenset(range(size))
        self._servers = []
        self.pages = [self._page(number) for number in range(size)]

    def _page(self, number):
        story = number - 1 if number % TWIN_EVERY == TWIN_EVERY - 1 else number
        host = f"http://{self.hosts[story % len(self.hosts)]}:{self.port}"
        if number % MISSING_EVERY == MISSING_EVERY - 2:
            return Page(f"{host}/missing/story-{FIRST_NUMBER + number}", story, "not_found")
        is_twin = story != number and (story % MISSING_EVERY != MISSING_EVERY - 2)
        path = f"story-{FIRST_NUMBER + (story if is_twin else number)}"
        return Page(f"{host}/{'amp/' if is_twin else ''}news/{path}", story if is_twin else number)

    def deadly(self):
        """A page that makes the process that parses it die (see chaos_tasks)."""
        return Page(f"http://{self.hosts[0]}:{self.port}/news/deadly-{FIRST_NUMBER - 1}", -1)

    def stories(self, number=None):
        """The titles that the first `number` pages bring into the index, each once."""
        pages = [page for page in self.pages[:number] if page.end == "indexed"]
        return sorted(title_of(story) for story in {page.story for page in pages})

    def write_outlets(self, folder):
        """One outlet for each address."""
        place = Path(folder) / "en"
        place.mkdir(parents=True)
        for number, host in enumerate(self.hosts):
            (place / f"paper-{number}.toml").write_text(
                f'name = "Paper {number}"\nhome = "http://{host}:{self.port}/"\nlanguage = "en"\n'
                f'every_minutes = 1440\nfeeds = ["http://{host}:{self.port}/feed-{number}"]\n'
                "[politeness]\nmin_interval_seconds = 0.05\nmax_concurrency = 16\n"
            )

    def outlet_of(self, page):
        return f"paper-{self.hosts.index(page.url.split('/')[2].partition(':')[0])}"

    def outlets(self):
        return [f"paper-{number}" for number in range(len(self.hosts))]

    def _feed(self, number):
        there = f"http://{self.hosts[number]}:"
        items = "".join(
            f"<item><title>{title_of(page.story)}</title><link>{page.url}</link></item>"
            for page in self.pages
            if page.url.startswith(there) and page.story in self.announced
        )
        return f'<rss version="2.0"><channel><title>Paper</title>{items}</channel></rss>'.encode()

    async def open(self):
        for host in self.hosts:
            self._servers.append(await asyncio.start_server(self.answer, host, self.port))

    async def close(self):
        for server in self._servers:
            server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def answer(self, reader, writer):
        try:
            while line := await reader.readline():
                path = line.split(b" ")[1].decode()
                while (await reader.readline()).strip():
                    pass
                self.asked += 1
                writer.write(self._response(path))
                await writer.drain()
        except (ConnectionError, IndexError):
            pass
        finally:
            writer.close()

    def _response(self, path):
        if path.startswith("/feed-"):
            return _packed(
                "200 OK", self._feed(int(path.rpartition("-")[2])), "application/rss+xml"
            )
        name, _, number = path.rpartition("-")
        if not name.endswith(("/news/story", "/news/deadly")):
            return _packed("404 Not Found", b"<h1>Not found</h1>")
        return _packed("200 OK", html_of(int(number) - FIRST_NUMBER))


def _packed(status, body, kind="text/html"):
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}; charset=utf-8\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


@contextmanager
def town_of(size, hosts, port):
    """The town, on the air."""
    town = Town(size, hosts, port)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(town.open(), loop).result(30)
    try:
        yield town
    finally:
        asyncio.run_coroutine_threadsafe(town.close(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
