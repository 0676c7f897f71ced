"""Serves the bench's site: python -m workers.local.benchmark.web_server ROOT PORT HOSTS

A file for each GET, from the folder of the address that was asked. It does no more than that, so
that it costs little beside what is measured.
"""

import asyncio
import sys
from pathlib import Path

TYPES = {".html": "text/html; charset=utf-8", ".xml": "application/xml", ".txt": "text/plain"}
MAX_HEAD_BYTES = 64_000


class FileServer(asyncio.Protocol):
    """One connection; requests may follow each other on it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where answers go, and which host is asked."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  a TCP server makes no other
        self._transport = transport
        self._folder = self._root / transport.get_extra_info("sockname")[0]

    def data_received(self, data: bytes) -> None:
        """Answer every request whose head is complete; none has a body."""
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            self._transport.write(self._answer(head.split(b" ", 2)[1].decode("latin-1")))
        if len(self._received) > MAX_HEAD_BYTES:
            self._transport.close()

    def _answer(self, path: str) -> bytes:
        file = (self._folder / path.lstrip("/")).resolve()
        if not (file.is_relative_to(self._folder) and file.is_file()):
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        body = file.read_bytes()
        kind = TYPES.get(file.suffix, "application/octet-stream")
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        return bytes(head.encode() + body)


async def serve(root: Path, port: int, hosts: list[str]) -> None:
    """Serve until the process ends."""
    loop = asyncio.get_running_loop()
    servers = [
        await loop.create_server(lambda: FileServer(root.resolve()), host, port) for host in hosts
    ]
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3].split(",")))
