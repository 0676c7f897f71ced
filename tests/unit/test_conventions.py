"""Conventions that no linter knows: one meaning for each class name, folders of a size to read."""

import ast
from collections import defaultdict
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
PACKAGES = ("workers", "schemas")
CODE = {".py", ".lua", ".css", ".js"}
MAX_FILES_IN_A_FOLDER = 20

# Where a class is defined: "module", and whether it is a Protocol.
Definition = tuple[str, bool]


def definitions_in(path: Path) -> list[tuple[str, Definition]]:
    """Return the classes of a module, nested ones too."""
    module = ".".join(path.relative_to(TOP).with_suffix("").parts)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        (node.name, (module, is_protocol(node)))
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    ]


def is_protocol(node: ast.ClassDef) -> bool:
    """Return whether `Protocol` or `Protocol[T]` is a base of the class."""
    bases = [base.value if isinstance(base, ast.Subscript) else base for base in node.bases]
    return any(isinstance(base, ast.Name) and base.id == "Protocol" for base in bases)


def ambiguous(definitions: dict[str, list[Definition]]) -> dict[str, list[str]]:
    """Return the names that mean two things: more than one class that is no Protocol has them.

    Protocols of one name are what several steps need of one adapter, which may have it too.
    """
    return {
        name: [module for module, _ in found]
        for name, found in definitions.items()
        if sum(not is_a_protocol for _, is_a_protocol in found) > 1
    }


def test_a_class_name_has_one_meaning():
    definitions = defaultdict(list)
    for package in PACKAGES:
        for path in sorted((TOP / package).rglob("*.py")):
            for name, definition in definitions_in(path):
                definitions[name].append(definition)
    assert len(definitions) > len(PACKAGES)
    assert ambiguous(definitions) == {}


@pytest.mark.parametrize(
    ("kinds", "is_ambiguous"),
    [
        ((False,), False),
        ((True, False), False),
        ((True, True, False), False),
        ((False, False), True),
        ((True, False, False), True),
    ],
)
def test_only_protocols_may_share_a_name_with_one_class(kinds, is_ambiguous):
    found = {"Archive": [(f"m{number}", kind) for number, kind in enumerate(kinds)]}
    assert bool(ambiguous(found)) == is_ambiguous


def test_no_folder_of_code_has_more_than_20_files():
    folders = defaultdict(int)
    for package in (*PACKAGES, "tests"):
        for path in (TOP / package).rglob("*"):
            # an empty __init__.py is no code
            folders[path.parent] += path.suffix in CODE and path.stat().st_size > 0
    crowded = {
        folder.relative_to(TOP).as_posix(): files
        for folder, files in folders.items()
        if files > MAX_FILES_IN_A_FOLDER
    }
    assert crowded == {}
