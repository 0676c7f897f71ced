"""What the latest change of an article was, kept with it so that it can be searched for."""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from schemas.article import make_aware
from schemas.index.mapping import CHANGE_FIELDS
from schemas.json import Json

COMPARED: Final = ("title", "subtitle", "body", "authors")
# characters of scripts without spaces count as words
_WORD: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|\w+")


def describe_change(old: Mapping[str, Any], new: Mapping[str, Any]) -> Json:
    """Return the fields that say when and how much an article changed from `old` to `new`: the
    number of changes so far, of words that came or went with this one, and the parts it is in."""
    parts = [name for name in COMPARED if _text(old.get(name)) != _text(new.get(name))]
    described: Json = {
        "changed_at": new.get("fetched_at"),
        "changes": int(old.get("changes") or 0) + 1,
        "changed_words": sum(_changed_words(old.get(name), new.get(name)) for name in parts),
        "changed_in": parts,
        "changed_after_seconds": _seconds_between(new.get("published"), new.get("fetched_at")),
    }
    return {name: value for name, value in described.items() if value is not None}


def kept_change(source: Mapping[str, Any]) -> Json:
    """Return the same fields as the article has them already."""
    return {name: source[name] for name in CHANGE_FIELDS if name in source}


def _changed_words(old: object, new: object) -> int:
    before, after = (Counter(_WORD.findall(_text(each))) for each in (old, new))
    return (before - after).total() + (after - before).total()


def _text(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")


def _seconds_between(start: str | None, end: str | None) -> int | None:
    try:
        first, last = (make_aware(datetime.fromisoformat(each or "")) for each in (start, end))
    except ValueError:
        return None
    return max(0, int((last - first).total_seconds()))
