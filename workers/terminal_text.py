"""Text of strangers, made safe for a terminal and for logs, which are read in one: no character in
it can move the cursor, begin an escape sequence, forge a line or turn the order of letters."""

import re

# they join letters and emoji: spelling in Persian and in scripts of India, and harmless
_JOINERS = "\u200c\u200d"
_PLAIN = re.compile(r"[ -~]*")  # most of what is printed


def terminal_safe(text: str) -> str:
    """Return `text` as one line, with a space for each character that is not printable."""
    if _PLAIN.fullmatch(text):
        return text
    return "".join(each if each.isprintable() or each in _JOINERS else " " for each in text)


def safe_lines(text: str) -> str:
    """Return the same, in the lines of `text`."""
    lines = text.replace("\r\n", "\n").expandtabs(4).split("\n")
    return "\n".join(map(terminal_safe, lines))


def safe_json(text: str) -> str:
    """Return a text of JSON in which what is not printable is escaped, which says the same."""
    return "".join(
        each if each.isprintable() or each in "\n" + _JOINERS else _escape(each) for each in text
    )


def _escape(character: str) -> str:
    """Return the character as JSON escapes it: as units of UTF-16."""
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[n : n + 2].hex()}" for n in range(0, len(units), 2))
