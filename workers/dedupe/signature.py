"""What is remembered of a text: prints to find it by, and a sketch to compare it by.

A shingle is a run of words. Of its 64-bit hash, bits 0-15 are its value in the sketch, 16-23 draw
lots for the prints, 24-63 are the print. Both texts of a pair draw the same lots, so what they
share is found again in both.
"""

from array import array
from collections.abc import Iterable
from hashlib import blake2b
from itertools import islice, zip_longest
from zlib import crc32

from msgspec import Struct

from workers.dedupe.tokens import words

WORDS = 4
CHARACTERS = 7
LEAD = 96
MOST_FIGURES = 24
RATE = 4
LONG = 8_000

# Lots (of 256) that win a print. A few last for the window; those that are kept for a day or two
# are dense at the start, where copies begin.
LASTING = 13
START, START_LOTS = 64, 80
NEAR, NEAR_LOTS = 128, 36
TINY = 24


class Signature(Struct, frozen=True):
    """`values`: the sketch in reading order, all of the first LEAD shingles and after them those
    divisible by `rate`. `lasting` and `fleeting` are prints of 5 bytes each, packed."""

    length: int
    rate: int
    values: tuple[int, ...]
    figures: tuple[int, ...]
    lasting: bytes
    fleeting: bytes
    digest: bytes


def signature(text: str) -> Signature:
    """The signature of a text; pure, and the same in every process."""
    found, characters = words(text)
    hashes = _mixed(found, characters) if characters else shingles(found, WORDS)
    raw = hashes.tobytes()
    rate = RATE
    while len(hashes) > LONG * rate // RATE:
        rate *= 2
    lasting, fleeting = _prints(raw)
    return Signature(
        length=len(hashes),
        rate=rate,
        values=_sketch(raw, rate),
        figures=_figures(found),
        lasting=lasting,
        fleeting=fleeting,
        digest=blake2b(b" ".join(found), digest_size=8).digest(),
    )


def shingles(found: list[bytes], size: int) -> "array[int]":
    """64-bit hashes of all runs of words; a text shorter than a run is one shingle.

    Python salts the hash of bytes, not that of a tuple of whole numbers: that one is the same in
    every process, and runs in C (a test holds its values).
    """
    numbers = list(map(crc32, found))
    runs = zip(*(numbers[at:] for at in range(min(len(numbers), size))), strict=False)
    return array("q", map(hash, runs))


def _mixed(found: list[bytes], characters: frozenset[bytes]) -> "array[int]":
    """A run that begins with a character of a script without spaces is longer, so that a passage
    has the same shingles in a text of one script and of several."""
    short, long = shingles(found, WORDS), shingles(found, CHARACTERS)
    runs = zip_longest(found, short, long)
    picked = [long_run if word in characters else run for word, run, long_run in runs]
    return array("q", [run for run in picked if run is not None]) or long


def _sketch(raw: bytes, rate: int) -> tuple[int, ...]:
    values = memoryview(raw).cast("H")[::4].tolist()
    mask = rate - 1
    return (*values[:LEAD], *[value for value in values[LEAD:] if not value & mask])


def _prints(raw: bytes) -> tuple[bytes, bytes]:
    lots = raw[2::8]
    won = [at for at, lot in enumerate(lots) if lot < LASTING]
    if len(lots) < TINY:
        return _packed(raw, won), _packed(raw, range(len(lots)))
    near = [at for at, lot in enumerate(lots[:START]) if LASTING <= lot < START_LOTS]
    near += [at for at, lot in enumerate(lots[START:NEAR], START) if LASTING <= lot < NEAR_LOTS]
    return _packed(raw, won), _packed(raw, near)


def _packed(raw: bytes, places: Iterable[int]) -> bytes:
    return b"".join(dict.fromkeys([raw[8 * at + 3 : 8 * at + 8] for at in places]))


def _figures(found: list[bytes]) -> tuple[int, ...]:
    """16-bit hashes of the numbers, the first of them in reading order."""
    numbers = islice(dict.fromkeys(filter(bytes.isdigit, found)), MOST_FIGURES)
    return tuple([crc32(number) & 0xFFFF for number in numbers])
