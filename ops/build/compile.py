"""Hatchling's build hook: compiles the modules that `workers/mypyc_loader.py` names.

Without a C compiler or Python's headers the build goes on, and they are run as they are.
"""

import runpy
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from mypyc.build import mypycify
from setuptools import Distribution
from setuptools.command.build_ext import build_ext

# types are judged by `./run check`; here not all that is imported is at hand
LENIENT = ("--config-file=", "--ignore-missing-imports")
OPTIMISED = "2"


class CompileHook(BuildHookInterface):
    """Puts the compiled modules beside their sources, and into the wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, _version: str, build_data: dict[str, Any]) -> None:
        try:
            build(Path(self.root))
        except (Exception, SystemExit) as error:  # noqa: BLE001  the slow way is better than none
            self.app.display_warning(f"the parse stage stays interpreted: {error!r}")
            return
        build_data["artifacts"] += ["/workers/**/*.so", "/workers/compiled.sha256"]
        build_data["pure_python"] = False
        build_data["infer_tag"] = True


def build(root: Path) -> None:
    """Compiles in place; raises whatever the compiler has to say, SystemExit among it.

    Running workers keep the libraries that they have loaded: those are removed, not written over.
    """
    compiled = runpy.run_path(str(root / "workers/mypyc_loader.py"))
    compiled["MARK"].unlink(missing_ok=True)
    for library in root.glob("workers/**/*.so"):
        library.unlink()
    sources = [f"workers/{name}" for name in compiled["MODULES"]]
    with tempfile.TemporaryDirectory() as made:
        extensions = mypycify(
            [*LENIENT, *sources],
            opt_level=OPTIMISED,
            debug_level="0",
            group_name=compiled["LIBRARY"],
            target_dir=made,
        )
        command = build_ext(Distribution({"ext_modules": extensions}))
        command.build_temp = command.build_lib = made
        command.inplace = True
        command.ensure_finalized()
        command.run()
    compiled["MARK"].write_text(compiled["digest"]())
