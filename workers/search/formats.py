"""An export's forms: JSON lines, CSV and Parquet, each written batch by batch."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Literal, get_args

import msgspec

from schemas.json import Json

Format = Literal["jsonl", "csv", "parquet"]
FORMS: Final[dict[str, Format]] = {form: form for form in get_args(Format)}
MEDIA_TYPES: Final = {
    "jsonl": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}

# Columns of the flat forms, in order; lists are joined with `; `.
TEXTS: Final = (
    *("document_id", "time", "published", "modified", "outlet", "site_name", "country"),
    *("language", "section", "authors", "source", "dateline", "kind", "role", "cluster_id"),
    *("title", "subtitle", "url", "canonical_url", "tags", "fetched_at", "body"),
)
NUMBERS: Final = ("words", "shared")
# Spreadsheets run a cell that begins so as a formula.
FORMULA_STARTS: Final = tuple("=+-@\t\r\n|%＝＋－＠")


def write_format(batches: Iterable[list[Json]], form: Format) -> Iterator[bytes]:
    """Return the export as pieces of a file."""
    writers: dict[Format, Callable[[Iterable[list[Json]]], Iterator[bytes]]] = {
        "jsonl": _jsonl,
        "csv": _csv,
        "parquet": _parquet,
    }
    return writers[form](batches)


def _jsonl(batches: Iterable[list[Json]]) -> Iterator[bytes]:
    encoder = msgspec.json.Encoder()
    for documents in batches:
        yield encoder.encode_lines(documents)


def _csv(batches: Iterable[list[Json]]) -> Iterator[bytes]:
    """Yield CSV as UTF-8 with a byte order mark: without it, spreadsheets read it as Latin-1."""
    yield "\ufeff".encode()
    yield _rows([[*TEXTS, *NUMBERS]])
    for documents in batches:
        yield _rows([_cells(document) for document in documents])


def _rows(rows: Iterable[Iterable[object]]) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue().encode("utf-8", "replace")


def _cells(document: Json) -> list[object]:
    texts: list[object] = [escape_formula(_text(document.get(name)) or "") for name in TEXTS]
    return texts + [document.get(name, "") for name in NUMBERS]


def escape_formula(text: str) -> str:
    """Return the text such that no spreadsheet takes it for a formula: an apostrophe before it
    shows it as text."""
    text = text.replace("\x00", "")
    is_formula = text.startswith(FORMULA_STARTS) or text.lstrip().startswith(FORMULA_STARTS)
    return f"'{text}" if is_formula else text


def _text(value: object) -> str | None:
    if isinstance(value, list | tuple):
        return "; ".join(str(each) for each in value)
    return None if value is None else str(value)


class _Pieces(io.RawIOBase):
    """A file that gives away what was written to it."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:  # noqa: ANN401  any buffer, as the io module says
        piece = bytes(data)
        self._kept.append(piece)
        return len(piece)

    def taken(self) -> bytes:
        pieces, self._kept = self._kept, []
        return b"".join(pieces)


def _parquet(batches: Iterable[list[Json]]) -> Iterator[bytes]:
    import pyarrow as pa  # noqa: PLC0415  60 MB of memory, for this form only
    from pyarrow import parquet  # noqa: PLC0415

    texts = [pa.field(name, pa.string()) for name in TEXTS]
    schema = pa.schema([*texts, pa.field("words", pa.int64()), pa.field("shared", pa.float64())])
    file = _Pieces()
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for documents in batches:
            columns = [[_text(document.get(name)) for document in documents] for name in TEXTS]
            columns += [[document.get(name) for document in documents] for name in NUMBERS]
            writer.write_table(pa.table(columns, schema=schema))
            yield file.taken()
    yield file.taken()
