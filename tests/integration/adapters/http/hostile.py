"""What hostile and broken hosts say, as bytes and as talk."""

import asyncio
import gzip
import zlib

CRLF = b"\r\n"
PARAGRAPH = b"<p>The council votes for a new bridge over the river, says the mayor.</p>\n"


def page(body=b"<title>News</title>" + 20 * PARAGRAPH, status="200 OK", kind="text/html", **more):
    """A whole answer; `more` are headers, with _ for -."""
    given = {"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close"}
    given |= {name.replace("_", "-"): value for name, value in more.items()}
    lines = [f"HTTP/1.1 {status}".encode()]
    lines += [f"{name}: {value}".encode("latin-1") for name, value in given.items() if value]
    return CRLF.join([*lines, b"", body])


def moved(target, status="302 Found"):
    return page(b"", status, Location=target)


def head(*lines):
    """An answer's first lines; its body follows."""
    return CRLF.join([b"HTTP/1.1 200 OK", b"Content-Type: text/html", *lines, b"", b""])


def bomb(megabytes=200, layers=1, pack=None):
    """Little that unpacks to much."""
    packer = pack or zlib.compressobj(9, zlib.DEFLATED, 31)
    body = b"".join(packer.compress(bytes(1 << 20)) for _ in range(megabytes)) + packer.flush()
    for _ in range(layers - 1):
        body = gzip.compress(body)
    return body


async def silent(reader, _writer, _path):
    await reader.read()


async def drip(_reader, writer, _path):
    """A byte at a time, so that no single read takes too long."""
    writer.write(head())
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.1)


async def drip_of_headers(_reader, writer, _path):
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for n in range(10_000):
        writer.write(b"X-%d: y\r\n" % n)
        await writer.drain()
        await asyncio.sleep(0.1)


async def endless(_reader, writer, _path):
    writer.write(head(b"Transfer-Encoding: chunked"))
    while True:
        writer.write(b"10000\r\n" + b"y" * 0x10000 + CRLF)
        await writer.drain()


async def always_continue(_reader, writer, _path):
    while True:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


async def further(_reader, writer, path):
    """Redirects that never end."""
    last = path.rpartition("/")[2]
    number = int(last) + 1 if last.isdigit() else 1
    writer.write(moved(f"/further/{number}"))


async def hang_up(_reader, writer, _path):
    writer.close()
    await asyncio.sleep(0)
