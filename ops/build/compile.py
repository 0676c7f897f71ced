"""Hatchling's build hook: compiles the modules that `workers/mypyc_loader.py` lists.

Without a C compiler or Python's headers the build goes on, and Python runs their sources.
"""

import runpy
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from mypyc.build import mypycify
from setuptools import Distribution
from setuptools.command.build_ext import build_ext

# `./run check` checks the types; in a build not all imported packages are installed.
LENIENT_OPTIONS = ("--config-file=", "--ignore-missing-imports")
OPTIMISATION_LEVEL = "2"


class CompileHook(BuildHookInterface):
    """Puts the compiled modules beside their sources and into the wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, _version: str, build_data: dict[str, Any]) -> None:
        """Compile the modules and add them to the wheel's files; a failure is only a warning."""
        try:
            build(Path(self.root))
        except (Exception, SystemExit) as error:  # noqa: BLE001  sources are slower, but they run
            self.app.display_warning(f"the parse stage stays interpreted: {error!r}")
            return
        build_data["artifacts"] += ["/workers/**/*.so", "/workers/compiled.sha256"]
        build_data["pure_python"] = False
        build_data["infer_tag"] = True


def build(root: Path) -> None:
    """Compile the modules in place.

    Running workers keep the libraries that they have loaded: old ones are removed, not overwritten.

    Raises:
        Exception: whatever mypyc or the C compiler raises, SystemExit too.
    """
    loader = runpy.run_path(str(root / "workers/mypyc_loader.py"))
    loader["DIGEST_FILE"].unlink(missing_ok=True)
    digest = loader["source_digest"]()  # before it begins: an edit meanwhile makes it stale
    for library in root.glob("workers/**/*.so"):
        library.unlink()
    sources = [f"workers/{name}" for name in loader["MODULES"]]
    with tempfile.TemporaryDirectory() as folder:
        extensions = mypycify(
            [*LENIENT_OPTIONS, *sources],
            opt_level=OPTIMISATION_LEVEL,
            debug_level="0",
            group_name=loader["LIBRARY"],
            target_dir=folder,
        )
        command = build_ext(Distribution({"ext_modules": extensions}))
        command.build_temp = command.build_lib = folder
        command.inplace = True
        command.ensure_finalized()
        command.run()
    loader["DIGEST_FILE"].write_text(digest)
