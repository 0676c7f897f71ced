"""Elasticsearch as a child process, never as root."""

import getpass
import os
import pwd
import shutil
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from workers.local.distribution import FULL, SMALL, distribution
from workers.local.errors import LocalStackError
from workers.local.java import find_java
from workers.local.ports import HOST, free_port
from workers.local.processes import Started, ignore, running

READY_SECONDS = 300.0
OK = 200
HEAP = "-Xms512m -Xmx512m"
# The optimizing compiler (C2) took half of a young server's CPU from the pipeline. So it works on
# what runs ten times as often as Java itself asks for (docs/capacity.md).
COMPILER = (
    "-XX:+IgnoreUnrecognizedVMOptions",  # a Java without these starts all the same
    "-XX:Tier4InvocationThreshold=50000",
    "-XX:Tier4MinInvocationThreshold=6000",
    "-XX:Tier4CompileThreshold=150000",
    "-XX:Tier4BackEdgeThreshold=400000",
)
OTHERS_MAY_PASS = 0o001
UNPRIVILEGED = "nobody"


@contextmanager
def elasticsearch(
    folder: Path,
    port: int = 0,
    settings: Mapping[str, str] | None = None,
    started: Started = ignore,
) -> Iterator[str]:
    """Run one node with its data in `folder`. Elasticsearch refuses to run as root, so root starts
    it as `nobody`; where that user has no access to `folder`, the data is in a temporary folder
    that is removed with the node.

    Yields:
        the node's address.

    Raises:
        LocalStackError: there is no distribution or no Java, or the node does not start.
    """
    home, java = home_and_java()
    port = port or free_port()
    with _place(folder) as place:
        environment = _prepare(home, java, place)
        command = [*_as_user(), str(home / "bin" / "elasticsearch")]
        for name, value in {**_settings(place, port), **(settings or {})}.items():
            command += ["-E", f"{name}={value}"]
        log = folder / "elasticsearch.log"
        with running("elasticsearch", command, log, environment, started) as node:
            node.wait_until(lambda: _answers(port), READY_SECONDS)
            yield f"http://{HOST}:{port}"


def java_options(environment: Mapping[str, str]) -> str:
    """Return the options of Elasticsearch's Java: those given in ES_JAVA_OPTS, and no others, or
    ours."""
    return environment.get("ES_JAVA_OPTS", " ".join((HEAP, *COMPILER)))


def home_and_java() -> tuple[Path, Path | None]:
    """Return the distribution's folder and the Java that runs it (None: it brings its own).

    Downloads the distribution unless it is in the cache.

    Raises:
        LocalStackError: there is no distribution or no Java; the message says what to install.
    """
    java = find_java(os.environ)
    if given := os.environ.get("PRESSWIRE_ES_HOME"):
        home = Path(given)
        if not (home / "bin" / "elasticsearch").is_file():
            raise LocalStackError(
                f"PRESSWIRE_ES_HOME: {home} has no bin/elasticsearch; "
                "set it to an unpacked Elasticsearch 8.19"
            )
        if java is None and not (home / "jdk").exists():
            raise LocalStackError(_no_java("that Elasticsearch brings none"))
        return home, None if (home / "jdk").exists() else java
    if java is not None:
        return distribution(SMALL), java
    try:
        return distribution(FULL), None
    except LocalStackError as error:
        raise LocalStackError(_no_java(str(error))) from error


def _no_java(why: str) -> str:
    return (
        "Elasticsearch needs Java 17 or newer, and none was found in JAVA_HOME, PATH or the usual "
        f"folders ({why}); install one (Debian: apt-get install openjdk-17-jre-headless), or set "
        "PRESSWIRE_ELASTICSEARCH_URL to a server that runs"
    )


def _settings(place: Path, port: int) -> dict[str, str]:
    return {
        "discovery.type": "single-node",
        "xpack.security.enabled": "false",
        "network.host": HOST,
        "http.port": str(port),
        "transport.port": str(free_port()),
        "path.data": str(place / "data"),
        "path.logs": str(place / "logs"),
        "cluster.routing.allocation.disk.threshold_enabled": "false",
    }


def _prepare(home: Path, java: Path | None, place: Path) -> dict[str, str]:
    """Give the node a configuration and a scratch folder of its own.

    Returns:
        the node's environment.
    """
    shutil.copytree(home / "config", place / "config", dirs_exist_ok=True)
    for name in ("data", "logs", "scratch"):
        (place / name).mkdir(exist_ok=True)
    if _is_root():
        user = pwd.getpwnam(UNPRIVILEGED)
        for path in (place, *place.rglob("*")):
            os.chown(path, user.pw_uid, user.pw_gid)
    found = {"ES_JAVA_HOME": str(java)} if java else {}
    return found | {
        "ES_PATH_CONF": str(place / "config"),
        "ES_TMPDIR": str(place / "scratch"),
        "ES_JAVA_OPTS": java_options(os.environ),
        "HOME": str(place),
    }


def _is_root() -> bool:
    return os.geteuid() == 0


def _as_user() -> list[str]:
    if not _is_root():
        return []
    if not shutil.which("setpriv"):
        raise LocalStackError(
            f"Elasticsearch does not run as {getpass.getuser()}, and there is no setpriv to change "
            "the user; start this as another user, or set PRESSWIRE_ELASTICSEARCH_URL"
        )
    user = pwd.getpwnam(UNPRIVILEGED)
    to_user = (f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
    # the change of the user takes away what process_guard has set
    return ["setpriv", *to_user, "--pdeathsig=TERM"]


@contextmanager
def _place(folder: Path) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    if not _is_root() or _everyone_may_pass(folder):
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="presswire-", dir="/var/tmp") as place:
        yield Path(place)


def _everyone_may_pass(folder: Path) -> bool:
    whole = folder.resolve()
    return all(part.stat().st_mode & OTHERS_MAY_PASS for part in (whole, *whole.parents))


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/_cluster/health", timeout=2) as answer:
            return bool(answer.status == OK)
    except (urllib.error.URLError, OSError):
        return False
