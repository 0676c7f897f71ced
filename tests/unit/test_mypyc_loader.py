"""The compiled modules are used while they are what their sources say, and read pages alike."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from celery.signals import worker_ready

from workers import mypyc_loader
from workers.celery_app import tasks

TOP = Path(__file__).parents[2]
PAGES = sorted((TOP / "tests" / "pages").glob("*/*/page.html"))
CAN_COMPILE = shutil.which("cc") and Path(sysconfig.get_path("include"), "Python.h").exists()
LOADED = """
import json
from workers.parse.html import tree
from workers.parse.body import scorer
print(json.dumps([tree.__file__, scorer.__file__]))
"""
READ = """
import sys
import msgspec
from pathlib import Path
from workers.parse import extract
for page in sys.argv[1:]:
    reading = extract.read(Path(page).read_bytes(), "https://example.org/news/story")
    print(msgspec.json.encode((reading.article, reading.origins, reading.dropped)).decode())
"""


def run(script, *arguments, top=TOP, **environment):
    """What a fresh interpreter prints with the packages below `top`."""
    own = {"PATH": os.environ["PATH"], "PYTHONPATH": str(top), **environment}
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, env=own, cwd=top, check=True, capture_output=True).stdout


def kinds_loaded(top=TOP, **environment):
    return {Path(file).suffix for file in json.loads(run(LOADED, top=top, **environment))}


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """The packages in another folder, with the mark of a build and a compiled module that would
    fail when loaded."""
    for package in ("workers", "schemas"):
        shutil.copytree(TOP / package, tmp_path / package, ignore=shutil.ignore_patterns("*.so"))
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    (tmp_path / "workers" / "parse" / "html" / f"tree{suffix}").write_bytes(b"no library")
    monkeypatch.setattr(mypyc_loader, "FOLDER", tmp_path / "workers")
    (tmp_path / "workers" / "compiled.sha256").write_text(mypyc_loader.source_digest())
    return tmp_path


def test_what_was_compiled_is_used(copied):
    with pytest.raises(subprocess.CalledProcessError):
        run(LOADED, top=copied)


def test_sources_are_used_as_soon_as_one_has_changed(copied):
    with (copied / "workers" / "parse" / "layout" / "subtree_totals.py").open("a") as source:
        source.write("\n")
    assert kinds_loaded(copied) == {".py"}


def test_sources_are_used_where_that_is_asked_for(copied):
    assert kinds_loaded(copied, PRESSWIRE_COMPILED="0") == {".py"}


def test_sources_are_used_where_nothing_was_compiled(copied):
    (copied / "workers" / "compiled.sha256").unlink()
    assert kinds_loaded(copied) == {".py"}


def test_all_that_is_named_for_compiling_exists():
    assert [
        name for name in mypyc_loader.MODULES if not (mypyc_loader.FOLDER / name).exists()
    ] == []


@pytest.mark.skipif(not CAN_COMPILE, reason="needs a C compiler and Python's headers")
def test_building_has_compiled_where_it_can():
    assert mypyc_loader.DIGEST_FILE.exists(), "./run compile, and read what it says"


@pytest.mark.skipif(
    not mypyc_loader.is_in_use(), reason="edited since it was compiled: ./run compile"
)
def test_compiled_and_interpreted_modules_read_the_same():
    assert kinds_loaded() == {".so"}
    assert len(PAGES) > 5
    assert run(READ, *PAGES) == run(READ, *PAGES, PRESSWIRE_COMPILED="0")


@pytest.mark.parametrize(("is_in_use", "warnings"), [(True, 0), (False, 1)])
def test_a_worker_warns_at_its_start_where_pages_take_longer(monkeypatch, is_in_use, warnings):
    warned = []
    monkeypatch.setattr(mypyc_loader, "is_in_use", lambda: is_in_use)
    monkeypatch.setattr(tasks.logger, "warning", warned.append)
    worker_ready.send(sender=None)
    assert len(warned) == warnings
