"""One way of printing: markup and escape sequences of strangers come out as text, or not at all."""

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest

from workers.adapters.redis.quarantine import QuarantineEntry
from workers.cli import quarantine, trace
from workers.cli.support import terminal

AT = datetime(2026, 3, 1, tzinfo=UTC)
CLI = Path(terminal.__file__).parents[1]
HOSTILE = [
    "[/x]",
    "[bold red]a[/bold red]",
    "[link=http://evil.example]a[/link]",
    "[",
    "[[a]]",
    ":bomb:",
    "\\[/x]",
    "[@click=app.bell]a[/]",
    "\x1b[31m[/x]\x1b]0;t\x07",
    "\x9b2J",
    "a\nError: forged",
    "a\u202eb",
    "a\ud800b",
]


def entry_of(text):
    return QuarantineEntry(
        id="0" * 16 + ".fetch",
        step="fetch",
        reason="bug",
        detail=text,
        at=AT,
        event=b"{}",
        url=text,
        outlet="gazette",
        traceback=text,
    )


def print_with(name, text):
    """Print `text` as one of the commands does."""
    match name:
        case "say":
            terminal.say(terminal.terminal_safe(text))
        case "display":
            terminal.display(terminal.terminal_safe(text))
        case "trace":
            terminal.display(trace._table_of([("url", text), ("detail", text)]))  # noqa: SLF001
        case "entries":
            quarantine._print_entries([entry_of(text)], as_json=False, nothing="")  # noqa: SLF001
        case "json":
            terminal.say_json(entry_of(text.replace("\ud800", "")))


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("name", ["say", "display", "trace", "entries", "json"])
def test_it_is_printed_as_text(capsys, monkeypatch, name, text):
    monkeypatch.setenv("COLUMNS", "300")
    print_with(name, text)
    shown = capsys.readouterr().out
    assert all(line.isprintable() for line in shown.split("\n"))
    assert not any(line.startswith("Error") for line in shown.split("\n"))
    if text.isprintable() and name != "json":
        assert text in shown


@pytest.mark.parametrize("text", HOSTILE)
def test_the_message_of_an_error_is_text(text):
    message = terminal.CommandError(terminal.terminal_safe(text)).format_message()
    assert message.isprintable()


def test_a_page_is_not_sent_to_a_terminal_as_it_is(capsys):
    class Screen:
        def isatty(self):
            return True

    terminal.say_raw(b"<p>\x1b[2Ja\xff\n<b>", Screen())
    assert capsys.readouterr().out == "<p> [2Ja\ufffd\n<b>\n"


def test_no_command_prints_by_another_way():
    """`terminal` alone may know how."""
    others = {"Console", "Table", "escape", "print", "rprint", "click.echo", "click.secho"}
    others |= {"click.ClickException", "sys.stdout.write", "sys.stderr.write"}
    found = [
        f"{path.relative_to(CLI)}:{node.lineno}: {ast.unparse(node.func)}"
        for path in sorted(CLI.rglob("*.py"))
        if path != Path(terminal.__file__)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in others
    ]
    assert found == []
