"""An article as its page shows it: the text in blocks, and every field."""

from collections.abc import Mapping
from typing import Any

from schemas.article import Block
from schemas.index.mapping import ARTICLE_FIELDS
from schemas.json import Json


def body_blocks(document: Mapping[str, Any]) -> tuple[Block, ...]:
    """Return headings, lists, quotes and tables if the outline fits the text, otherwise
    paragraphs."""
    texts = [text for text in str(document.get("body", "")).split("\n\n") if text]
    kinds = (document.get("outline") or {}).get("kinds", [])
    if len(kinds) != len(texts):
        kinds = ["paragraph"] * len(texts)
    return tuple(Block(kind, text) for kind, text in zip(kinds, texts, strict=True))


def with_all_fields(document: Mapping[str, Any]) -> Json:
    """Return the document with None for every field that it lacks, also in its pictures and
    teasers."""
    filled = dict.fromkeys(ARTICLE_FIELDS) | dict(document)
    for name in ("images", "related"):
        empty = dict.fromkeys(ARTICLE_FIELDS[name]["properties"])
        filled[name] = [empty | each for each in document.get(name, ())]
    return filled
