"""Exports as files."""

import csv
import io
import json
import tracemalloc
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape as unescape_xlsx
from pyarrow import parquet

from workers.search import workbook
from workers.search.export import BATCH_CHARACTERS, MAX_BATCH, next_batch_size
from workers.search.formats import FORMULA_STARTS, encode_export, escape_formula

RIVER = {
    "document_id": "river",
    "title": "River rises",
    "authors": ["Ada Quill", "Bo Inkwell"],
    "body": 'It rose.\n\nHe said "two metres", twice.',
    "words": 7,
    "shared": 0.5,
    "time": "2026-03-02T12:00:00+00:00",
    "outlet": "courier",
}


def whole(batches, form):
    return b"".join(encode_export(iter(batches), form))


def rows(batches):
    text = whole(batches, "csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_json_lines_hold_the_documents_as_they_are():
    lines = whole([[RIVER], [{**RIVER, "title": "ü"}]], "jsonl").splitlines()

    assert json.loads(lines[0]) == RIVER
    assert json.loads(lines[1])["title"] == "ü"


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_times_are_in_one_zone(form):
    article = {**RIVER, "published": "2026-03-02T12:00:00", "modified": "2026-03-02T14:00:00+02:00"}
    (row,) = rows([[article]]) if form == "csv" else [json.loads(whole([[article]], "jsonl"))]

    assert row["published"] == row["modified"] == "2026-03-02T12:00:00+00:00"


def test_csv_holds_texts_with_quotes_and_lines():
    (row,) = rows([[RIVER]])

    assert row["body"] == RIVER["body"]
    assert row["authors"] == "Ada Quill; Bo Inkwell"
    assert (row["words"], row["shared"]) == ("7", "0.5")


def test_parquet_holds_numbers_as_numbers():
    file = io.BytesIO(whole([[RIVER], [{"document_id": "bare"}]], "parquet"))

    first, second = parquet.read_table(file).to_pylist()

    assert (first["title"], first["words"], first["shared"]) == ("River rises", 7, 0.5)
    assert (second["document_id"], second["title"], second["words"]) == ("bare", None, None)


def sheets(batches, fields=()):
    file = io.BytesIO(b"".join(encode_export(iter(batches), "xlsx", fields)))
    book = load_workbook(file)
    return {sheet.title: list(sheet.iter_rows()) for sheet in book.worksheets}


def test_a_workbook_holds_numbers_times_and_texts_as_such():
    article = {**RIVER, "time": "2026-03-02T14:00:00+02:00", "published": "1871-05-01T00:00:00"}
    (table,) = sheets([[article], [{"document_id": "bare"}]]).values()

    names, first, second = ([cell.value for cell in row] for row in table)
    row = dict(zip(names, first, strict=True))
    assert (row["words"], row["shared"], row["authors"]) == (7, 0.5, "Ada Quill; Bo Inkwell")
    assert row["time"] == datetime(2026, 3, 2, 12, 0)  # noqa: DTZ001  Excel has no zones
    assert row["published"] == "1871-05-01T00:00:00+00:00"
    assert row["body"] == RIVER["body"]
    assert second == ["bare", *[None] * (len(names) - 1)]


@pytest.mark.parametrize("start", [*FORMULA_STARTS, "{=", "https://x.example/", "12", "_x0041_"])
def test_no_text_of_a_workbook_is_a_formula_a_link_or_a_number(start):
    text = f"{start}HYPERLINK(1)"
    (table,) = sheets([[{"title": text, "tags": [start]}]], ("title", "tags")).values()

    for cell, expected in zip(table[1], (text, start), strict=True):
        # openpyxl leaves the escapes of control characters and of their own form as they are
        assert unescape_xlsx(cell.value or "") == expected
        assert cell.data_type in {"s", "n"}
        assert cell.data_type == "s" or cell.value is None
        assert cell.hyperlink is None


def test_a_text_too_long_for_a_cell_ends_with_dots_and_breaks_no_sign():
    (table,) = sheets([[{"title": "𝒳" * 20_000, "body": "x" * 32_767}]], ("title", "body")).values()

    title, body = (cell.value for cell in table[1])
    assert title == "𝒳" * 16_383 + "…"
    assert body == "x" * 32_767


def test_what_one_sheet_does_not_hold_goes_on_in_the_next(monkeypatch):
    monkeypatch.setattr(workbook, "MAX_ROWS", 3)
    documents = [{"title": f"t{number}"} for number in range(5)]

    found = sheets([documents], ("title",))

    assert {name: [row[0].value for row in rows] for name, rows in found.items()} == {
        "articles": ["title", "t0", "t1"],
        "articles 2": ["title", "t2", "t3"],
        "articles 3": ["title", "t4"],
    }


def test_a_workbook_of_many_rows_stays_out_of_memory():
    batch = [{"title": "x" * 1_000, "body": "y" * 20_000}] * 100
    tracemalloc.start()
    size = sum(len(chunk) for chunk in encode_export((batch for _ in range(30)), "xlsx"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert size > 0
    assert peak < 20_000_000  # the texts alone are 63 MB


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet", "xlsx"])
def test_an_export_without_hits_is_a_whole_file(form):
    raw = whole([], form)

    assert not raw if form == "jsonl" else raw
    if form == "parquet":
        assert parquet.read_table(io.BytesIO(raw)).num_rows == 0
    if form == "xlsx":
        assert load_workbook(io.BytesIO(raw)).active.max_row == 1


@pytest.mark.parametrize(
    "title",
    [
        '=HYPERLINK("http://x.example","y")',
        "+1+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "  =1",
        "\x00=1",
        "＝1",
        "|calc",
    ],
)
def test_no_cell_is_a_formula(title):
    (row,) = rows([[{**RIVER, "title": title, "authors": [title], "section": title}]])

    for name in ("title", "authors", "section"):
        assert row[name].startswith("'")


@given(st.text())
def test_no_text_at_all_becomes_a_formula(text):
    safe = escape_formula(text)

    assert not safe.startswith(FORMULA_STARTS)
    assert not safe.lstrip().startswith(FORMULA_STARTS)


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00\r")), max_size=5))
def test_any_title_survives_csv(titles):
    found = rows([[{"title": title} for title in titles]])

    assert [row["title"].removeprefix("'") for row in found] == [
        title.removeprefix("'") for title in titles
    ]


def test_half_a_character_breaks_no_csv():
    broken = {**RIVER, "title": "\ud800"}

    assert rows([[broken]])[0]["title"] == "?"


def test_batches_shrink_for_long_texts_and_grow_for_short_ones():
    assert next_batch_size([{"body": "x"}]) == MAX_BATCH
    assert next_batch_size([{"body": "x" * BATCH_CHARACTERS}]) == 1
    assert 300 < next_batch_size([{"body": "x" * 10_000}] * 5) < 400
