"""`presswire outlet` on real files and a real archive in a folder."""

from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from schemas.page import StoredPage
from workers import services
from workers.adapters.archive.archive import open_archive
from workers.cli.main import presswire
from workers.cli.support.error_messages import error_message
from workers.cli.support.services import command_services
from workers.outlets import OutletError
from workers.settings import Settings

GOOD = """name = "Harbour Gazette"
home = "https://gazette.example/"
language = "en"
feeds = ["https://gazette.example/feed"]
"""
TEXT = "<p>The council met on Monday to talk about the bridge, which is old and cracked.</p>" * 6


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "outlets" / "ie"
    path.mkdir(parents=True)
    (path / "harbour-gazette.toml").write_text(GOOD)
    return path


@pytest.fixture
def run(tmp_path, folder, monkeypatch):
    monkeypatch.setenv("PRESSWIRE_OUTLETS", str(folder.parent))
    monkeypatch.setenv("PRESSWIRE_ARCHIVE", str(tmp_path / "archive"))
    monkeypatch.setenv("COLUMNS", "140")
    caches = (services.get_settings, command_services)
    for cached in caches:
        cached.cache_clear()
    yield lambda *args: CliRunner().invoke(presswire, ["outlet", *args])
    for cached in caches:
        cached.cache_clear()


@pytest.fixture
def archived(tmp_path, run):
    """Brings pages into the archive, the oldest first."""
    assert run

    def write(pages: list[str]) -> None:
        archive = open_archive(Settings(archive=str(tmp_path / "archive")))
        for n, html in enumerate(pages):
            url = f"https://gazette.example/2025/story-{n}"
            at = datetime.now(UTC) - timedelta(hours=len(pages) - n)
            headers = (("content-type", "text/html; charset=utf-8"),)
            page = StoredPage(url, url, 200, headers, html.encode(), at)
            archive.write(page, "harbour-gazette")
        archive.close()

    return write


def story(n: int, head: str = "", text: str = TEXT) -> str:
    return (
        f"<html lang=en><head>{head}</head><body><article><h1>Bridge number {n} is closed</h1>"
        f"{text}<p>This is story number {n}.</p></article></body></html>"
    )


def test_outlets_are_listed_with_their_sources(run):
    shown = run("list")
    assert shown.exit_code == 0
    assert "harbour-gazette" in shown.output
    assert "15 min" in shown.output


def test_good_files_are_said_to_be_good(run):
    shown = run("check")
    assert (shown.exit_code, shown.output) == (0, "no mistake in the files; outlets: 1\n")


def test_every_mistake_is_told_with_file_line_and_field(run, folder):
    (folder / "bad.toml").write_text(GOOD.replace('language = "en"', "language = 7"))
    (folder / "worse.toml").write_text(GOOD + 'colour = "red"\n')
    shown = run("check")
    assert shown.exit_code == 1
    assert isinstance(shown.exception, OutletError)
    told = error_message(shown.exception) or ""
    assert f"{folder / 'bad.toml'}:3: language" in told
    assert f"{folder / 'worse.toml'}:5: colour" in told


def test_an_unknown_outlet_is_an_error_with_the_nearest_name(run):
    shown = run("check", "harbor-gazette")
    assert shown.exit_code == 1
    assert "no outlet 'harbor-gazette'; did you mean harbour-gazette?" in shown.output


def test_an_outlet_without_pages_says_so(run):
    shown = run("check", "harbour-gazette")
    assert shown.exit_code == 1
    assert "no page of harbour-gazette of the last 14 days" in shown.output


def test_coverage_is_told_of_a_healthy_outlet(run, archived):
    section = "<meta property='article:section' content='World'>"
    archived([story(n, section) for n in range(12)])
    shown = run("check", "harbour-gazette")
    assert shown.exit_code == 0, shown.output
    assert "older 6" in shown.output
    (line,) = [line for line in shown.output.splitlines() if " section " in line]
    assert line.count("100%") == 2
    assert "meta article:section" in line
    assert "12 pages read as article" in shown.output
    assert "nothing got worse." in shown.output


def test_a_lost_field_and_unreadable_pages_are_told_and_end_with_1(run, archived):
    section = "<meta property='article:section' content='World'>"
    old = [story(n, section) for n in range(12)]
    new = [story(n) for n in range(12, 18)] + ["no markup"] * 6
    archived(old + new)
    shown = run("check", "harbour-gazette")
    assert shown.exit_code == 1
    assert "worse: section was read on 100% of the pages, now on 0%" in shown.output
    assert "worse: 0% of the pages could not be read, now 50%" in shown.output
    assert "6 pages not read: unreadable, such as https://gazette.example/" in shown.output


def test_only_the_newest_pages_and_only_the_last_fetch_of_each_count(run, archived):
    archived([story(n) for n in range(8)])
    archived([story(n) for n in range(8)])
    shown = run("check", "harbour-gazette", "--pages", "4")
    assert "4 pages read as article" in shown.output
