"""What is remembered of a text: prints to find it by, and a sketch to compare it by.

A shingle is a run of words. Of its 64-bit hash, bits 0-15 are its value in the sketch, 16-23 draw
lots for the prints, 24-63 are the print. Both texts of a pair draw the same lots, so what they
share is found again in both.
"""

from array import array
from collections.abc import Container
from hashlib import blake2b
from itertools import compress, islice
from zlib import crc32

from msgspec import Struct

from workers.dedupe.tokens import words

WORDS = 4
CHARACTERS = 7
LEAD = 96
MAX_NUMBERS = 24
MAX_PRINTS = 3_000
RATE, MAX_RATE = 4, 128
LONG = 8_000

# Lots (of 256) that win a print. A few last for the window; those that are kept for a day or two
# are dense at the start, where copies begin.
LONG_TERM_MASK = 9
START, START_LOTS = 24, 56
NEAR, NEAR_LOTS = 128, 20
TINY = 24


def _marks(bytes_of: Container[int]) -> bytes:
    """Return a table for `bytes.translate`: 1 for these bytes, 0 for all others."""
    return bytes(byte in bytes_of for byte in range(256))


_ALL = b"\1"
_LASTING = _marks(range(LONG_TERM_MASK))
_AT_START = _marks(range(LONG_TERM_MASK, START_LOTS))
_NEAR_START = _marks(range(LONG_TERM_MASK, NEAR_LOTS))
_SAMPLED = {1 << bit: _marks(range(0, 256, 1 << bit)) for bit in range(2, 8)}

# Odd, and together below 2**32, so that a sum of as many products of 32 bits stays in 64.
_FACTORS = (0x1B873593, 0x19D699A5, 0x165667B1, 0x1E3779B9, 0x1CC9E2D5, 0x1A6B85EB, 0x1585EBCB)
_LANE = 8
_LOWER_HALF = b"\xff\xff\xff\xff\0\0\0\0"


class Signature(Struct, frozen=True):
    """`values`: the sketch in reading order, all of the first LEAD shingles and after them those
    divisible by `rate`. `lasting` and `fleeting` are prints of 5 bytes each, in rising order."""

    length: int
    rate: int
    values: tuple[int, ...]
    numbers: tuple[int, ...]
    long_term: tuple[bytes, ...]
    short_term: tuple[bytes, ...]
    digest: bytes


def signature(text: str) -> Signature:
    """Return the signature of a text; it depends on the text alone and is the same in every
    process."""
    found, characters = words(text)
    hashes = _mixed(found, characters) if characters else shingles(found, WORDS)
    length = len(hashes) // _LANE
    rate = RATE
    while length > LONG * rate // RATE and rate < MAX_RATE:
        rate *= 2
    lasting, fleeting = _prints(hashes)
    return Signature(
        length=length,
        rate=rate,
        values=_sketch(hashes, rate),
        numbers=_figures(found),
        long_term=lasting,
        short_term=fleeting,
        digest=blake2b(hashes, digest_size=8).digest(),
    )


def shingles(found: list[bytes], size: int) -> bytes:
    """Return the 64-bit hashes of all runs of `size` words, packed; a text shorter than a run is
    one shingle.

    The hash of a run is the sum of its words' checksums, each times a factor for its position
    (multilinear hashing: D. Lemire and O. Kaser, 2014); the upper half, which every bit contributes
    to, is laid over the lower one. A whole text is one long number with 64 bits a word, so that one
    product makes all sums at once."""
    size = min(size, len(found))
    if not size:
        return b""
    line = _number(array("Q", map(crc32, found)).tobytes())
    sums = line * sum(factor << 64 * at for at, factor in enumerate(_FACTORS[:size]))
    sums ^= sums >> 32 & _number(_LOWER_HALF * (len(found) + size))
    return sums.to_bytes(_LANE * (len(found) + size), "little")[_LANE * (size - 1) : -_LANE * size]


def _number(raw: bytes) -> int:
    return int.from_bytes(raw, "little")


def _mixed(found: list[bytes], characters: frozenset[bytes]) -> bytes:
    """Return the shingles of a text that mixes scripts. A run that begins with a character of a
    script without spaces is longer, so that a passage has the same shingles whether its text has
    one script or several."""
    runs, long = array("Q", shingles(found, WORDS)), array("Q", shingles(found, CHARACTERS))
    places = list(compress(range(len(runs)), map(characters.__contains__, found)))
    for at in reversed(places):
        if at < len(long):
            runs[at] = long[at]
        else:
            del runs[at]
    return runs.tobytes()


def _sketch(raw: bytes, rate: int) -> tuple[int, ...]:
    picked = _ALL * LEAD + raw[_LANE * LEAD :: _LANE].translate(_SAMPLED[rate])
    return tuple(compress(memoryview(raw).cast("H")[::4].tolist(), picked))


def _prints(raw: bytes) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    lots = raw[2::_LANE]
    near = lots[:START].translate(_AT_START) + lots[START:NEAR].translate(_NEAR_START)
    won = lots.translate(_LASTING)
    return _picked(raw, won), _picked(raw, near if len(lots) >= TINY else _ALL * len(lots))


def _picked(raw: bytes, picked: bytes) -> tuple[bytes, ...]:
    places = islice(compress(range(3, len(raw), _LANE), picked), MAX_PRINTS)
    return tuple(sorted({raw[at : at + 5] for at in places}))


def _figures(found: list[bytes]) -> tuple[int, ...]:
    """Return 16-bit hashes of the numbers in the text: the first ones, in reading order."""
    numbers = islice(dict.fromkeys(filter(bytes.isdigit, found)), MAX_NUMBERS)
    return tuple([crc32(number) & 0xFFFF for number in numbers])
