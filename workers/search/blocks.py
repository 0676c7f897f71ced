"""A document as it is read: its text in blocks, and a name for every field."""

from collections.abc import Mapping
from typing import Any

from schemas.article import Block
from schemas.index.mapping import ARTICLE_FIELDS
from schemas.json import Json


def blocks(document: Mapping[str, Any]) -> tuple[Block, ...]:
    """Return headings, lists, quotes and tables if the outline fits the text, otherwise
    paragraphs."""
    texts = [text for text in str(document.get("body", "")).split("\n\n") if text]
    kinds = (document.get("outline") or {}).get("kinds", [])
    if len(kinds) != len(texts):
        kinds = ["paragraph"] * len(texts)
    return tuple(Block(kind, text) for kind, text in zip(kinds, texts, strict=True))


def complete(document: Mapping[str, Any]) -> Json:
    """Return the document with None for every field that it leaves out, pictures and teasers
    too."""
    whole = dict.fromkeys(ARTICLE_FIELDS) | dict(document)
    for name in ("images", "related"):
        empty = dict.fromkeys(ARTICLE_FIELDS[name]["properties"])
        whole[name] = [empty | each for each in document.get(name, ())]
    return whole
