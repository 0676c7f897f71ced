"""The file formats of an export: JSON lines, CSV, Parquet, Excel, each encoded batch by batch."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any, Final, Literal, get_args

import msgspec

from schemas.article import make_aware
from schemas.json import Json
from workers.search.workbook import Cell, encode_workbook

Format = Literal["jsonl", "csv", "parquet", "xlsx"]
FORMATS: Final[dict[str, Format]] = {name: name for name in get_args(Format)}
MEDIA_TYPES: Final = {
    "jsonl": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

# Columns of all forms but JSON lines, in order; lists are joined with `; `.
TEXT_COLUMNS: Final = (
    *("document_id", "time", "published", "modified", "outlet", "site_name", "country"),
    *("language", "section", "authors", "source", "dateline", "kind", "role", "cluster_id"),
    *("title", "subtitle", "url", "canonical_url", "tags", "fetched_at", "body"),
)
TIME_COLUMNS: Final = frozenset(
    {"time", "published", "modified", "fetched_at", "indexed_at", "changed_at"}
)
NUMBER_COLUMNS: Final = ("words", "shared")
EXPORT_FIELDS: Final = (
    *TEXT_COLUMNS,
    *NUMBER_COLUMNS,
    *(
        "changed_at",
        "changes",
        "changed_words",
        "changed_in",
        "event_id",
        "place_countries",
        "places",
        "names",
    ),
)
_TYPES: Final = {
    "shared": "float64",
    **dict.fromkeys(("words", "changes", "changed_words"), "int64"),
}
# Spreadsheets run a cell that begins with one of these as a formula.
FORMULA_STARTS: Final = tuple("=+-@\t\r\n|%＝＋－＠")


def encode_export(
    batches: Iterable[list[Json]],
    file_format: Format,
    fields: Sequence[str] = (),
    zone: tzinfo = UTC,
) -> Iterator[bytes]:
    """Return the chunks of a file in `file_format`, with these columns or the usual ones; times are
    in this zone."""
    encoders: dict[Format, Callable[[Iterable[list[Json]], Sequence[str]], Iterator[bytes]]] = {
        "jsonl": _encode_jsonl,
        "csv": _encode_csv,
        "parquet": _encode_parquet,
        "xlsx": _encode_xlsx,
    }
    columns = fields or (*TEXT_COLUMNS, *NUMBER_COLUMNS)
    zoned = ([_with_times_in(zone, each) for each in batch] for batch in batches)
    return encoders[file_format](zoned, columns)


def _with_times_in(zone: tzinfo, document: Json) -> Json:
    """Return the document with all its times in this zone; a time without a zone is one in UTC."""
    return {
        name: _time_in(zone, value) if name in TIME_COLUMNS and isinstance(value, str) else value
        for name, value in document.items()
    }


def _time_in(zone: tzinfo, text: str) -> str:
    try:
        return make_aware(datetime.fromisoformat(text)).astimezone(zone).isoformat()
    except (ValueError, OverflowError):
        return text


def _encode_jsonl(batches: Iterable[list[Json]], _columns: Sequence[str]) -> Iterator[bytes]:
    encoder = msgspec.json.Encoder()
    for documents in batches:
        yield encoder.encode_lines(documents)


def _encode_csv(batches: Iterable[list[Json]], columns: Sequence[str]) -> Iterator[bytes]:
    """Yield CSV as UTF-8 with a byte order mark: without it, spreadsheets read it as Latin-1."""
    yield "\ufeff".encode()
    yield _csv_lines([columns])
    for documents in batches:
        yield _csv_lines([_csv_row(document, columns) for document in documents])


def encode_table(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    """Return a table as CSV, in the form of exports; no text in it begins a formula."""
    safe = [
        [escape_formula(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
    ]
    return "\ufeff".encode() + _csv_lines([list(columns), *safe])


def _csv_lines(rows: Iterable[Iterable[object]]) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue().encode("utf-8", "replace")


def _csv_row(document: Json, columns: Sequence[str]) -> list[object]:
    return [
        document.get(name, "")
        if name in _TYPES
        else escape_formula(_cell(document.get(name)) or "")
        for name in columns
    ]


def escape_formula(text: str) -> str:
    """Return the text with an apostrophe before it if a spreadsheet would run it as a formula."""
    text = text.replace("\x00", "")
    is_formula = text.startswith(FORMULA_STARTS) or text.lstrip().startswith(FORMULA_STARTS)
    return f"'{text}" if is_formula else text


def _cell(value: object) -> str | None:
    if isinstance(value, list | tuple):
        return "; ".join(str(each) for each in value)
    return None if value is None else str(value)


class _WriteBuffer(io.RawIOBase):
    """A file in memory that is emptied after each batch."""

    def __init__(self) -> None:
        super().__init__()
        self._chunks: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:  # noqa: ANN401  any buffer, as the io module says
        chunk = bytes(data)
        self._chunks.append(chunk)
        return len(chunk)

    def drain(self) -> bytes:
        """Return what was written since the last call."""
        chunks, self._chunks = self._chunks, []
        return b"".join(chunks)


def _encode_parquet(batches: Iterable[list[Json]], columns: Sequence[str]) -> Iterator[bytes]:
    import pyarrow as pa  # noqa: PLC0415  60 MB of memory, for this form only
    from pyarrow import parquet  # noqa: PLC0415

    types = {"int64": pa.int64(), "float64": pa.float64(), "text": pa.string()}
    schema = pa.schema([pa.field(name, types[_TYPES.get(name, "text")]) for name in columns])
    file = _WriteBuffer()
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for documents in batches:
            values = [
                [document.get(name) for document in documents]
                if name in _TYPES
                else [_cell(document.get(name)) for document in documents]
                for name in columns
            ]
            writer.write_table(pa.table(values, schema=schema))
            yield file.drain()
    yield file.drain()


def _encode_xlsx(batches: Iterable[list[Json]], columns: Sequence[str]) -> Iterator[bytes]:
    documents = (document for batch in batches for document in batch)
    rows = ([_excel_cell(name, document.get(name)) for name in columns] for document in documents)
    return encode_workbook(columns, rows)


def _excel_cell(name: str, value: object) -> Cell:
    if name in _TYPES and isinstance(value, int | float):
        return value
    text = _cell(value)
    if name not in TIME_COLUMNS or not text:
        return text
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return text
