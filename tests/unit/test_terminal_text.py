"""Text of strangers in a terminal, and in logs."""

import json
import logging

import pytest

from workers.celery_app.log_filter import make_safe
from workers.terminal_text import safe_json, safe_lines, terminal_safe

HOSTILE = [
    "\x1b[2J\x1b[H",  # clears the screen
    "\x1b]0;title\x07",  # sets the window's title
    "\x1b]52;c;cm0gLXJm\x07",  # writes to the clipboard
    "\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "\x9b31m",  # the same in one byte
    "\x9d0;title\x9c",
    "\x90q\x9c",
    "a\rb",
    "a\x08\x08b",
    "a\x7fb",
    "a\x00b",
    "a\u202eb",  # turns the order of letters
    "a\u2066b\u2069",
    "a\u2028b",
    "a\ufeffb",
    "a\ud800b",  # half a character: cannot be encoded
    "\U000e0001tag",
    "\x0e\x0f",  # another character set
    "a\x0bb\x0cc",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_but_printable_characters_is_left(text):
    safe = terminal_safe(text)
    assert safe.isprintable()
    assert len(safe) == len(text)
    safe.encode()


@pytest.mark.parametrize("text", HOSTILE)
def test_json_says_the_same_without_them(text):
    encoded = safe_json(json.dumps({"a": text}, ensure_ascii=False))
    assert encoded.isprintable()
    assert json.loads(encoded) == {"a": text}


@pytest.mark.parametrize("text", HOSTILE)
def test_logs_hold_none_of_them(text):
    logger = logging.getLogger("workers.test_terminal_text")
    handler = logging.Handler()
    lines = []
    handler.emit = lambda record: lines.append(handler.format(record))
    logger.addHandler(handler)
    make_safe(logger)
    logger.warning("at %s", text)
    logger.error("failed", exc_info=ValueError(text))
    logger.removeHandler(handler)
    assert len(lines) == 2
    assert all(part.isprintable() for line in lines for part in line.split("\n"))


def test_what_people_write_stays_as_it_is():
    for text in ("Überschrift [2/3] :tada:", "می‌خواهم", "👩‍👩‍👧", "標題", "a < b & c"):
        assert terminal_safe(text) == text
    assert safe_lines("a\nb\tc\r\nd") == "a\nb   c\nd"
