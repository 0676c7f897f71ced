"""What is remembered of a text: prints to find it by, and a sketch to compare it by.

A shingle is a run of words; its hash says where it belongs: bits 0-15 are its value in the sketch,
16-23 draw lots for the prints, 24-63 are the print. Both texts of a pair draw the same lots, so
what they share is found again in both.
"""

from hashlib import blake2b
from zlib import crc32

from msgspec import Struct

from workers.dedupe.tokens import is_unspaced, words

WORDS = 4
CHARACTERS = 7
LEAD = 96
MOST_FIGURES = 24
RATE = 4
LONG = 8_000

# Lots (of 256) that make a print: short-lived ones are dense where copies begin.
LASTING = 13
NEAR_START, START_LOTS = 64, 85
NEAR_LEAD, LEAD_LOTS = 128, 43
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
    found = words(text)
    hashes = shingles(found)
    rate = RATE
    while len(hashes) > LONG * rate // RATE:
        rate *= 2
    lasting, fleeting = _prints(hashes)
    return Signature(
        length=len(hashes),
        rate=rate,
        values=_sketch(hashes, rate),
        figures=_figures(found),
        lasting=lasting,
        fleeting=fleeting,
        digest=blake2b(b" ".join(found), digest_size=8).digest(),
    )


def shingles(found: list[bytes]) -> list[int]:
    """64-bit hashes of all runs of words; a text shorter than a run is one shingle.

    Python salts the hash of bytes, not that of a tuple of whole numbers: that one is the same in
    every process, and runs in C (a test holds its values).
    """
    if not found:
        return []
    numbers = list(map(crc32, found))
    size = min(len(numbers), CHARACTERS if is_unspaced(found) else WORDS)
    return list(map(hash, zip(*(numbers[at:] for at in range(size)), strict=False)))


def _sketch(hashes: list[int], rate: int) -> tuple[int, ...]:
    lead = [h & 0xFFFF for h in hashes[:LEAD]]
    mask = rate - 1
    return (*lead, *[h & 0xFFFF for h in hashes[LEAD:] if not h & mask])


def _prints(hashes: list[int]) -> tuple[bytes, bytes]:
    lasting: list[int] = []
    fleeting: list[int] = []
    for at, h in enumerate(hashes[:NEAR_LEAD]):
        lot = h >> 16 & 255
        if lot < LASTING:
            lasting.append(h)
        elif lot < START_LOTS and (at < NEAR_START or lot < LEAD_LOTS):
            fleeting.append(h)
    if len(hashes) < TINY:
        fleeting = [h for h in hashes if h >> 16 & 255 >= LASTING]
    lasting += [h for h in hashes[NEAR_LEAD:] if h >> 16 & 255 < LASTING]
    return _packed(lasting), _packed(fleeting)


def _packed(hashes: list[int]) -> bytes:
    return b"".join([(h >> 24 & 0xFFFFFFFFFF).to_bytes(5, "little") for h in dict.fromkeys(hashes)])


def _figures(found: list[bytes]) -> tuple[int, ...]:
    """16-bit hashes of the numbers, the first of them in reading order."""
    numbers = dict.fromkeys([word for word in found if word[0] < 58 and word.isdigit()])  # noqa: PLR2004
    return tuple([crc32(number) & 0xFFFF for number in list(numbers)[:MOST_FIGURES]])
