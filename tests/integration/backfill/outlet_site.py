"""An outlet with a history on this machine: its answers by path, and a log of its requests."""

import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

URLSET = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'
INDEX = '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</sitemapindex>'
STORY = "<html><head><title>Story</title></head><body><h1>Story</h1><p>{}</p></body></html>"


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """A client that was killed is none of its business."""


class OutletSite:
    """Serves `pages` (path to text, or to text and status); what is a story's path is one."""

    def __init__(self):
        self.pages = {}
        self.log = []  # moment and path, in the order in which requests came
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                site.log.append((time.monotonic(), self.path))
                body, status = site.answer(self.path)
                self.send_response(status)
                self.send_header("Content-Type", "text/html" if "<html" in body else "text/xml")
                self.send_header("Content-Length", str(len(body.encode())))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_):
                pass

        self._server = QuietServer(("127.0.0.1", 0), Handler)
        self.home = f"http://127.0.0.1:{self._server.server_port}/"
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def answer(self, path):
        """Body and status."""
        found = self.pages.get(path)
        if isinstance(found, tuple):
            return found
        if found is not None:
            return found, 200
        return (STORY.format(path), 200) if path.startswith("/story") else ("", 404)

    def put_index(self, path, children):
        rows = (f"<sitemap><loc>{self.home}{child}</loc></sitemap>" for child in children)
        self.pages[f"/{path}"] = INDEX.format("".join(rows))

    def put_sitemap(self, path, addresses):
        """A sitemap of addresses, or of addresses and dates."""
        rows = []
        for each in addresses:
            address, date = each if isinstance(each, tuple) else (each, "")
            address = address if "//" in address else f"{self.home}{address}"
            rows.append(f"<url><loc>{address}</loc><lastmod>{date}</lastmod></url>")
        self.pages[f"/{path}"] = URLSET.format("".join(rows))

    def paths(self, start=""):
        return [path for _, path in self.log if path.startswith(start)]

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
