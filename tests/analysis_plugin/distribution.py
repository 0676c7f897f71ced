"""The small Elasticsearch distribution with language analyzers, as newsrooms' servers have them.

Run as a program, it prints the folder: compiling may need a download, which tests may not do.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import httpx

from workers.local.distribution import VERSION, cache_folder
from workers.local.elasticsearch import home_and_java

HERE = Path(__file__).parent
SOURCE = HERE / "AnalysisPlugin.java"
DESCRIPTOR = HERE / "plugin-descriptor.properties"
# Eclipse's compiler, for a Java without javac
ECJ = "https://repo1.maven.org/maven2/org/eclipse/jdt/ecj/3.38.0/ecj-3.38.0.jar"
ECJ_SHA256 = "97c566b120009c203a2fc8b291f4a9adbc171cf1ccb70f06f6b4e1828c00ce8e"


def analyzing_home() -> Path:
    """The folder of a distribution with analyzers, which is made first if need be."""
    home, java = home_and_java()
    if (home / "modules" / "analysis-common").exists():
        return home
    digest = hashlib.sha256(SOURCE.read_bytes() + DESCRIPTOR.read_bytes()).hexdigest()[:12]
    made = cache_folder() / f"elasticsearch-{VERSION}-analyzers-{digest}"
    if not made.exists():
        with tempfile.TemporaryDirectory(dir=made.parent) as scratch:
            unfinished = Path(scratch) / "home"
            shutil.copytree(home, unfinished, ignore=shutil.ignore_patterns("logs"))
            _install_plugin(unfinished, java or home / "jdk")
            try:
                unfinished.rename(made)
            except OSError:  # another process was faster
                if not made.exists():
                    raise
    return made


def _install_plugin(home: Path, java: Path) -> None:
    plugin = home / "plugins" / "presswire-test-analysis"
    with tempfile.TemporaryDirectory() as classes:
        libraries = os.pathsep.join(map(str, sorted((home / "lib").glob("*.jar"))))
        arguments = ["--release", "17", "-proc:none", "-cp", libraries, "-d", classes, SOURCE]
        subprocess.run([*_compiler(java), *arguments], check=True)
        packed = shutil.make_archive(str(home / "presswire-test-analysis"), "zip", classes)
    plugin.mkdir(parents=True)
    shutil.move(packed, plugin / "presswire-test-analysis.jar")
    text = DESCRIPTOR.read_text(encoding="utf-8").replace("VERSION", VERSION)
    (plugin / DESCRIPTOR.name).write_text(text, encoding="utf-8")


def _compiler(java: Path) -> list[str | Path]:
    javac = java / "bin" / "javac"
    return [javac] if javac.is_file() else [java / "bin" / "java", "-jar", _ecj()]


def _ecj() -> Path:
    jar = cache_folder() / "ecj-3.38.0.jar"
    if not jar.exists():
        answer = httpx.get(ECJ, follow_redirects=True, timeout=60).raise_for_status()
        assert hashlib.sha256(answer.content).hexdigest() == ECJ_SHA256, ECJ
        jar.write_bytes(answer.content)
    return jar


if __name__ == "__main__":
    print(analyzing_home())  # noqa: T201  what the caller reads
