"""Response bodies, unpacked piece by piece as they come in, never beyond a cap."""

import zlib
from collections.abc import Iterator

ACCEPTED_ENCODINGS = "gzip, deflate"
MAX_LAYERS = 2
_PIECE_BYTES = 1 << 20
_GZIP, _ZLIB, _RAW_DEFLATE = 31, 15, -15  # zlib's codes for the three formats
_ZLIB_HEADER_BYTES = 2
_ZLIB_METHOD, _ZLIB_CHECK = 8, 31


class UnreadableBodyError(ValueError):
    """The body is not packed as its header says."""


class Unpacker:
    """Undoes `Content-Encoding` (RFC 9110 section 8.4); at most `cap` bytes come out in total."""

    def __init__(self, encodings: str, cap: int) -> None:
        """`encodings` is the value of the header.

        Raises:
            UnreadableBodyError: there are too many encodings, or one that we do not accept.
        """
        names = [name.strip().lower() for name in encodings.split(",")]
        layers = [name for name in names if name not in {"", "identity"}]
        if len(layers) > MAX_LAYERS:
            raise UnreadableBodyError(f"is packed {len(layers)} times")
        self._layers = [_Layer(name) for name in reversed(layers)]
        self._remaining_bytes = cap
        self.is_full = False

    def feed(self, raw: bytes) -> Iterator[bytes]:
        """Yield what `raw` unpacks to. When more than the cap has come, `is_full` is set.

        Raises:
            UnreadableBodyError: it cannot be unpacked.
        """
        for piece in _unpack(self._layers, raw):
            if len(piece) > self._remaining_bytes:
                yield piece[: self._remaining_bytes]
                self._remaining_bytes, self.is_full = 0, True
                return
            self._remaining_bytes -= len(piece)
            yield piece

    def check_end(self) -> None:
        """Check that the body has come to its end.

        Raises:
            UnreadableBodyError: what came is only the beginning of a packed body.
        """
        if any(layer.is_open for layer in self._layers):
            raise UnreadableBodyError("ends before its packing does")


class _Layer:
    """One encoding: gzip or deflate, which is zlib's format or the raw one that some servers send
    instead."""

    def __init__(self, name: str) -> None:
        if name not in {"gzip", "x-gzip", "deflate"}:
            raise UnreadableBodyError(f"is packed as {name[:40]!r}, which was not asked for")
        self._decompressor = None if name == "deflate" else zlib.decompressobj(wbits=_GZIP)
        self._start = b""
        self.is_open = False

    def feed(self, raw: bytes) -> Iterator[bytes]:
        self.is_open = True
        if self._decompressor is None:
            raw = self._start = self._start + raw
            if len(raw) < _ZLIB_HEADER_BYTES:
                return
            wbits = _ZLIB if _has_zlib_header(raw) else _RAW_DEFLATE
            self._decompressor = zlib.decompressobj(wbits=wbits)
        try:
            while raw and not self._decompressor.eof:
                yield self._decompressor.decompress(raw, _PIECE_BYTES)
                raw = self._decompressor.unconsumed_tail
        except zlib.error as error:
            raise UnreadableBodyError(f"cannot be unpacked: {error}") from error
        self.is_open = not self._decompressor.eof


def _has_zlib_header(raw: bytes) -> bool:
    """Return whether `raw` begins as RFC 1950 (section 2.2) says: the method, and a check over
    both bytes."""
    return raw[0] & 0x0F == _ZLIB_METHOD and (256 * raw[0] + raw[1]) % _ZLIB_CHECK == 0


def _unpack(layers: list[_Layer], raw: bytes) -> Iterator[bytes]:
    if not layers:
        yield raw
        return
    for piece in layers[0].feed(raw):
        yield from _unpack(layers[1:], piece)
