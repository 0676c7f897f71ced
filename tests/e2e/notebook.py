"""The notebook of the ten questions, run as its readers run it: in a kernel of Jupyter."""

import json
import os
from pathlib import Path
from typing import Any
from unittest import mock

import nbformat
from nbclient import NotebookClient

TOP = Path(__file__).parents[2]
NOTEBOOK = TOP / "ops" / "ten-questions.ipynb"
CELL_SECONDS = 60
# What the last cell tells the test, as its result: the kernel is a process of its own.
TELL = "import json; print(json.dumps({'found': found, 'printed': printed, 'path': str(path)}))"


def run_notebook(url: str, folder: Path) -> dict[str, Any]:
    """Run every cell in `folder` against the site at `url`; what some of its names are then."""
    notebook = nbformat.read(NOTEBOOK, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    notebook.cells.append(nbformat.v4.new_code_cell(TELL))
    # a folder of settings of its own, as the reader's may hold anything
    given = {"PRESSWIRE_URL": url, "PRESSWIRE_TOKEN": "", "IPYTHONDIR": str(folder / "ipython")}
    given["PYTHONPATH"] = str(TOP / "client" / "src")  # as if the client were installed
    with mock.patch.dict(os.environ, given):
        NotebookClient(
            notebook, timeout=CELL_SECONDS, resources={"metadata": {"path": str(folder)}}
        ).execute()
    told: dict[str, Any] = json.loads(notebook.cells[-1].outputs[0].text)
    return told
