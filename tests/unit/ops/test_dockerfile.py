"""The image: what goes in, and who runs it."""

import re
from pathlib import Path

from workers.settings import PREFIX, Settings

TOP = Path(__file__).parents[3]
DOCKER = TOP / "ops" / "docker"
# one instruction a line
LINES = (DOCKER / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()


def arguments(instruction):
    return [line.split()[1:] for line in LINES if line.startswith(instruction + " ")]


def copied():
    """What is copied out of the repository."""
    return [
        source
        for given in arguments("COPY")
        if not given[0].startswith("--from")
        for source in given[:-1]
    ]


def test_what_is_copied_is_there_and_not_kept_out():
    ignored = (DOCKER / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored[0] == "*"
    for source in copied():
        assert (TOP / source).exists()
        assert f"!{source}" in ignored
    assert {"pyproject.toml", "uv.lock", "schemas", "workers", "ops/outlets"} <= set(copied())


def test_dependencies_are_the_locked_ones_and_without_tools_of_development():
    syncs = [line for line in LINES if "uv sync" in line]
    assert len(syncs) == 3
    assert all("--locked" in line and "--no-dev" in line for line in syncs)
    assert any("--no-editable" in line for line in syncs)


def users_by_stage():
    """Who runs each stage in the end; a stage goes on as the one that it is made from."""
    users, names = {}, [given[2] if len(given) > 1 else "" for given in arguments("FROM")]
    for line in LINES:
        if line.startswith("FROM "):
            source, name = line.split()[1], names[len(users)]
            users[name] = users.get(source, "root")
        elif line.startswith("USER "):
            users[name] = line.split()[1]
    return users


def test_what_runs_is_built_apart_and_does_not_run_as_root():
    users = users_by_stage()
    assert {name: user for name, user in users.items() if not name.startswith("build")} == {
        "runtime": "presswire",
        "render": "presswire",
        "": "presswire",
    }
    assert any("--uid 10001" in line for line in LINES)


def test_only_the_image_for_rendering_has_a_browser():
    (line,) = (n for n, line in enumerate(LINES) if " chromium" in line)
    start = LINES.index("FROM runtime AS render")
    assert start < line < LINES.index("FROM runtime")


def test_images_are_named_by_version():
    names = [given[0] for given in arguments("FROM") if given[0] not in {"build", "runtime"}]
    names += [given[0].removeprefix("--from=") for given in arguments("COPY") if ":" in given[0]]
    assert all(re.search(r":\d", name) for name in names)


def test_no_secret_and_no_unknown_setting_is_built_in():
    text = "\n".join(LINES)
    assert not re.search(r"password|secret|token", text, re.IGNORECASE)
    known = {PREFIX + field.upper() for field in Settings.__struct_fields__}
    assert set(re.findall(rf"{PREFIX}[A-Z_]+", text)) <= known
