"""A file on a web server, read in parts, each of them a polite request (RFC 9110 section 14)."""

import io
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from schemas.page import StoredPage
from schemas.reasons import Reason
from workers.exceptions import PermanentFailure

PART_BYTES = 1 << 22

# Returns the response to a request for the bytes from the first to the last number.
GetPart = Callable[[int, int], StoredPage]


class RemoteFile(io.RawIOBase):
    """Never holds more than one part. A server that sends no parts is taken at its word if the
    whole file is one."""

    def __init__(self, get_part: GetPart) -> None:
        self._get_part = get_part
        self._position = 0
        self._whole: bytes | None = None

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Return `offset`, where the next part begins.

        Raises:
            io.UnsupportedOperation: it is counted from the end, which is not known.
        """
        if whence == io.SEEK_END:
            raise io.UnsupportedOperation("the end of a file on a server is not known")
        self._position = offset + (self._position if whence == io.SEEK_CUR else 0)
        return self._position

    def tell(self) -> int:
        """Return where the next part begins."""
        return self._position

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401  a buffer of any kind
        """Fill `buffer` as far as possible.

        Returns:
            the number of bytes; 0 at the end.

        Raises:
            PermanentFailure: the file is not there, or is not sent in parts.
            TryAgain: it may work later.
        """
        data = self._read_part(min(len(buffer), PART_BYTES))
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

    def _read_part(self, size: int) -> bytes:
        first = self._position
        if self._whole is None:
            page = self._get_part(first, first + size - 1)
            if page.status == HTTPStatus.PARTIAL_CONTENT:
                return _body_of_part(page, first)[:size]
            if page.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                return b""
            if page.status != HTTPStatus.OK:
                raise PermanentFailure(Reason.BAD_RESPONSE, f"status {page.status}")
            self._whole = page.body
        return self._whole[first : first + size]


def _body_of_part(page: StoredPage, first: int) -> bytes:
    """Return the body of a part that begins where it was asked for.

    Raises:
        PermanentFailure: it does not.
    """
    content_range = page.header("content-range").lower().replace(" ", "")
    if not content_range.startswith(f"bytes{first}-"):
        detail = f"asked for bytes from {first}, sent {page.header('content-range')[:80]!r}"
        raise PermanentFailure(Reason.BAD_RESPONSE, detail)
    return page.body
