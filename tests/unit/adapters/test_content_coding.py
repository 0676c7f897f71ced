"""Bodies are unpacked within their cap."""

import gzip
import tracemalloc
import zlib
from hashlib import sha512

import brotli
import pytest
import zstandard

from workers.adapters.content_coding import Unpacker, UnreadableBodyError

TEXT = b"The council votes for a new bridge. " * 500
HTML = b"<!DOCTYPE html><title>Bridge</title>" + 50 * b"<p>The council votes."


def opened(packed, encodings, cap=1_000_000, size=100):
    """What comes out, and whether it is only a part."""
    unpacker = Unpacker(encodings, cap)
    pieces = []
    for start in range(0, len(packed), size):
        pieces += unpacker.feed(packed[start : start + size])
    pieces += unpacker.finish()
    return b"".join(pieces), unpacker.is_broken


def zstd(data):
    return zstandard.ZstdCompressor().compress(data)


def gz(data):
    return gzip.compress(data, mtime=0)


def raw_deflate(data):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("packed", "encodings"),
    [
        (TEXT, ""),
        (TEXT, "identity"),
        (gz(TEXT), "gzip"),
        (gz(TEXT), "X-GZIP"),
        (zlib.compress(TEXT), "deflate"),
        (raw_deflate(TEXT), "deflate"),
        (gz(zlib.compress(TEXT)), "deflate, gzip"),
        (brotli.compress(TEXT), "br"),
        (zstd(TEXT), "zstd"),
        (zstd(brotli.compress(TEXT)), "br, zstd"),
        # labels that mean nothing
        (TEXT, "none"),
        (TEXT, "utf-8"),
        (TEXT, "UTF8"),
        (TEXT, "8bit"),
        (TEXT, "binary, identity"),
        (TEXT, "text/html"),
        (gz(TEXT), "none, gzip"),
        (gz(TEXT), '"gzip"'),
        # labels that are wrong
        (TEXT, "gzip"),
        (TEXT, "zstd"),
        (HTML, "br"),
        (HTML, "deflate"),
        (HTML, "gzip, gzip"),
        (gz(TEXT), "gzip, gzip"),
        (gz(TEXT), "br"),
        (gz(TEXT), "deflate"),
        (zlib.compress(TEXT), "gzip"),
        (zstd(TEXT), "br"),
        # several members
        (gz(TEXT[:900]) + gz(TEXT[900:]), "gzip"),
        (b"".join(gz(TEXT[n : n + 99]) for n in range(0, len(TEXT), 99)), "gzip"),
        (gz(TEXT) + bytes(512), "gzip"),
        (gz(TEXT) + b"filling", "gzip"),
        (zstd(TEXT[:900]) + zstd(TEXT[900:]), "zstd"),
    ],
)
@pytest.mark.parametrize("size", [1, 100, 100_000])
def test_bodies_are_unpacked_in_pieces_of_any_size(packed, encodings, size):
    expected = HTML if HTML in packed else TEXT
    assert opened(packed, encodings, size=size) == (expected, False)


@pytest.mark.parametrize("encodings", ["gzip", "br", "zstd", "none"])
@pytest.mark.parametrize("body", [b"", b"a", b"ab", b"abc", b"{}", b"User-agent: *\nDisallow:"])
def test_a_short_plain_body_comes_whole_whatever_its_label(encodings, body):
    assert opened(body, encodings, size=1)[0] == body


NOISE = b"".join(sha512(b"%d" % n).digest() for n in range(3200))


@pytest.mark.parametrize(
    ("packed", "encodings"),
    [
        (gz(NOISE), "gzip"),
        (zlib.compress(NOISE), "deflate"),
        (brotli.compress(NOISE), "br"),
        (zstd(NOISE), "zstd"),
        (gz(gz(NOISE)), "gzip, gzip"),
        (gz(b"") + gz(NOISE), "gzip"),
    ],
)
@pytest.mark.parametrize("size", [1000, 1_000_000])
def test_of_a_body_that_breaks_off_what_is_there_comes_out(packed, encodings, size):
    text, is_broken = opened(packed[: len(packed) // 2], encodings, size=size)
    assert is_broken
    assert NOISE.startswith(text)
    assert len(text) > 50_000 or encodings in {"br", "zstd"}  # which unpack in blocks


def test_a_fault_inside_costs_only_what_follows():
    packed = gz(NOISE)
    text, is_broken = opened(packed[:100_000] + b"\xff" * 500 + packed[100_500:], "gzip")
    assert is_broken
    assert text[:90_000] == NOISE[:90_000]


@pytest.mark.parametrize(
    ("bomb", "encodings"),
    [
        (gz(bytes(50_000_000)), "gzip"),
        (gz(gz(bytes(50_000_000))), "gzip, gzip"),
        (brotli.compress(bytes(50_000_000)), "br"),
        (zstd(bytes(50_000_000)), "zstd"),
        (gz(b"") * 10 + gz(bytes(50_000_000)), "gzip"),
    ],
)
def test_a_body_is_cut_at_its_cap(bomb, encodings):
    unpacker = Unpacker(encodings, 1000)
    tracemalloc.start()
    assert len(b"".join(unpacker.feed(bomb))) == 1000
    assert unpacker.is_full
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_a_body_that_is_packed_three_times_is_refused():
    with pytest.raises(UnreadableBodyError, match="3 times"):
        Unpacker("gzip, gzip, br", 1000)
