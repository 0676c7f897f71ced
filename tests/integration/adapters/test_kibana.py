"""The import request, as a server sees it. No Kibana is asked: it is in no package registry."""

import base64
import json
import threading
from email import message_from_bytes
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner

from workers.adapters.kibana import KibanaError, import_saved_objects
from workers.cli.kibana import kibana
from workers.settings import Settings

LINES = '{"type": "index-pattern", "id": "a"}\n{"type": "search", "id": "b"}\n'


class Kibana(ThreadingHTTPServer):
    """Checks what the API's documentation demands, and answers as it does."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.got, self.answer = [], None
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append(
            (self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        )
        status, told = self.server.answer or self.imported(body)
        content = told if isinstance(told, bytes) else json.dumps(told).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def imported(self, body):
        if "kbn-xsrf" not in self.headers:
            return 400, {"statusCode": 400, "message": "Request must contain a kbn-xsrf header."}
        name, lines = uploaded(self.headers["content-type"], body)
        if not name.endswith(".ndjson"):
            return 400, {"statusCode": 400, "message": "Invalid file extension"}
        return 200, {"success": True, "successCount": len(lines), "warnings": []}

    def log_message(self, *_):
        pass


def uploaded(content_type, body):
    """Name and JSON lines of the form's one file."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    (part,) = message_from_bytes(head + body, policy=HTTP).iter_parts()
    assert part.get_param("name", header="content-disposition") == "file"
    text = part.get_payload(decode=True).decode()
    return part.get_filename(), [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def server():
    made = Kibana()
    yield made
    made.shutdown()
    made.server_close()


def test_the_import_is_one_file_with_the_header_that_kibana_wants(server):
    assert import_saved_objects(Settings(), server.url, LINES) == 2

    ((path, headers, body),) = server.got
    assert path == "/api/saved_objects/_import?overwrite=true"
    assert headers["kbn-xsrf"]
    name, lines = uploaded(headers["content-type"], body)
    assert name == "presswire.ndjson"
    assert [line["id"] for line in lines] == ["a", "b"]


def test_a_space_is_part_of_the_path(server):
    import_saved_objects(Settings(), f"{server.url}/", LINES, space="desk")

    assert server.got[0][0].startswith("/s/desk/api/saved_objects/_import")


def test_user_and_password_of_the_address_are_sent_as_such(server):
    import_saved_objects(Settings(), server.url.replace("://", "://ada:secret@"), LINES)

    sent = server.got[0][1]["authorization"]
    assert base64.b64decode(sent.removeprefix("Basic ")) == b"ada:secret"


def test_objects_that_kibana_refuses_are_named(server):
    error = {"id": "presswire-volume", "type": "visualization", "error": {"type": "unknown"}}
    server.answer = 200, {"success": False, "successCount": 3, "errors": [error]}

    with pytest.raises(KibanaError, match="presswire-volume"):
        import_saved_objects(Settings(), server.url, LINES)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((401, {"statusCode": 401, "message": "Unauthorized"}), "401: Unauthorized"),
        ((502, b"<html>bad gateway</html>"), "no Kibana there"),
        ((200, []), "answered 200"),
    ],
)
def test_other_answers_are_told_in_a_line(server, answer, said):
    server.answer = answer

    with pytest.raises(KibanaError, match=said):
        import_saved_objects(Settings(), server.url, LINES)


def test_the_command_imports_everything(server):
    done = CliRunner().invoke(kibana, ["import", "--url", server.url])

    assert done.exit_code == 0, done.output
    assert "objects imported" in done.output
    _, lines = uploaded(server.got[0][1]["content-type"], server.got[0][2])
    assert {line["type"] for line in lines} == {
        "index-pattern",
        "search",
        "visualization",
        "dashboard",
    }


def test_no_kibana_is_a_clear_line():
    done = CliRunner().invoke(kibana, ["import", "--url", "http://127.0.0.1:9"])

    assert done.exit_code == 1
    assert "does not answer" in done.output
