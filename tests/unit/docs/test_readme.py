"""What the README shows is true: its commands, settings and its outlet."""

import re
from pathlib import Path

import pytest

from workers import outlets
from workers.cli.main import COMMANDS
from workers.settings import PREFIX, Settings

TOP = Path(__file__).parents[3]
README = (TOP / "README.md").read_text(encoding="utf-8")
BOOTSTRAP = {"test", "check", "coverage", "compile"}
MAX_LINES = 100


def test_the_outlet_shown_is_a_valid_one(tmp_path):
    (example,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    path = tmp_path / "ie" / "harbour-gazette.toml"
    path.parent.mkdir()
    path.write_text(example, encoding="utf-8")
    assert outlets.load(tmp_path)["harbour-gazette"].feeds


@pytest.mark.parametrize("word", sorted(set(re.findall(r"\./run ([a-z]+)", README))))
def test_each_command_shown_exists(word):
    assert word in COMMANDS or word in BOOTSTRAP


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(PRESSWIRE_[A-Z_]+)`", README))))
def test_each_setting_named_exists(name):
    assert name.removeprefix(PREFIX).lower() in Settings.__struct_fields__


def test_it_starts_with_the_two_commands_and_stays_short():
    commands = re.findall(r"^\./run (\w+)", README, re.MULTILINE)
    assert commands[:2] == ["demo", "test"]
    assert README.count("\n") <= MAX_LINES
