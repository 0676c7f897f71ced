"""Dumps that are not ours to keep here: read where a folder of them stands beside the checkout.

PRESSWIRE_GOLDEN names the folder; without it, `shared/golden` next to the checkout is looked at.
"""

import os
from datetime import datetime
from pathlib import Path

import pytest

from schemas.article import Block, Image, Related
from workers.parse.html.decoding import decode
from workers.parse.plaintext.form import form_of
from workers.parse.plaintext.reader import read

BESIDE = Path(__file__).parents[3] / "shared" / "golden"
FOLDER = Path(os.environ.get("PRESSWIRE_GOLDEN") or BESIDE)
NAME = "000_d9e7709a2b403890.txt"
# Lines of the file (the first is 1) that are the story; all others are not.
STORY = (8, 9, 13, 14, 18, 19, 22)
SECTION = "Russia's Special Operation in Ukraine"
EXPECTED = {
    "title": "NATO to Upgrade Ukraine’s Partner Status Without Offering Membership – Reports",
    "dateline": "MOSCOW",
    "source": "Sputnik",
    "published": datetime(2023, 5, 26),  # noqa: DTZ001  the page prints no zone
    "language": "en",
    "kind": "article",
    "site_name": "Sputnik International",
    "authors": (),
    "subtitle": None,
    "images": (
        Image(
            caption="Ukraine's Zelensky",
            credit="AP Photo / Ukrainian Presidential Press Office",
            is_lead=True,
        ),
    ),
    "related": (
        Related(
            "Bosnian Serb Leader Reveals What Forced Russia's Hand in Ukrainian Conflict",
            section=SECTION,
            caption="Russian troops in the center of Artemovsk",
        ),
        Related(
            "Ray McGovern: Putin Had 'No Other Options' Than Military Op in Ukraine",
            section=SECTION,
            caption="Ukrainian servicemen prepare to fire at Russian positions from a US-supplied "
            "M777 howitzer.",
        ),
        Related(
            "NATO's Direct Involvement in Ukraine Crisis Increasing Nuclear War Risk – Lavrov",
            caption="NATO flag",
        ),
    ),
}


@pytest.fixture
def dump() -> bytes:
    path = FOLDER / NAME
    if not path.is_file():
        pytest.skip(f"no {NAME} in {FOLDER}: set PRESSWIRE_GOLDEN to the folder that holds it")
    return path.read_bytes()


def test_the_dump_at_hand_becomes_one_clean_article(dump):
    assert form_of(dump) == "flattened"
    article = read(decode(dump), f"file:///{NAME}").article
    assert {name: getattr(article, name) for name in EXPECTED} == EXPECTED
    lines = dump.decode().splitlines()
    assert article.blocks == tuple(Block("paragraph", lines[n - 1]) for n in STORY)


def test_every_line_of_the_dump_is_in_the_article_or_dropped_with_a_reason(dump):
    reading = read(decode(dump), f"file:///{NAME}")
    lines = [" ".join(line.split()) for line in dump.decode().splitlines() if line.strip()]
    told = [reading.article.title, *(block.text for block in reading.article.blocks)]
    told_and_dropped = len(told) + len(reading.dropped)
    # the lead's credit line is joined to its caption's
    assert told_and_dropped == len(lines) - 1
    assert all(one.reason for one in reading.dropped)
