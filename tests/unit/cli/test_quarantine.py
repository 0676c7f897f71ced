"""Entries in a terminal of 80 columns."""

import re
from datetime import UTC, datetime

from workers.adapters.redis.quarantine import QuarantineEntry
from workers.cli.quarantine import _print_entries
from workers.pipeline import STAGES

AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


def test_an_id_can_be_copied_from_80_columns(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    ids = [f"{number:016x}.{stage.name}" for number, stage in enumerate(STAGES)]
    url = "https://www.harbour-gazette.example/news/2026/03/01/" + "a-long-slug-" * 8
    entries = [
        QuarantineEntry(each, "parse", "too_many_attempts", "word " * 40, AT, b"{}", url, "g", 5)
        for each in ids
    ]
    _print_entries(entries, as_json=False, nothing="")
    shown = capsys.readouterr().out
    assert re.findall(r"^[0-9a-f]{16}\.\w+(?= )", shown, re.MULTILINE) == ids
    assert all(len(line.rstrip()) <= 80 for line in shown.splitlines())
    assert url[-20:] in "".join(shown.split())
