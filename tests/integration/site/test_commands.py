"""`presswire serve` and `presswire token` as processes of their own."""

import json
import os
import subprocess
import sys
import time

import httpx
import pytest
from click.testing import CliRunner

from workers import services
from workers.cli.collection import import_collections
from workers.cli.main import presswire as presswire_group
from workers.cli.support.services import command_services
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


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[", "no export of collections"),
        ('{"a": 1}', "no export"),
        ('[{"name": "A b", "outlets": ["x"]}]', "name: takes"),
    ],
)
def test_a_file_that_has_no_collections_changes_none(text, why, tmp_path):
    (tmp_path / "x.json").write_text(text, encoding="utf-8")

    result = CliRunner().invoke(import_collections, [str(tmp_path / "x.json")])

    assert result.exit_code == 1
    assert why in result.output


@pytest.fixture
def command(environment, monkeypatch):
    """Runs a command in this process, which takes a hundredth of the time."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    for cached in (services.get_settings, command_services):
        cached.cache_clear()
    yield lambda *words: CliRunner().invoke(presswire_group, words)
    command_services().search.client.close()
    for cached in (services.get_settings, command_services):
        cached.cache_clear()


def test_collections_are_named_on_the_command_line(command):
    made = command("collection", "set", "shore", "harbour-times", "weir-gazette")
    listed = command("collection", "list").stdout
    found = command("search", "collection:shore", "--json", "-n", "50").stdout
    missing = command("search", "collection:shroe")
    deleted = [command("collection", "delete", "shore") for _ in range(2)]

    assert made.stdout == "collection:shore has 2 outlets.\n"
    assert "harbour-times weir-gazette" in listed
    assert '"outlet":"weir-gazette"' in found
    assert '"outlet":"weserblatt"' not in found
    assert "no collection is called shroe; there are shore" in missing.output
    assert [each.exit_code for each in deleted] == [0, 1]
    assert "Error: name: takes" in command("collection", "set", "Shore", "x").output


def test_collections_are_copied_to_a_file_and_made_of_it_again(command, tmp_path):
    copy = tmp_path / "collections.json"
    command("collection", "set", "shore", "harbour-times", "weir-gazette")
    exported = command("collection", "export", str(copy))
    command("collection", "delete", "shore")
    imported = command("collection", "import", str(copy))
    again = command("collection", "export").stdout
    command("collection", "delete", "shore")

    assert (exported.exit_code, imported.stdout) == (0, "1 collections.\n")
    assert again == copy.read_text(encoding="utf-8")
    assert json.loads(again) == [{"name": "shore", "outlets": ["harbour-times", "weir-gazette"]}]
