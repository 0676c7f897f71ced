"""Pages as the frontier's script takes them."""

from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec

from schemas.events import PageFound
from workers import urls
from workers.adapters.frontier.host_throttle import site_of

CHUNK = 500


def chunks(pages: Iterable[PageFound]) -> Iterator[list[PageFound]]:
    source = iter(pages)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def key_of(page_id: str) -> bytes:
    return bytes.fromhex(page_id)


def decode_page(row: bytes) -> PageFound:
    """Return the page of a row."""
    return msgspec.json.decode(row.partition(b"\n")[2], type=PageFound)


def encode_page(page: PageFound) -> tuple[bytes, str, str, bytes]:
    """Return key, host, site and row of a page.

    Raises:
        msgspec.ValidationError: a field has another type; the page could be leased but never read.
    """
    host = urls.host_of(page.url)
    head = f"{min(9, max(0, page.priority))}{host}\n".encode()
    event = msgspec.json.encode(page)
    msgspec.json.decode(event, type=PageFound)
    return key_of(page.page_id), host, site_of(host), head + event
