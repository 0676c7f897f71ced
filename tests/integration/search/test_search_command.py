"""`presswire search` on a real index."""

import csv
import json

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from pyarrow import parquet

from workers import services
from workers.cli import search as search_command
from workers.cli.search import search as command
from workers.cli.support.services import command_services
from workers.search.query import reading

pytestmark = [pytest.mark.elasticsearch, pytest.mark.usefixtures("newsroom")]


@pytest.fixture
def run(search, elasticsearch_url, monkeypatch):
    monkeypatch.setenv("PRESSWIRE_ELASTICSEARCH_URL", elasticsearch_url)
    monkeypatch.setenv("PRESSWIRE_PREFIX", search.prefix)
    monkeypatch.setenv("COLUMNS", "120")
    for cached in (services.get_settings, command_services):
        cached.cache_clear()
    yield lambda *args: CliRunner().invoke(command, args)
    command_services().search.client.close()
    for cached in (services.get_settings, command_services):
        cached.cache_clear()


def test_hits_are_a_table_with_their_reprints(run):
    shown = run("river")

    assert shown.exit_code == 0
    assert "2 outlets: also eastmarch-courier" in shown.output
    assert "2 articles in 1 stories, by relevance" in shown.output


def test_a_mistake_is_pointed_at(run):
    shown = run("river", "outlt:post")

    assert shown.exit_code == 1
    assert "did you mean outlet:?" in shown.output
    assert "      ^^^^^" in shown.output


def test_a_query_is_parsed_once_a_call_however_many_pages_it_takes(run, monkeypatch):
    queries = []
    tokenize = reading.tokenize
    monkeypatch.setattr(reading, "tokenize", lambda text: queries.append(text) or tokenize(text))
    monkeypatch.setattr(search_command, "MAX_PAGE_SIZE", 2)

    shown = run("--json", "--reprints", "-n", "3", "country:us", "--sort", "oldest")

    assert [json.loads(line)["id"] for line in shown.output.splitlines()] == [
        "river",
        "river-again",
        "budget",
    ]
    assert queries == ["country:us"]


def test_json_lines_go_to_other_programs(run):
    shown = run("--json", "--reprints", "-n", "3", "country:us", "--sort", "oldest")

    hits = [json.loads(line) for line in shown.output.splitlines()]
    assert [hit["id"] for hit in hits] == ["river", "river-again", "budget"]


def test_signs_that_steer_a_terminal_are_left_out(run, put, story):
    put(story("evil", title="\x1b]0;owned\x07 [bold]zebra[/bold]"))

    shown = run("zebra")

    assert "\x1b" not in shown.output
    assert "[bold]zebra[/bold]" in shown.output


def test_everything_goes_into_a_file(run, tmp_path):
    path = tmp_path / "all.jsonl"

    shown = run("--export", str(path), "country:us")

    documents = [json.loads(line) for line in path.read_text().splitlines()]
    assert "4 articles" in shown.output
    assert {each["document_id"] for each in documents} == {
        *("river", "river-again", "budget", "haushalt")
    }
    assert all(each["body"] for each in documents)
    assert list(tmp_path.iterdir()) == [path]


def test_csv_and_parquet_hold_the_same(run, tmp_path):
    run("--export", str(tmp_path / "a.csv"), "river")
    run("--export", str(tmp_path / "a.parquet"), "river")

    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    table = parquet.read_table(tmp_path / "a.parquet").to_pylist()
    assert [row["title"] for row in rows] == [row["title"] for row in table]
    assert len(rows) == 2


def test_a_workbook_holds_the_chosen_fields(run, tmp_path):
    run("--export", str(tmp_path / "a.xlsx"), "--fields", "outlet,title", "river")

    rows = load_workbook(tmp_path / "a.xlsx").active.iter_rows(values_only=True)
    assert sorted(rows) == [
        ("eastmarch-courier", "River rises in Eastmarch"),
        ("northpoint-post", "Eastmarch river rises"),
        ("outlet", "title"),
    ]


def test_the_same_seed_takes_the_same_sample(run, put, story, tmp_path):
    put(*(story(f"n{number:03d}", title=f"Harbour {number}") for number in range(60)))

    def sample(seed):
        path = tmp_path / "a.csv"
        given = ["--sample", "10", "--seed", seed, "--fields", "document_id"]
        run("--export", str(path), *given, "harbour")
        return path.read_text("utf-8-sig").split()[1:]

    assert sample("7") == sample("7")
    assert sample("7") != sample("8")
    assert len(set(sample("8"))) == 10


def test_an_export_of_more_than_one_batch_is_complete(run, put, story, tmp_path):
    put(*(story(f"n{number:03d}", title=f"Harbour {number}") for number in range(130)))

    run("--export", str(tmp_path / "a.jsonl"), "harbour")

    ids = [
        json.loads(line)["document_id"] for line in (tmp_path / "a.jsonl").read_text().splitlines()
    ]
    assert sorted(ids) == [f"n{number:03d}" for number in range(130)]


def test_a_form_that_there_is_not_is_named(run, tmp_path):
    shown = run("--export", str(tmp_path / "a.ods"), "river")

    assert shown.exit_code == 1
    assert "end it in .jsonl or .csv or .parquet or .xlsx" in shown.output
