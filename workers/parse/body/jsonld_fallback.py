"""The text as JSON-LD has it, for pages whose body is drawn by a script only."""

import re
from html import unescape
from typing import Final

from schemas.article import Block, body_text
from workers.parse.html.metadata import Metadata

_MIN_CHARS: Final = 800
_MAX_CHARS: Final = 1_000_000
_MAX_PAGE_SHARE: Final = 0.3
_TAG: Final = re.compile(r"<[^>]{0,300}>")


def article_body(head: Metadata, page_blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Return the paragraphs of the longest articleBody, if the page's own text is little of it.

    Empty otherwise, and where the page has no articleBody.
    """
    bodies = [
        text for node in head.article_nodes if isinstance(text := node.get("articleBody"), str)
    ]
    text = unescape(max(bodies, key=len, default="")[:_MAX_CHARS])
    if len(text) < _MIN_CHARS or len(body_text(page_blocks)) > _MAX_PAGE_SHARE * len(text):
        return ()
    lines = (" ".join(line.split()) for line in _TAG.sub("\n", text).split("\n"))
    return tuple(Block("paragraph", line) for line in lines if line)
