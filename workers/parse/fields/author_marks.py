"""Finds the parts of a line whose markup says that they are an author."""

import re
from typing import Final

from workers.parse.fields import people
from workers.parse.html import class_names
from workers.parse.html.markup import collect_names
from workers.parse.html.tree import TextRun

AUTHOR_TAGS: Final = ("a", "span", "strong", "b")
_AUTHOR_LINK: Final = re.compile(
    r"/(?:authors?|autor|autoren|autores|auteurs?|autore|skribent|journalist|journaliste|periodista"
    r"|contributor|columnist|reporter|writer|redakteur|yazar|yazarlar|penulis|firma)s?[/=]"
    r"|[?&]_?author="
)


def author_spans(run: TextRun, *, is_sure: bool = False) -> list[str]:
    """Return the texts of the line's elements that are marked as an author; if `is_sure`, by their
    link."""
    texts = []
    for tag, node, _, _ in run.spans:
        if tag not in AUTHOR_TAGS:
            continue
        attributes = node.attributes
        if not attributes:
            continue
        href = attributes.get("href") or ""
        if href.endswith((".jpg", ".png")):
            continue
        if (
            attributes.get("rel") == "author"
            or _AUTHOR_LINK.search(href)
            or (
                not is_sure and class_names.flags_of(collect_names(attributes)) & class_names.BYLINE
            )
        ):
            texts.append(" ".join(node.text(separator=" ").split()))
    return [text for text in dict.fromkeys(texts) if 1 < len(text) < people.MAX_LINE_CHARS]
