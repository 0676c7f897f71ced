"""`presswire serve` and `presswire token` as processes of their own."""

import os
import subprocess
import sys
import time

import httpx
import pytest

from workers.local.ports import free_port

pytestmark = pytest.mark.elasticsearch
PRESSWIRE = (sys.executable, "-c", "from workers.cli.main import main; main()")


@pytest.fixture
def environment(site_settings):
    given = {
        "PRESSWIRE_ELASTICSEARCH_URL": site_settings.elasticsearch_url,
        "PRESSWIRE_REDIS_URL": site_settings.redis_url,
        "PRESSWIRE_PREFIX": site_settings.prefix,
        "PRESSWIRE_SITE_NEEDS_TOKEN": "true",
    }
    return {**os.environ, **given}


@pytest.fixture
def presswire(environment):
    def run(*words):
        return subprocess.run(
            [*PRESSWIRE, *words], env=environment, capture_output=True, text=True, check=False
        )

    return run


@pytest.fixture
def served(environment):
    port = free_port()
    server = subprocess.Popen(
        [*PRESSWIRE, "serve", "--port", str(port)], env=environment, stderr=subprocess.PIPE
    )
    url = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            httpx.get(f"{url}/health")
            break
        except httpx.ConnectError:
            assert server.poll() is None
            time.sleep(0.2)
    yield url
    server.terminate()
    server.communicate(timeout=20)


def test_a_token_from_the_command_line_opens_the_served_site(presswire, served):
    token = presswire("token", "create", "desk", "--days", "3").stdout.strip()
    mine = {"Authorization": f"Bearer {token}"}

    assert httpx.get(f"{served}/api/search?q=river").status_code == 401
    assert httpx.get(f"{served}/api/search?q=river", headers=mine).json()["total"] > 4
    assert "desk" in presswire("token", "list").stdout

    assert presswire("token", "revoke", token.split("_")[1]).returncode == 0
    assert httpx.get(f"{served}/api/search?q=river", headers=mine).status_code == 401
    assert "server" not in httpx.get(served).headers


def test_a_token_that_there_is_not_cannot_be_revoked(presswire):
    said = presswire("token", "revoke", "nothing")

    assert said.returncode == 1
    assert "no such token" in said.stderr


def test_collections_are_named_on_the_command_line(presswire):
    made = presswire("collection", "set", "shore", "harbour-times", "weir-gazette")
    listed = presswire("collection", "list").stdout
    found = presswire("search", "collection:shore", "--json", "-n", "50").stdout
    missing = presswire("search", "collection:shroe")
    deleted = [presswire("collection", "delete", "shore") for _ in range(2)]

    assert made.stdout == "collection:shore has 2 outlets.\n"
    assert "harbour-times weir-gazette" in listed
    assert '"outlet":"weir-gazette"' in found
    assert '"outlet":"weserblatt"' not in found
    assert "no collection is called shroe; there are shore" in missing.stderr
    assert [each.returncode for each in deleted] == [0, 1]
    assert presswire("collection", "set", "Shore", "x").stderr.startswith("Error: name: takes")
