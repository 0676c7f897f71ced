"""A site on this machine that says what a test tells it to."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class LoopbackSite:
    """Answers by path: (kind, body), or a function of the handler. `asked` notes each request."""

    def __init__(self, address):
        self.answers = {}
        self.asked = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                site.asked.append(
                    (self.path, {name.lower(): value for name, value in self.headers.items()})
                )
                answer = site.answers.get(self.path)
                if callable(answer):
                    answer(self)
                    return
                kind, body = answer or ("text/plain", None)
                raw = body.encode() if isinstance(body, str) else body or b""
                self.send_response(404 if body is None else 200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            do_POST = do_OPTIONS = do_HEAD = do_GET  # noqa: N815  as http.server calls them

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer((address, 0), Handler)
        self.port = self._server.server_port
        self.home = f"http://{address}:{self.port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def paths(self):
        return [path for path, _ in self.asked if path != "/robots.txt"]

    def close(self):
        self._server.shutdown()
        self._server.server_close()
