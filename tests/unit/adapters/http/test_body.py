"""Bodies are unpacked within their cap."""

import gzip
import zlib

import pytest

from workers.adapters.http.body import Unpacker, UnreadableBodyError

TEXT = b"The council votes for a new bridge. " * 500


def unpacked(packed, encodings, cap=1_000_000, size=100):
    unpacker = Unpacker(encodings, cap)
    pieces = []
    for start in range(0, len(packed), size):
        pieces += unpacker.feed(packed[start : start + size])
    unpacker.check_end()
    return b"".join(pieces)


def raw_deflate(data):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("packed", "encodings"),
    [
        (TEXT, ""),
        (TEXT, "identity"),
        (gzip.compress(TEXT, mtime=0), "gzip"),
        (gzip.compress(TEXT, mtime=0), "X-GZIP"),
        (zlib.compress(TEXT), "deflate"),
        (raw_deflate(TEXT), "deflate"),
        (gzip.compress(zlib.compress(TEXT), mtime=0), "deflate, gzip"),
    ],
)
@pytest.mark.parametrize("size", [1, 100, 100_000])
def test_bodies_are_unpacked_in_pieces_of_any_size(packed, encodings, size):
    assert unpacked(packed, encodings, size=size) == TEXT


def test_a_body_is_cut_at_its_cap():
    unpacker = Unpacker("gzip", 1000)
    assert len(b"".join(unpacker.feed(gzip.compress(bytes(10_000_000))))) == 1000
    assert unpacker.is_full


@pytest.mark.parametrize(
    ("packed", "encodings"),
    [
        (b"plain", "gzip"),
        (gzip.compress(TEXT, mtime=0)[:99], "gzip"),
        (b"x", "br"),
        (b"x", "gzip, gzip, gzip"),
    ],
)
def test_bodies_that_are_not_packed_as_they_say_are_refused(packed, encodings):
    with pytest.raises(UnreadableBodyError):
        unpacked(packed, encodings)
