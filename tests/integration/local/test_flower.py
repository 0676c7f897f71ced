"""Flower, with every path behind its password."""

import base64
import http.client
import os
import subprocess
import sys
import time

import pytest

from workers.local.ports import free_port

pytest.importorskip("flower", reason="flower is not installed (dependency group ops)")
PATHS = ["/", "/workers", "/metrics", "/healthcheck", "/api/workers", "/static/css/flower.css"]


@pytest.fixture(scope="module")
def port(redis_url):
    number = free_port()
    environment = os.environ | {
        "PRESSWIRE_BROKER_URL": redis_url,
        "PRESSWIRE_REDIS_URL": redis_url,
        "FLOWER_BASIC_AUTH": "presswire:hush",
    }
    command = [sys.executable, "-m", "celery", "-A", "workers.flower", "flower"]
    command += ["--address=127.0.0.1", f"--port={number}", "--enable_events=False"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as flower:
        end = time.monotonic() + 60
        while status_of(number, "/") is None:
            assert flower.poll() is None
            assert time.monotonic() < end
            time.sleep(0.2)
        yield number
        flower.terminate()


def status_of(port, path, password=""):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    given = base64.b64encode(f"presswire:{password}".encode()).decode()
    headers = {"Authorization": f"Basic {given}"} if password else {}
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


@pytest.mark.parametrize("path", PATHS)
def test_no_path_is_open(port, path):
    assert status_of(port, path) == 401
    assert status_of(port, path, "wrong") == 401


def test_the_password_opens_them(port):
    assert status_of(port, "/x", "hush") == 404
    assert {status_of(port, path, "hush") for path in PATHS} <= {200, 302}
