"""The notebook of the ten questions, run as its readers run it, but for Jupyter."""

import json
import os
from pathlib import Path
from unittest import mock

NOTEBOOK = Path(__file__).parents[2] / "ops" / "ten-questions.ipynb"


def run_notebook(url: str) -> dict[str, object]:
    """Run every cell against the site at `url`; the names that they leave."""
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    names: dict[str, object] = {}
    with mock.patch.dict(os.environ, {"PRESSWIRE_URL": url, "PRESSWIRE_TOKEN": ""}):
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                code = compile("".join(cell["source"]), f"{NOTEBOOK.name}:{cell['id']}", "exec")
                exec(code, names)  # noqa: S102  our own notebook
    return names
