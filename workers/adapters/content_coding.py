"""Bodies of responses, unpacked piece by piece as they come in, never beyond a cap.

Servers label wrongly, so the first bytes count more than the label, as in browsers: `none`,
`utf-8` or `8bit` mean nothing, plain text under `gzip` is plain text, and a body that breaks off is
what has come of it.
"""

import zlib
from collections.abc import Callable, Iterator

import brotli
import zstandard

ACCEPTED_ENCODINGS = "gzip, deflate"
MAX_LAYERS = 2
_PIECE_BYTES = 1 << 20
_GZIP, _ZLIB, _RAW_DEFLATE = 31, 15, -15  # zlib's codes for the three formats
_GZIP_MAGIC, _ZSTD_MAGIC = b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"
_MAGIC_BYTES = 4
_ZLIB_METHOD, _ZLIB_CHECK = 8, 31
_MAX_ZSTD_WINDOW = 1 << 23  # RFC 9659: what a browser must accept, and a server not exceed
# zstandard bounds no output: a block unpacks to 128 KiB and takes 4 bytes at least
_ZSTD_INPUT_BYTES = 64
_KEPT_BYTES = 1 << 16
_FORMATS = {
    "gzip": "gzip",
    "x-gzip": "gzip",
    "deflate": "deflate",
    "br": "br",
    "zstd": "zstd",
}
_ERRORS = (zlib.error, brotli.error, zstandard.ZstdError)


class UnreadableBodyError(ValueError):
    """The body is packed as nobody needs to."""


class Unpacker:
    """Undoes `Content-Encoding` (RFC 9110 section 8.4); at most `cap` bytes come out in total."""

    def __init__(self, encodings: str, cap: int) -> None:
        """`encodings` is the value of the header.

        Raises:
            UnreadableBodyError: there are too many encodings.
        """
        names = [name.strip().strip("\"'").lower() for name in encodings.split(",")]
        layers = [_FORMATS[name] for name in names if name in _FORMATS]
        if len(layers) > MAX_LAYERS:
            raise UnreadableBodyError(f"is packed {len(layers)} times")
        self._layers = [_Layer(name) for name in reversed(layers)]
        self._remaining_bytes = cap
        self.is_full = False

    @property
    def is_broken(self) -> bool:
        """Whether the packing ended too early or went wrong: what came out is a part of it."""
        return any(layer.is_broken for layer in self._layers)

    def feed(self, raw: bytes) -> Iterator[bytes]:
        """Yield what `raw` unpacks to. When more than the cap has come, `is_full` is set."""
        yield from self._bounded(_unpack(self._layers, raw))

    def finish(self) -> Iterator[bytes]:
        """Yield what was held back until the body's end, which is here."""
        for number, layer in enumerate(self._layers):
            for piece in layer.finish():
                yield from self._bounded(_unpack(self._layers[number + 1 :], piece))

    def _bounded(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            if len(piece) > self._remaining_bytes:
                yield piece[: self._remaining_bytes]
                self._remaining_bytes, self.is_full = 0, True
                return
            self._remaining_bytes -= len(piece)
            yield piece


class _Layer:
    """One encoding, as its first bytes say it: `label` is only the first guess."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._start = b""  # until there are enough bytes to tell the format
        self._format: _Format | None = None
        self._is_plain = False
        self._kept = b""  # what came in, as long as nothing came out: it may be plain
        self._has_output = False
        self._is_over = False
        self.is_broken = False

    def feed(self, raw: bytes) -> Iterator[bytes]:
        if self._is_over:
            return
        if self._is_plain:
            yield raw
            return
        if self._format is None:
            raw = self._start = self._start + raw
            if len(raw) < _MAGIC_BYTES:
                return
        yield from self._feed_format(raw)

    def finish(self) -> Iterator[bytes]:
        """Yield what is left when the body ends."""
        if self._format is None and self._start and not (self._is_plain or self._is_over):
            yield from self._feed_format(self._start)
        if self._format and not self._format.is_done:
            if _is_text(self._kept):
                yield self._kept
            else:
                self.is_broken = True

    def _feed_format(self, raw: bytes) -> Iterator[bytes]:
        if self._format is None and (name := _format_of(raw, self._label)):
            self._format = _Format(name)
        self._start = b""
        if self._format is None:
            yield from self._end(raw)
            return
        if not self._has_output and len(self._kept) < _KEPT_BYTES:
            self._kept += raw
        try:
            for piece in self._format.feed(raw):
                if piece:
                    self._has_output, self._kept = True, b""
                    yield piece
        except _ERRORS:
            self._format = None
            yield from self._end(self._kept)

    def _end(self, raw: bytes) -> Iterator[bytes]:
        """Yield `raw` if all of the body is plain: then so is what follows. After a fault inside a
        packed one nothing is of use."""
        if self._has_output:
            self._is_over = self.is_broken = True
            return
        self._is_plain = True
        yield raw


class _Format:
    """One decoder at a time: gzip may have several members (RFC 1952 section 2.2), zstd several
    frames."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._feed, self._rest, self._is_at_end = _open(name, b"")
        self._is_open = False
        self._is_first = True

    @property
    def is_done(self) -> bool:
        return self._is_at_end() if self._is_open else True

    def feed(self, raw: bytes) -> Iterator[bytes]:
        while raw:
            if self._is_open and self._is_at_end():
                raw = self._next_member(raw)
                if not raw:
                    return
            if not self._is_open:
                self._feed, self._rest, self._is_at_end = _open(self._name, raw)
                self._is_open = True
            yield from self._feed(raw)
            raw = self._rest() if self._is_at_end() else b""

    def _next_member(self, raw: bytes) -> bytes:
        """Return `raw` if another member begins there, else nothing: the rest is filling."""
        magic = {"gzip": _GZIP_MAGIC[:2], "zstd": _ZSTD_MAGIC[:2]}.get(self._name)
        if magic and magic.startswith(raw[:2]):
            self._is_open = False
            return raw
        return b""


_Opened = tuple[Callable[[bytes], Iterator[bytes]], Callable[[], bytes], Callable[[], bool]]


def _open(name: str, start: bytes) -> _Opened:
    """Return for one member: how it is fed, what follows its end, and whether it is at its end."""
    if name == "br":
        return _open_brotli()
    if name == "zstd":
        return _open_zstd()
    wbits = _GZIP if name == "gzip" else _ZLIB if _has_zlib_header(start) else _RAW_DEFLATE
    inflater = zlib.decompressobj(wbits=wbits)

    def feed(raw: bytes) -> Iterator[bytes]:
        while raw and not inflater.eof:
            yield inflater.decompress(raw, _PIECE_BYTES)
            raw = inflater.unconsumed_tail

    return feed, lambda: inflater.unused_data, lambda: inflater.eof


def _open_brotli() -> _Opened:
    decoder = brotli.Decompressor()

    def feed(raw: bytes) -> Iterator[bytes]:
        yield decoder.process(raw, output_buffer_limit=_PIECE_BYTES)
        while not (decoder.can_accept_more_data() or decoder.is_finished()):
            yield decoder.process(b"", output_buffer_limit=_PIECE_BYTES)

    return feed, lambda: b"", decoder.is_finished


def _open_zstd() -> _Opened:
    decoder = zstandard.ZstdDecompressor(max_window_size=_MAX_ZSTD_WINDOW).decompressobj()
    rest = b""

    def feed(raw: bytes) -> Iterator[bytes]:
        nonlocal rest
        for start in range(0, len(raw), _ZSTD_INPUT_BYTES):
            yield decoder.decompress(raw[start : start + _ZSTD_INPUT_BYTES])
            if decoder.eof:
                rest = decoder.unused_data + raw[start + _ZSTD_INPUT_BYTES :]
                return

    return feed, lambda: rest, lambda: decoder.eof


def _format_of(raw: bytes, label: str) -> str:
    """Return the format of a body that begins with `raw`, or an empty string if it is plain."""
    if raw.startswith(_GZIP_MAGIC):
        return "gzip"
    if raw.startswith(_ZSTD_MAGIC):
        return "zstd"
    if label == "gzip" and raw[0] == 0x78 and _has_zlib_header(raw):  # noqa: PLR2004  of RFC 1950
        return "deflate"
    return "" if label in {"gzip", "zstd"} else label


def _is_text(raw: bytes) -> bool:
    return bool(raw) and raw.isascii() and b"\0" not in raw


def _has_zlib_header(raw: bytes) -> bool:
    """Return whether `raw` begins as RFC 1950 (section 2.2) says: the method, and a check over
    both bytes."""
    is_method = len(raw) > 1 and raw[0] & 0x0F == _ZLIB_METHOD
    return is_method and (256 * raw[0] + raw[1]) % _ZLIB_CHECK == 0


def _unpack(layers: list[_Layer], raw: bytes) -> Iterator[bytes]:
    if not layers:
        yield raw
        return
    for piece in layers[0].feed(raw):
        yield from _unpack(layers[1:], piece)
