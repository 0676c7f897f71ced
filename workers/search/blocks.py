"""An article's text as the blocks it was printed in."""

from collections.abc import Mapping
from typing import Any

from schemas.article import Block


def blocks(document: Mapping[str, Any]) -> tuple[Block, ...]:
    """Headings, lists, quotes and tables where the outline fits the text, else paragraphs."""
    texts = [text for text in str(document.get("body", "")).split("\n\n") if text]
    kinds = (document.get("outline") or {}).get("kinds", [])
    if len(kinds) != len(texts):
        kinds = ["paragraph"] * len(texts)
    return tuple(Block(kind, text) for kind, text in zip(kinds, texts, strict=True))
