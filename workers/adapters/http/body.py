"""Bodies as they come in: unpacked piece by piece, never beyond a cap."""

import zlib
from collections.abc import Iterator

ACCEPTED = "gzip, deflate"
MOST_LAYERS = 2
_PIECE = 1 << 20
_GZIP, _ZLIB, _RAW = 31, 15, -15  # zlib's codes for the three


class UnreadableBodyError(ValueError):
    """The body is not packed as its header says."""


class Unpacker:
    """Undoes `Content-Encoding` (RFC 9110 section 8.4); at most `cap` bytes come out of each."""

    def __init__(self, encodings: str, cap: int) -> None:
        names = [name.strip().lower() for name in encodings.split(",")]
        layers = [name for name in names if name not in {"", "identity"}]
        if len(layers) > MOST_LAYERS:
            raise UnreadableBodyError(f"is packed {len(layers)} times")
        self._layers = [_Layer(name) for name in reversed(layers)]
        self._left = cap
        self.is_full = False

    def feed(self, raw: bytes) -> Iterator[bytes]:
        """What `raw` unpacks to; when more than the cap has come, `is_full` is set."""
        for piece in _through(self._layers, raw):
            if len(piece) > self._left:
                yield piece[: self._left]
                self._left, self.is_full = 0, True
                return
            self._left -= len(piece)
            yield piece

    def check_end(self) -> None:
        """Raises UnreadableBodyError if what came is only the beginning of a packed body."""
        if any(layer.is_open for layer in self._layers):
            raise UnreadableBodyError("ends before its packing does")


class _Layer:
    """gzip or deflate; zlib's own form and the raw one that some servers send instead."""

    def __init__(self, name: str) -> None:
        if name not in {"gzip", "x-gzip", "deflate"}:
            raise UnreadableBodyError(f"is packed as {name[:40]!r}, which was not asked for")
        self._unpacker = None if name == "deflate" else zlib.decompressobj(wbits=_GZIP)
        self._start = b""
        self.is_open = False

    def feed(self, raw: bytes) -> Iterator[bytes]:
        self.is_open = True
        if self._unpacker is None:
            raw = self._start = self._start + raw
            if len(raw) < 2:  # noqa: PLR2004  zlib's header
                return
            self._unpacker = zlib.decompressobj(wbits=_ZLIB if _has_header(raw) else _RAW)
        try:
            while raw and not self._unpacker.eof:
                yield self._unpacker.decompress(raw, _PIECE)
                raw = self._unpacker.unconsumed_tail
        except zlib.error as error:
            raise UnreadableBodyError(f"cannot be unpacked: {error}") from error
        self.is_open = not self._unpacker.eof


def _has_header(raw: bytes) -> bool:
    """RFC 1950 section 2.2: method 8, and a check over both bytes."""
    return raw[0] & 0x0F == 8 and (256 * raw[0] + raw[1]) % 31 == 0  # noqa: PLR2004


def _through(layers: list[_Layer], raw: bytes) -> Iterator[bytes]:
    if not layers:
        yield raw
        return
    for piece in layers[0].feed(raw):
        yield from _through(layers[1:], piece)
