"""Exports as files."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

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


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_an_export_without_hits_is_a_whole_file(form):
    raw = whole([], form)

    assert not raw if form == "jsonl" else raw
    if form == "parquet":
        assert parquet.read_table(io.BytesIO(raw)).num_rows == 0


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
