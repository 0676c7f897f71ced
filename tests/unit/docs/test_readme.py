"""What the README shows is true: its commands, links, settings and its outlet."""

import re
from pathlib import Path

import pytest

from workers import outlets
from workers.cli.main import COMMANDS
from workers.settings import PREFIX, Settings

TOP = Path(__file__).parents[3]
README = (TOP / "README.md").read_text(encoding="utf-8")
BOOTSTRAP = {"test", "check", "compile"}


def test_the_outlet_shown_is_a_valid_one(tmp_path):
    (example,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    path = tmp_path / "ie" / "harbour-gazette.toml"
    path.parent.mkdir()
    path.write_text(example, encoding="utf-8")
    assert outlets.load(tmp_path)["harbour-gazette"].feeds


@pytest.mark.parametrize("word", sorted(set(re.findall(r"\./run ([a-z]+)", README))))
def test_each_command_shown_exists(word):
    assert word in COMMANDS or word in BOOTSTRAP


@pytest.mark.parametrize("place", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_each_link_leads_to_a_file(place):
    assert (TOP / place).exists()


@pytest.mark.parametrize(
    "place", sorted(set(re.findall(r"`((?:workers|schemas)/[\w/.]*)`", README)))
)
def test_each_folder_named_exists(place):
    assert (TOP / place).exists()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(PRESSWIRE_[A-Z_]+)`", README))))
def test_each_setting_named_exists(name):
    assert name.removeprefix(PREFIX).lower() in Settings.__struct_fields__
