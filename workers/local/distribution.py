"""Gets the Elasticsearch distribution: from the cache, else downloaded, checked and unpacked."""

import fcntl
import hashlib
import os
import shutil
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from msgspec import Struct
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from workers.local.errors import LocalStackError

VERSION = "8.19.21"
CHUNK_BYTES = 1 << 20
_CENTRAL = "https://repo1.maven.org/maven2/org/elasticsearch/distribution"
_ELASTIC = "https://artifacts.elastic.co/downloads/elasticsearch"


class Source(Struct, frozen=True):
    """Where a distribution is; without a pinned `sha512`, its publisher's own is asked for."""

    url: str
    sha512: str = ""


# a real server that needs a Java
SMALL = Source(
    f"{_CENTRAL}/integ-test-zip/elasticsearch/{VERSION}/elasticsearch-{VERSION}.zip",
    "cf6b0a93860d329937ae7f913ec5073b0c726c77639764b93fc83a304aa1dd9d"
    "4defcfa2849948eea3b0b47c2065f994908603939fc2a4774c9c4d868c5ec1dd",
)
# brings its own Java
FULL = Source(f"{_ELASTIC}/elasticsearch-{VERSION}-linux-{os.uname().machine}.tar.gz")


def cache_folder() -> Path:
    """Return the folder of downloads; root's is one that the server's own user can read."""
    if given := os.environ.get("PRESSWIRE_CACHE"):
        return Path(given)
    if os.geteuid() == 0:
        return Path("/var/cache/presswire")
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "presswire"


def distribution(source: Source) -> Path:
    """Return the unpacked folder, which is downloaded first if need be.

    Raises:
        LocalStackError: the distribution cannot be downloaded.
    """
    kind = "full" if source is FULL else "small"
    home = cache_folder() / f"elasticsearch-{VERSION}-{kind}"
    home.parent.mkdir(parents=True, exist_ok=True)
    with _lock(home.with_name(f"{home.name}.lock")):
        if not home.exists():
            _fetch(source, home)
    return home


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    """One process at a time downloads; the others wait for it."""
    with path.open("w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _fetch(source: Source, home: Path) -> None:
    with tempfile.TemporaryDirectory(dir=home.parent) as scratch:
        packed = Path(scratch) / Path(source.url).name
        try:
            _download(source, packed)
        except httpx.HTTPError as error:
            raise LocalStackError(
                f"cannot download {source.url}: {error}; set PRESSWIRE_ES_HOME to an unpacked "
                "Elasticsearch 8.19, or PRESSWIRE_ELASTICSEARCH_URL to one that runs"
            ) from error
        unpacked = Path(scratch) / "unpacked"
        _unpack(packed, unpacked)
        (only,) = unpacked.iterdir()
        only.chmod(0o755)
        shutil.move(only, home)


def _download(source: Source, target: Path) -> None:
    digest = hashlib.sha512()
    with (
        httpx.stream("GET", source.url, follow_redirects=True, timeout=60) as answer,
        Progress(
            TextColumn("Elasticsearch " + VERSION),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            console=Console(stderr=True),
        ) as shown,
        target.open("wb") as file,
    ):
        answer.raise_for_status()
        line = shown.add_task("", total=int(answer.headers.get("content-length", 0)) or None)
        for chunk in answer.iter_bytes(CHUNK_BYTES):
            digest.update(chunk)
            file.write(chunk)
            shown.update(line, advance=len(chunk))
    wanted = source.sha512 or _published_sum(source)
    if digest.hexdigest() != wanted:
        raise LocalStackError(
            f"{source.url}: its checksum is not the expected one; try again, and if it stays so, "
            "set PRESSWIRE_ES_HOME to a distribution that you trust"
        )


def _published_sum(source: Source) -> str:
    answer = httpx.get(f"{source.url}.sha512", follow_redirects=True, timeout=60)
    return answer.raise_for_status().text.split()[0]


def _unpack(packed: Path, folder: Path) -> None:
    if packed.suffix == ".zip":
        with zipfile.ZipFile(packed) as archive:
            archive.extractall(folder)  # noqa: S202  its checksum was pinned
        for program in folder.glob("*/bin/*"):
            program.chmod(0o755)
        return
    with tarfile.open(packed) as archive:
        archive.extractall(folder, filter="data")
