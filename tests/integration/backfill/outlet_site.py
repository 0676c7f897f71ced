"""An outlet with a history on this machine: its answers by path, and a log of its requests."""

import time
from http import HTTPStatus
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
        self.sends_parts = True
        self.retry_after = 0  # of answers with 503
        self.log = []  # moment and path, in the order in which requests came
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                site.log.append((time.monotonic(), self.path))
                body, status = site.answer(self.path)
                kind = "text/html" if "<html" in str(body) else "text/xml"
                raw = body if isinstance(body, bytes) else body.encode()
                self.send_part(raw, status, kind)

            def send_part(self, raw, status, kind):
                """The whole, or what the Range header names of a file."""
                wanted = self.headers.get("Range", "").removeprefix("bytes=").partition("-")
                headers = {"Content-Type": kind}
                if wanted[0] and site.sends_parts and status == HTTPStatus.OK:
                    first, last = int(wanted[0]), int(wanted[2])
                    headers["Content-Range"] = f"bytes {first}-{last}/{len(raw)}"
                    status = HTTPStatus.PARTIAL_CONTENT
                    if first >= len(raw):
                        status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
                    raw = raw[first : last + 1]
                self.send_response(status)
                if status == HTTPStatus.SERVICE_UNAVAILABLE:
                    headers["Retry-After"] = str(site.retry_after)
                for name, value in (headers | {"Content-Length": str(len(raw))}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(raw)

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
