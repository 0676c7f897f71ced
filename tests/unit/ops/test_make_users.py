"""What make-users.sh asks of Elasticsearch, heard by a server on loopback."""

import base64
import json
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "ops" / "docker" / "make-users.sh"
PARTS = ("index", "tick", "search", "operator")
PASSWORDS = {
    "ELASTIC_PASSWORD": "chief0",
    "KIBANA_PASSWORD": "kibana0",
    **{f"ELASTIC_{part.upper()}_PASSWORD": f"{part}0" for part in PARTS},
}


@pytest.fixture
def server():
    """Answers each request with `server.answer`, and keeps it in `server.heard`."""

    class Handler(BaseHTTPRequestHandler):
        def hear(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            user = base64.b64decode(self.headers["Authorization"].split()[1]).decode()
            heard = (self.command, self.path, user, json.loads(body))
            self.server.heard.append(heard)
            self.send_response(self.server.answer)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_PUT = do_POST = hear  # noqa: N815  the base class' names

        def log_message(self, *_):
            """Says nothing."""

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.heard, running.answer = [], 200
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


def run(server):
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    address = f"http://127.0.0.1:{server.server_port}"
    environment = {"PATH": "/usr/bin:/bin", "ELASTICSEARCH": address, **PASSWORDS}
    command = ["sh", SCRIPT]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_each_part_gets_a_user_of_its_role_and_kibana_its_password(server):
    done = run(server)
    assert done.returncode == 0, done.stderr
    users = [
        (
            "PUT",
            f"/_security/user/presswire_{part}",
            "elastic:chief0",
            {"password": f"{part}0", "roles": [f"presswire_{part}"]},
        )
        for part in PARTS
    ]
    kibana = (
        "POST",
        "/_security/user/kibana_system/_password",
        "elastic:chief0",
        {"password": "kibana0"},
    )
    assert server.heard == [*users, kibana]
    assert not any(password in done.stdout + done.stderr for password in PASSWORDS.values())


def test_a_refusal_ends_it_with_an_error(server):
    server.answer = 401
    done = run(server)
    assert done.returncode != 0
    assert "401" in done.stderr
    assert len(server.heard) == 1
