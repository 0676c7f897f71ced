"""The one way in which commands print: whatever strangers wrote reaches the terminal as text, never
as markup and never as an escape sequence."""

import sys
from typing import IO, Any

import click
import msgspec
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from workers.search.results import Segments
from workers.terminal_text import safe_json, safe_lines, terminal_safe


def say(text: object = "", *, to_stderr: bool = False, color: str | None = None) -> None:
    """Print a line, or several."""
    click.secho(safe_lines(str(text)), err=to_stderr, fg=color)


def say_json(value: Any, *, indent: int = -1) -> None:  # noqa: ANN401  whatever msgspec encodes
    """Print `value` as JSON, on one line unless `indent` is given. What could control a terminal is
    escaped, which says the same."""
    encoded = msgspec.json.format(msgspec.json.encode(value), indent=indent)
    click.echo(safe_json(encoded.decode()))


def say_raw(data: bytes, stream: IO[str] | None = None) -> None:
    """Write bytes as they are to a file or a pipe; to a terminal, as text."""
    stream = stream or sys.stdout
    if stream.isatty():
        say(data.decode("utf-8", "replace"))
    else:
        click.echo(data, nl=False, file=stream)


def display(shown: RenderableType, *, to_stderr: bool = False) -> None:
    """Print a table or a text of rich; of a str, the words alone."""
    text = Text(safe_lines(shown)) if isinstance(shown, str) else shown
    make_console(to_stderr=to_stderr).print(text)


def make_console(*, to_stderr: bool = False) -> Console:
    """Return where rich prints. Square brackets and colons are text to it."""
    return Console(stderr=to_stderr, markup=False, emoji=False, highlight=False)


class SafeTable(Table):
    """A table whose cells are text, unless they are given as something of rich."""

    def add_row(self, *cells: RenderableType | None, **options: Any) -> None:  # noqa: ANN401  rich's
        """Append a row."""
        texts = (Text(terminal_safe(cell)) if isinstance(cell, str) else cell for cell in cells)
        super().add_row(*texts, **options)


class CommandError(click.ClickException):
    """Ends a command with a message and exit code 1."""

    def format_message(self) -> str:
        """Return the message."""
        return safe_lines(self.message)


def highlight(segments: Segments, style: str = "bold yellow") -> Text:
    """Return the text with what matched in `style`."""
    text = Text()
    for segment in segments:
        text.append(terminal_safe(segment.text), style if segment.is_hit else None)
    return text
