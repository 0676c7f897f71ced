"""JSON-LD of a page, mended where pages commonly break it."""

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any, Final

import msgspec

Node = dict[str, Any]

MAX_SCRIPT_BYTES: Final = 2_000_000
MAX_NODES: Final = 3_000
_WRAPPING: Final = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|"
    r"(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>)\s*;?\s*$"
)
_TRAILING_COMMA: Final = re.compile(r",(?=\s*[}\]])")
_DOUBLE_COMMA: Final = re.compile(r",(?:\s*,)+")


def read(scripts: list[str]) -> list[Node]:
    """All objects of the page's JSON-LD scripts, outer before inner, in document order."""
    nodes: list[Node] = []
    for raw in scripts:
        if raw.strip() and len(raw) <= MAX_SCRIPT_BYTES:
            nodes.extend(objects(_load(raw)))
        if len(nodes) > MAX_NODES:
            break
    return nodes[:MAX_NODES]


def _load(raw: str) -> object:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return _mend(raw)


def _mend(raw: str) -> object:
    """What can be saved: comment wrappers, line breaks in strings, stray commas, HTML entities."""
    text = _WRAPPING.sub("", raw).strip().rstrip(";")
    for attempt in (text, _DOUBLE_COMMA.sub(",", _TRAILING_COMMA.sub("", text)), unescape(text)):
        try:
            # raw_decode: a second object glued behind the first does not cost the first
            return json.JSONDecoder(strict=False).raw_decode(attempt)[0]
        except (ValueError, RecursionError):
            continue
    return None


def objects(data: object) -> Iterator[Node]:
    """Every object in `data`, breadth last; a stack, as pages nest without limit."""
    stack = [data]
    seen = 0
    while stack and seen < MAX_NODES:
        item = stack.pop()
        seen += 1
        if isinstance(item, dict):
            yield item
            stack.extend(v for v in reversed(item.values()) if isinstance(v, dict | list))
        elif isinstance(item, list):
            stack.extend(v for v in reversed(item) if isinstance(v, dict | list))


def types_of(node: Node) -> list[str]:
    """The object's types, without the schema.org address."""
    kind = node.get("@type")
    kinds = kind if isinstance(kind, list) else [kind]
    return [k.rpartition("/")[2] for k in kinds if isinstance(k, str)]


def text_of(value: object) -> str:
    """A string however it is wrapped: unescaped twice over, spaces collapsed."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value") or value.get("url") or ""
    if not isinstance(value, str):
        return ""
    return " ".join(unescape(unescape(value)).split())
