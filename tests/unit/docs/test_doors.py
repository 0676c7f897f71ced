"""The names that docs/doors.md promises to programs outside."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from workers.celery_app.app import app
from workers.cli.main import COMMANDS

DOORS = (Path(__file__).parents[3] / "docs" / "doors.md").read_text(encoding="utf-8")
NAMES = re.findall(r"`(workers\.[\w.]+):(\w+)`", DOORS)


def test_the_doors_are_listed():
    assert {name for _, name in NAMES} == {
        *("extract", "read", "Clusters", "document_id", "read_feed"),
    }


@pytest.mark.parametrize(("module", "name"), NAMES)
def test_a_door_can_be_imported_under_its_name(module, name):
    assert callable(getattr(import_module(module), name))


def test_celery_finds_the_application_where_it_always_was():
    assert import_module("workers.tasks").app is app


def test_every_command_is_there():
    assert set(COMMANDS) >= {
        *("demo", "up", "parse", "ingest", "add", "status", "health", "metrics", "trace"),
        *("quarantine", "replay", "archive", "outlet", "search", "serve", "token", "cluster"),
        *("index", "kibana"),
    }
