"""`presswire mcp` where it cannot run; what it does is in tests/integration/site/test_agents.py."""

from click.testing import CliRunner

from workers.cli.agents import mcp as command
from workers.settings import unknown_variables


def test_without_its_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(command, "find_spec", lambda _: None)
    ended = CliRunner().invoke(command.mcp)
    assert ended.exit_code == 1
    assert "pip install 'presswire[agents]'" in ended.output


def test_its_token_is_a_known_variable():
    assert unknown_variables({"PRESSWIRE_TOKEN": "pw_x"}) == []
