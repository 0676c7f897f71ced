"""A table as an Excel workbook (ECMA-376), row by row: what is written leaves memory at once."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

Cell = str | int | float | datetime | None

MAX_ROWS: Final = 1_048_576  # of a sheet, its header among them
MAX_CELL_CHARACTERS: Final = 32_767
FIRST_YEAR: Final = 1900  # Excel knows no day before
CHUNK_BYTES: Final = 1_048_576
SHEET: Final = "articles"


def encode_workbook(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Yield the file, when the last row was taken. Texts are texts, never formulas, links or
    numbers; times are dates of Excel, without a zone; a text that is too long for a cell ends
    with `…`; what one sheet does not hold goes on in the next."""
    from xlsxwriter import Workbook  # noqa: PLC0415  for this form only

    with TemporaryDirectory(prefix="presswire-") as folder:
        path = Path(folder) / "export.xlsx"
        book = Workbook(path, {"constant_memory": True, "tmpdir": folder})
        _write(book, columns, rows)
        book.close()
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk


def _write(book: "Workbook", columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    as_date = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    at, sheet = 1, _begin(book, columns)
    for row in rows:
        if at == MAX_ROWS:
            at, sheet = 1, _begin(book, columns)
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(at, column, _fitting(cell))
            elif isinstance(cell, datetime) and cell.year >= FIRST_YEAR:
                sheet.write_datetime(at, column, cell.replace(tzinfo=None), as_date)
            elif isinstance(cell, datetime):
                sheet.write_string(at, column, cell.isoformat())
            elif cell is not None:
                sheet.write_number(at, column, cell)
        at += 1


def _begin(book: "Workbook", columns: Sequence[str]) -> "Worksheet":
    """Return a new sheet with its header."""
    number = len(book.worksheets()) + 1
    sheet = book.add_worksheet(SHEET if number == 1 else f"{SHEET} {number}")
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(columns):
        sheet.write_string(0, column, name)
    return sheet


def _fitting(text: str) -> str:
    plain = text.encode("utf-8", "replace").decode()
    # Excel counts as UTF-16 does
    if len(plain.encode("utf-16-le")) <= 2 * MAX_CELL_CHARACTERS:
        return plain
    most = plain.encode("utf-16-le")[: 2 * (MAX_CELL_CHARACTERS - 1)]
    return most.decode("utf-16-le", "ignore") + "…"
