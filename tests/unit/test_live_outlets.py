"""Files of outlets that change while a process runs."""

import os
import shutil
import time

import pytest

from workers import outlets
from workers.live_outlets import CHECK_SECONDS, LiveOutlets

TEXT = 'name = "{}"\nhome = "https://www.{}.example/"\nlanguage = "en"\n'


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "outlets"
    (path / "ie").mkdir(parents=True)
    for name in ("gazette", "herald"):
        (path / "ie" / f"{name}.toml").write_text(TEXT.format(name, name))
    return path


@pytest.fixture
def live(folder):
    return LiveOutlets(folder, check_seconds=0.0)


def test_changed_new_and_removed_files_take_effect(folder, live):
    assert live.by_host("https://www.gazette.example/a").name == "gazette"
    assert not live.take_change()
    (folder / "ie" / "gazette.toml").write_text(TEXT.format("New name", "new"))
    (folder / "ie" / "herald.toml").unlink()
    (folder / "ch").mkdir()
    (folder / "ch" / "bote.toml").write_text(TEXT.format("Bote", "bote"))
    assert sorted(live) == ["bote", "gazette"]
    assert live["gazette"].name == "New name"
    assert live.by_host("https://www.new.example/a") is live["gazette"]
    assert live.by_host("https://www.herald.example/a") is None
    assert [live.take_change(), live.take_change()] == [True, False]


def test_a_file_of_equal_size_that_was_put_in_its_place_takes_effect(folder, live):
    path = folder / "ie" / "gazette.toml"
    before = path.stat()
    new = path.with_suffix(".new")
    new.write_text(TEXT.format("Gazelle", "gazette"))
    os.utime(new, ns=(before.st_atime_ns, before.st_mtime_ns))
    new.rename(path)
    assert live["gazette"].name == "Gazelle"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", ":1: name"),
        (TEXT.format("G", "g") + "fedes = []\n", ":4: fedes"),
        (TEXT.format("G", "g") + 'deny = ["sport"]\n', ":4: deny[0]"),
        ('name = "Ga', ":1: TOML"),
    ],
)
def test_a_broken_change_is_refused_and_costs_no_other(folder, live, caplog, text, place):
    (folder / "ie" / "gazette.toml").write_text(text)
    (folder / "ie" / "herald.toml").write_text(TEXT.format("New herald", "herald"))
    for _ in range(3):
        assert live["gazette"].name == "gazette"
    assert live["herald"].name == "New herald"
    (error,) = live.errors
    assert "gazette.toml" + place in error
    assert [error] == outlets.find_errors(folder)
    assert sum(error in record.getMessage() for record in caplog.records) == 1
    (folder / "ie" / "gazette.toml").write_text(TEXT.format("Mended", "gazette"))
    assert live["gazette"].name == "Mended"
    assert live.errors == []


def test_a_folder_that_is_gone_leaves_everything_in_force(folder, live):
    shutil.move(folder, folder.with_name("away"))
    assert len(live) == 2
    assert "no such folder" in live.errors[0]
    shutil.move(folder.with_name("away"), folder)
    assert len(live) == 2
    assert live.errors == []


class Remembered(dict):
    """What other processes have found out."""

    def load(self):
        return dict(self)


@pytest.mark.parametrize("text", ["", 'name = "Ga', TEXT.format("G", "g") + "fedes = []\n", "\xff"])
def test_a_process_that_starts_with_a_mistake_has_the_last_good_state(folder, live, text):
    last = Remembered(live)
    (folder / "ie" / "gazette.toml").write_text(text)
    (folder / "ie" / "herald.toml").write_text(TEXT.format("New herald", "herald"))
    new = LiveOutlets(folder, last, check_seconds=0.0)
    assert (new["gazette"].name, new["herald"].name) == ("gazette", "New herald")
    assert len(new.errors) == 1
    (folder / "ie" / "bote.toml").write_text(TEXT.format("Bote", "bote"))
    assert sorted(new) == ["bote", "gazette", "herald"]
    (folder / "ie" / "gazette.toml").write_text(TEXT.format("Mended", "gazette"))
    assert new["gazette"].name == "Mended"
    assert new.errors == []


def test_a_process_that_starts_without_the_folder_has_the_last_good_state(folder, live):
    last = Remembered(live)
    shutil.rmtree(folder)
    new = LiveOutlets(folder, last, check_seconds=0.0)
    assert sorted(new) == ["gazette", "herald"]
    assert "no such folder" in new.errors[0]


def test_a_mistake_that_nobody_remembers_costs_no_other_outlet(folder):
    (folder / "ie" / "gazette.toml").write_text("")
    new = LiveOutlets(folder, Remembered(), check_seconds=0.0)
    assert sorted(new) == ["herald"]
    assert len(new.errors) == 1


def test_a_file_that_was_removed_is_not_remembered(folder, live):
    last = Remembered(live)
    (folder / "ie" / "gazette.toml").unlink()
    (folder / "ie" / "herald.toml").write_text("")
    assert sorted(LiveOutlets(folder, last, check_seconds=0.0)) == ["herald"]


def test_a_look_is_taken_within_seconds_and_not_at_each_question(folder):
    live = LiveOutlets(folder)
    (folder / "ie" / "gazette.toml").write_text(TEXT.format("New", "gazette"))
    start = time.monotonic()
    assert live["gazette"].name == "gazette"
    while live["gazette"].name != "New":
        assert time.monotonic() - start < 5.0
        time.sleep(0.05)
    assert time.monotonic() - start > CHECK_SECONDS / 2
