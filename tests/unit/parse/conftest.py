"""Invented pages for the tests of the parse stage."""

from pathlib import Path

import msgspec
import pytest

SENTENCES = (
    "The council of Osthaven met on Monday evening to talk about the old bridge. ",
    "Nobody could say how long the repairs would take, the mayor told the members. ",
    "Engineers had found two deep cracks in the western pillar, a report showed. ",
    "The ministry, which owns the road, has promised to pay for a part of the work. ",
    "Shopkeepers in the old town fear that their customers will stay away all winter. ",
)


def paragraphs(count: int, tag: str = "p") -> str:
    """`count` paragraphs of three sentences, no two of them alike."""
    lines = []
    for n in range(count):
        text = "".join(SENTENCES[(n + k) % len(SENTENCES)] for k in range(3))
        lines.append(f"<{tag}>{text}This is paragraph number {n} of the story.</{tag}>")
    return "\n".join(lines)


@pytest.fixture
def story():
    """Builds a page around `body`; `head` goes into its head."""

    def build(body: str = "", head: str = "", title: str = "Old bridge closed for repairs") -> str:
        inner = body or paragraphs(6)
        return (
            f"<!DOCTYPE html><html lang='en'><head><title>{title}</title>{head}</head>"
            f"<body><article><h1>{title}</h1>{inner}</article></body></html>"
        )

    return build


@pytest.fixture
def article_script():
    """Builds a script tag with an article in JSON-LD."""

    def build(**fields: object) -> str:
        raw = msgspec.json.encode({"@type": "NewsArticle", **fields}).decode()
        return f"<script type='application/ld+json'>{raw}</script>"

    return build


@pytest.fixture
def text_of():
    return paragraphs


@pytest.fixture
def sample():
    def read(name: str) -> bytes:
        return (Path(__file__).parent / "samples" / name).read_bytes()

    return read
