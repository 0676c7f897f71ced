"""Lua scripts as files: a script is one file, or parts that follow each other as one chunk."""

from pathlib import Path


def load_script(folder: Path, *names: str) -> str:
    """Return the text of the files `names` (without their ending .lua) of `folder`, joined in this
    order. A part sees the locals of the parts before it, so a shared head comes first."""
    return "\n".join((folder / f"{name}.lua").read_text(encoding="utf-8") for name in names)
