"""The text as JSON-LD tells it, for pages whose body is written by a script only."""

import re
from html import unescape
from typing import Final

from schemas.article import Block, spoken
from workers.parse.html.metadata import Metadata

_LEAST: Final = 800
_PART: Final = 0.3
_LONGEST: Final = 1_000_000
_TAG: Final = re.compile(r"<[^>]{0,300}>")


def blocks(head: Metadata, printed: tuple[Block, ...]) -> tuple[Block, ...]:
    """Paragraphs of the longest articleBody, if the text that is `printed` is little of it."""
    told = [text for node in head.articles if isinstance(text := node.get("articleBody"), str)]
    text = unescape(max(told, key=len, default="")[:_LONGEST])
    if len(text) < _LEAST or len(spoken(printed)) > _PART * len(text):
        return ()
    lines = (" ".join(line.split()) for line in _TAG.sub("\n", text).split("\n"))
    return tuple(Block("paragraph", line) for line in lines if line)
