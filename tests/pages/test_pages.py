"""Golden pages: each folder holds a page, where it was, and everything that its article says.

A new page: write `<outlet>/<n>/page.html` (or page.txt) and page.toml, run
`pytest tests/pages --regenerate`, and read the article.json that it wrote before it is committed.
"""

import tomllib
from pathlib import Path

import msgspec
import pytest

from schemas.article import Article
from schemas.page import StoredPage
from workers.parse.plaintext.form import form_of
from workers.parse.step import read_page

FOLDERS = sorted(path.parent for path in Path(__file__).parent.glob("*/*/page.toml"))
FEWEST = 13


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
    assert form_of(page.body) == form


def test_no_golden_page_is_left_out():
    folders = {path.parent for path in Path(__file__).parent.glob("*/*/page.*")}
    assert folders == set(FOLDERS)
    assert len(FOLDERS) >= FEWEST - 1
