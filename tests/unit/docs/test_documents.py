"""Every Markdown file of the repository: links, anchors, paths and settings that exist."""

import re
from functools import cache
from pathlib import Path

import pytest

from workers.settings import PREFIX, Settings

TOP = Path(__file__).parents[3]
PAGES = sorted(
    path
    for folder in (".", ".github", "docs", "ops")
    for path in (TOP / folder).glob("*.md" if folder == "." else "**/*.md")
)
TEXTS = {page.relative_to(TOP).as_posix(): page.read_text(encoding="utf-8") for page in PAGES}
LINKS = sorted(
    {
        (page, link)
        for page, text in TEXTS.items()
        for link in re.findall(r"\]\(([^)\s]+)\)", text)
        if not re.match(r"[a-z]+:", link)
    }
)
NAMED = sorted(
    {
        (page, path.rstrip("/"))
        for page, text in TEXTS.items()
        for path in re.findall(
            r"`((?:workers|schemas|tests|docs|ops|\.ci)/[\w./-]*\w/?)(?:::\w+)?`", text
        )
    }
)
SETTINGS = sorted(
    {
        name
        for page, text in TEXTS.items()
        for name in re.findall(rf"`{PREFIX}([A-Z_]+)", text)
        if page != "CHANGELOG.md"  # names old ones too
    }
)
NEWCOMER_QUESTIONS = 15
# read before there are settings
NO_SETTINGS = {"COMPILED"}


@cache
def anchors(page: Path) -> frozenset[str]:
    """The anchors that GitHub gives the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return frozenset(heading.replace(" ", "-") for heading in words)


def test_the_documents_are_found():
    assert {"README.md", "CONTRIBUTING.md", "docs/README.md", "ops/runbook.md"} <= set(TEXTS)


@pytest.mark.parametrize(("page", "link"), LINKS)
def test_every_link_leads_to_a_file_and_to_a_heading_in_it(page, link):
    name, _, anchor = link.partition("#")
    target = (TOP / page).parent / name if name else TOP / page
    assert target.exists()
    assert not anchor or anchor in anchors(target)


@pytest.mark.parametrize(("page", "path"), NAMED)
def test_every_path_that_is_named_exists(page, path):
    assert (TOP / path).exists(), page


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_that_is_named_exists(name):
    named = {name.lower(), name.lower().removesuffix("_file")}
    is_for_tests = name.startswith("TEST_")
    assert named & set(Settings.__struct_fields__) or is_for_tests or name in NO_SETTINGS


@pytest.mark.parametrize("page", [page for page in TEXTS if page.startswith("docs/")])
def test_every_document_is_reached_from_the_index(page):
    linked = {
        (TOP / "docs" / link.partition("#")[0]).resolve()
        for source, link in LINKS
        if source == "docs/README.md"
    }
    assert page == "docs/README.md" or (TOP / page).resolve() in linked


def test_where_is_names_files_and_what_is_in_them():
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (.*?) ?\|$", TEXTS["docs/where-is.md"], re.MULTILINE)
    questions = [row for row in rows if row[0] not in {"where is …", "---"}]
    assert len(questions) == NEWCOMER_QUESTIONS
    for question, places, names in questions:
        files = re.findall(r"`((?:workers|schemas)/[\w./]+)`", places)
        assert files, question
        text = "\n".join((TOP / file).read_text("utf-8") for file in files if "." in file)
        for name in re.findall(r"`(\w+)`", names):
            assert re.search(rf"(?:def|class) {name}\b", text), f"{question}: {name}"
