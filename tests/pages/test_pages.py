"""Golden pages: each folder holds a page, where it was, and everything that its article says.

A new page: write `<outlet>/<n>/page.html` (or page.txt) and page.toml, run
`pytest tests/pages --regenerate`, and read the article.json that it wrote before it is committed.
"""

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from schemas.article import Article
from schemas.page import StoredPage
from workers.parse.html.decoding import decode
from workers.parse.plaintext import reader
from workers.parse.plaintext.form import detect_form
from workers.parse.step import read_page

FOLDERS = sorted(path.parent for path in Path(__file__).parent.glob("*/*/page.toml"))
TEXT_FOLDERS = [folder for folder in FOLDERS if (folder / "page.txt").is_file()]
MIN_PAGES = 13
# a shorter piece may be in a line by chance
MIN_LETTERS = 10


def page_of(folder: Path) -> tuple[StoredPage, str]:
    """The page of a folder, and the form that its page.toml says it has."""
    told = tomllib.loads((folder / "page.toml").read_text("utf-8"))
    (path,) = [path for path in folder.glob("page.*") if path.suffix != ".toml"]
    page = StoredPage(told["url"], told["url"], 200, (), path.read_bytes(), told["date"])
    return page, told["form"]


def read(folder: Path) -> Article:
    page, form = page_of(folder)
    return read_page(page, form, ()).article


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f"{f.parent.name}/{f.name}")
def test_a_golden_page_says_what_it_is_expected_to_say(folder, request):
    found = read(folder)
    path = folder / "article.json"
    if request.config.getoption("--regenerate"):
        path.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    expected = msgspec.json.decode(path.read_bytes(), type=Article)
    assert msgspec.to_builtins(found) == msgspec.to_builtins(expected)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f"{f.parent.name}/{f.name}")
def test_the_form_of_a_golden_page_is_told_from_its_bytes(folder):
    page, form = page_of(folder)
    assert detect_form(page.body) == form


def test_no_golden_page_is_left_out():
    folders = {path.parent for path in Path(__file__).parent.glob("*/*/page.*")}
    assert folders == set(FOLDERS)
    assert len(FOLDERS) >= MIN_PAGES - 1


@pytest.mark.parametrize("folder", TEXT_FOLDERS, ids=lambda f: f"{f.parent.name}/{f.name}")
def test_every_line_of_a_text_page_is_in_the_article_or_dropped_with_a_reason(folder):
    page, _ = page_of(folder)
    result = reader.read(decode(page.body), page.url)
    article = result.article
    pieces = [
        *(article.title, article.subtitle, *article.authors),
        *(line for block in article.blocks for line in block.text.split("\n")),
        *(text for image in article.images for text in (image.caption, image.credit)),
        *(text for one in article.related for text in (one.caption, one.title, one.section)),
        *(one.text for one in result.dropped),
    ]
    kept = {letters(piece) for piece in pieces if piece} - {""}
    lines = [line for line in decode(page.body).splitlines() if letters(line)]
    assert [line for line in lines if not any(are_joined(letters(line), one) for one in kept)] == []
    assert all(one.reason for one in result.dropped)


def letters(text: str) -> str:
    """Return `text` without the marks and spaces that scrapers put in and readers take out."""
    without_targets = re.sub(r"\]\([^)]*\)", "]", text)
    return "".join(character for character in without_targets.casefold() if character.isalnum())


def are_joined(line: str, piece: str) -> bool:
    """Whether one is part of the other; only the beginning of a dropped piece is given."""
    return line in piece or (len(piece) >= MIN_LETTERS and piece[:40] in line)
