"""Parses the JSON-LD of a page, and repairs what pages commonly break in it."""

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any, Final

import msgspec

Node = dict[str, Any]

MAX_SCRIPT_BYTES: Final = 2_000_000
MAX_NODES: Final = 3_000
_COMMENT_WRAPPER: Final = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|"
    r"(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>)\s*;?\s*$"
)
_TRAILING_COMMA: Final = re.compile(r",(?=\s*[}\]])")
_DOUBLE_COMMA: Final = re.compile(r",(?:\s*,)+")


def parse_scripts(scripts: list[str]) -> list[Node]:
    """Return all objects of the page's JSON-LD scripts, outer before inner, in document order."""
    nodes: list[Node] = []
    for raw in scripts:
        if raw.strip() and len(raw) <= MAX_SCRIPT_BYTES:
            nodes.extend(iter_objects(_load(raw)))
        if len(nodes) > MAX_NODES:
            break
    return nodes[:MAX_NODES]


def _load(raw: str) -> object:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return _repair(raw)


def _repair(raw: str) -> object:
    """Return the value of broken JSON, or None if it cannot be repaired.

    Repaired are comment wrappers, line breaks in strings, stray commas and HTML entities.
    """
    text = _COMMENT_WRAPPER.sub("", raw).strip().rstrip(";")
    for attempt in (text, _DOUBLE_COMMA.sub(",", _TRAILING_COMMA.sub("", text)), unescape(text)):
        try:
            # raw_decode ignores a second object behind the first one.
            return json.JSONDecoder(strict=False).raw_decode(attempt)[0]
        except (ValueError, RecursionError):
            continue
    return None


def iter_objects(data: object) -> Iterator[Node]:
    """Yield every object in `data`, depth first; not recursive, as pages nest without limit."""
    stack = [data]
    visited = 0
    while stack and visited < MAX_NODES:
        item = stack.pop()
        visited += 1
        if isinstance(item, dict):
            yield item
            stack.extend(v for v in reversed(item.values()) if isinstance(v, dict | list))
        elif isinstance(item, list):
            stack.extend(v for v in reversed(item) if isinstance(v, dict | list))


def types_of(node: Node) -> list[str]:
    """Return the object's types, without the schema.org address."""
    value = node.get("@type")
    types = value if isinstance(value, list) else [value]
    return [name.rpartition("/")[2] for name in types if isinstance(name, str)]


# An object may have another one as its name.
_MAX_NESTED_VALUES: Final = 4


def text_of(value: object) -> str:
    """Return the text in a string, list or object; empty if there is none.

    Entities are unescaped twice, as many pages escape them twice; spaces are collapsed.
    """
    for _ in range(_MAX_NESTED_VALUES):
        if isinstance(value, list):
            value = value[0] if value else ""
        if not isinstance(value, dict):
            break
        value = value.get("name") or value.get("@value") or value.get("url") or ""
    if not isinstance(value, str):
        return ""
    return " ".join(unescape(unescape(value)).split())
