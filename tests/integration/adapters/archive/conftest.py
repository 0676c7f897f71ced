"""The archive in a folder and in the bucket of a real S3 server."""

import json
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from schemas.page import StoredPage
from workers.adapters.archive.archive import open_archive
from workers.local.ports import free_port
from workers.settings import Settings

KEYS = {"AWS_ACCESS_KEY_ID": "archive", "AWS_SECRET_ACCESS_KEY": "archive-secret"}
PORTS = ("master", "volume", "filer", "s3")
START_SECONDS = 60


@pytest.fixture
def page_of():
    def build(url="https://gazette.example/1", body=b"<html>news</html>", at=None, **fields):
        given = {"headers": (("content-type", "text/html; charset=utf-8"),), **fields}
        return StoredPage(
            url=url,
            final_url=given.pop("final_url", url),
            status=given.pop("status", 200),
            body=body,
            fetched_at=at or datetime.now(UTC),
            **given,
        )

    return build


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory):
    """SeaweedFS; its address."""
    with _seaweed(tmp_path_factory.mktemp("seaweed")) as ports:
        yield ports


@pytest.fixture
def bucket(s3_server, monkeypatch, request):
    """The address of an empty folder in the bucket, and the keys in the environment."""
    for name, value in {**KEYS, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{s3_server['s3']}"}.items():
        monkeypatch.setenv(name, value)
    return f"s3://news/{abs(hash(request.node.nodeid))}"


@pytest.fixture(params=["folder", "bucket"])
def place(request, tmp_path):
    """Where an archive can be: what PRESSWIRE_ARCHIVE says."""
    if request.param == "folder":
        return str(tmp_path / "archive")
    return request.getfixturevalue("bucket")


@pytest.fixture
def archive(place):
    opened = open_archive(Settings(archive=place))
    yield opened
    opened.close()


@contextmanager
def _seaweed(folder: Path):
    ports = {name: free_port() for name in PORTS}
    grpc = {name: free_port() for name in PORTS}
    person = {"accessKey": KEYS["AWS_ACCESS_KEY_ID"], "secretKey": KEYS["AWS_SECRET_ACCESS_KEY"]}
    actions = ["Admin", "Read", "Write", "List"]
    identity = {"name": "archive", "credentials": [person], "actions": actions}
    (folder / "identities.json").write_text(json.dumps({"identities": [identity]}))
    command = [
        *(Path(sys.executable).with_name("weed"), "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"),
        *(f"-dir={folder}", "-filer", "-s3", f"-s3.config={folder / 'identities.json'}"),
        *("-s3.port.iceberg=0", "-s3.port.lance=0"),  # their fixed ports may be taken
        *("-master.volumeSizeLimitMB=64", "-volume.max=20"),
        *(f"-{name}.port={port}" for name, port in ports.items()),
        *(f"-{name}.port.grpc={port}" for name, port in grpc.items()),
    ]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        _make_bucket(server, ports, folder / "log")
        yield {**ports, "pid": server.pid}
    finally:
        server.kill()  # asked kindly, it takes half a minute
        server.wait(timeout=30)


def _make_bucket(server, ports, log):
    """Waits until the server takes a folder for the bucket."""
    address = f"http://127.0.0.1:{ports['filer']}/buckets/news/"
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with (
                socket.create_connection(("127.0.0.1", ports["s3"]), timeout=1),
                urlopen(Request(address, method="POST"), timeout=5),
            ):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(log.read_text()[-2000:])
