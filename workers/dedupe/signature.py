"""The signature of a text: fingerprints to find it by, and a sketch to compare it by.

A shingle is a run of words. Of its 64-bit hash, bits 0-15 are its value in the sketch, bits 16-23
decide whether it becomes a fingerprint, and bits 24-63 are the fingerprint. A shingle that two
texts share is therefore selected in both or in neither, so its fingerprint finds the copy.
"""

from array import array
from collections.abc import Container
from hashlib import blake2b
from itertools import chain, compress, islice
from zlib import crc32

from msgspec import Struct

from workers.dedupe.long_words import LongWords, long_words, sample_words
from workers.dedupe.tokens import tokenize

SHINGLE_WORDS = 4
SHINGLE_CHARACTERS = 7
WORD_CHARACTERS = 2
# Bytes for each character, above which most letters of a text have two bytes or more.
WIDE_BYTES = 1.4
LEAD_SHINGLES = 96
MAX_NUMBERS = 24
MAX_FINGERPRINTS = 3_000
MIN_RATE, MAX_RATE = 4, 128
MAX_SHINGLES_AT_MIN_RATE = 8_000

# A shingle becomes a fingerprint if bits 16-23 of its hash are below one of these. Few fingerprints
# are kept for the window; those kept for a day or two are dense at the start, where copies begin.
LONG_TERM_BELOW = 9
START_SHINGLES, START_BELOW = 24, 56
NEAR_SHINGLES, NEAR_BELOW = 128, 20
# Of a shorter text, every shingle is a fingerprint for a day or two.
MIN_SHINGLES = 24


def _byte_mask(selected: Container[int]) -> bytes:
    """Return a table for `bytes.translate`: 1 for the selected bytes, 0 for all others."""
    return bytes(byte in selected for byte in range(256))


_SELECTED = b"\1"
_LONG_TERM = _byte_mask(range(LONG_TERM_BELOW))
_AT_START = _byte_mask(range(LONG_TERM_BELOW, START_BELOW))
_NEAR_START = _byte_mask(range(LONG_TERM_BELOW, NEAR_BELOW))
_SAMPLED = {1 << bit: _byte_mask(range(0, 256, 1 << bit)) for bit in range(2, 8)}

# Odd, and together below 2**32, so that a sum of as many products of 32 bits stays in 64.
_FACTORS = (0x1B873593, 0x19D699A5, 0x165667B1, 0x1E3779B9, 0x1CC9E2D5, 0x1A6B85EB, 0x1585EBCB)
_MULTIPLIERS = [
    sum(factor << 64 * at for at, factor in enumerate(_FACTORS[:size]))
    for size in range(len(_FACTORS) + 1)
]
_HASH_BYTES = 8
_LOWER_HALF = b"\xff\xff\xff\xff\0\0\0\0"


class Signature(Struct, frozen=True):
    """`values`: the sketch in reading order, all of the first LEAD_SHINGLES and after them those
    divisible by `rate`. `long_term` and `short_term` are fingerprints of 5 bytes each, in rising
    order; `numbers` are 16-bit hashes of the text's numbers; `length` is in shingles."""

    length: int
    rate: int
    values: tuple[int, ...]
    numbers: tuple[int, ...]
    long_term: tuple[bytes, ...]
    short_term: tuple[bytes, ...]
    digest: bytes
    words: LongWords


def compute_signature(text: str) -> Signature:
    """Return the signature of a text, which is the same in every process."""
    tokens, characters = tokenize(text)
    checksums = array("Q", map(crc32, tokens))
    if characters:
        hashes = _hash_mixed_shingles(tokens, characters)
    else:
        hashes = _sum_shingles(checksums, SHINGLE_WORDS)
    length = len(hashes) // _HASH_BYTES
    rate = MIN_RATE
    while length > MAX_SHINGLES_AT_MIN_RATE * rate // MIN_RATE and rate < MAX_RATE:
        rate *= 2
    long_term, short_term = _select_fingerprints(hashes)
    return Signature(
        length=length,
        rate=rate,
        values=_build_sketch(hashes, rate),
        numbers=_hash_numbers(tokens),
        long_term=long_term,
        short_term=short_term,
        digest=blake2b(hashes, digest_size=8).digest(),
        words=_long_words(text, tokens, checksums, characters),
    )


def _long_words(
    text: str, tokens: list[bytes], checksums: "array[int]", characters: frozenset[bytes]
) -> LongWords:
    """Return the long words and, of scripts without spaces, the pairs of characters."""
    is_wide = not text.isascii() and len(text.encode("utf-8", "replace")) > WIDE_BYTES * len(text)
    words = long_words(tokens, _lowest_bits(checksums), is_wide=is_wide)
    if not characters:
        return sample_words(words)
    pairs = _lowest_bits(hash_shingles(tokens, WORD_CHARACTERS))
    return sample_words(chain(words, compress(pairs, map(characters.__contains__, tokens))))


def hash_shingles(tokens: list[bytes], size: int) -> bytes:
    """Return 64-bit hashes of all runs of `size` tokens, packed; a shorter text is one shingle."""
    return _sum_shingles(array("Q", map(crc32, tokens)), size)


def _sum_shingles(checksums: "array[int]", size: int) -> bytes:
    """Return the packed hashes of the runs of tokens that have these checksums.

    The hash of a run is the sum of its tokens' checksums, each multiplied by a factor of its
    position (multilinear hashing: D. Lemire and O. Kaser, 2014). The upper half, to which all bits
    contribute, is then XORed onto the lower one. A whole text is one long integer with 64 bits for
    each token, so that one product makes all sums at once.
    """
    size = min(size, len(checksums))
    if not size:
        return b""
    total = len(checksums) + size
    sums = _to_int(checksums.tobytes()) * _MULTIPLIERS[size]
    sums ^= sums >> 32 & _to_int(_LOWER_HALF * total)
    packed = sums.to_bytes(_HASH_BYTES * total, "little")
    return packed[_HASH_BYTES * (size - 1) : -_HASH_BYTES * size]


def _lowest_bits(packed: "bytes | array[int]") -> list[int]:
    """Return bits 0-15 of each of the packed integers of 64 bits."""
    return memoryview(packed).cast("B").cast("H")[::4].tolist()


def _to_int(raw: bytes) -> int:
    """Return the little-endian integer in `raw`."""
    return int.from_bytes(raw, "little")


def _hash_mixed_shingles(tokens: list[bytes], characters: frozenset[bytes]) -> bytes:
    """Return the packed hashes of a text that has a script without spaces.

    A run that begins with a character of such a script is longer, so that a passage has the same
    shingles in a text of one script and of several.
    """
    hashes = array("Q", hash_shingles(tokens, SHINGLE_WORDS))
    longer = array("Q", hash_shingles(tokens, SHINGLE_CHARACTERS))
    positions = list(compress(range(len(hashes)), map(characters.__contains__, tokens)))
    for at in reversed(positions):
        if at < len(longer):
            hashes[at] = longer[at]
        else:
            del hashes[at]
    return hashes.tobytes()


def _build_sketch(hashes: bytes, rate: int) -> tuple[int, ...]:
    """Return the 16-bit values of the lead, and of the rest those divisible by `rate`."""
    sampled = hashes[_HASH_BYTES * LEAD_SHINGLES :: _HASH_BYTES].translate(_SAMPLED[rate])
    return tuple(compress(_lowest_bits(hashes), _SELECTED * LEAD_SHINGLES + sampled))


def _select_fingerprints(hashes: bytes) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """Return the fingerprints kept for the window, and those kept for a day or two."""
    selectors = hashes[2::_HASH_BYTES]
    start = selectors[:START_SHINGLES].translate(_AT_START)
    near = start + selectors[START_SHINGLES:NEAR_SHINGLES].translate(_NEAR_START)
    short_term = near if len(selectors) >= MIN_SHINGLES else _SELECTED * len(selectors)
    return (
        _cut_fingerprints(hashes, selectors.translate(_LONG_TERM)),
        _cut_fingerprints(hashes, short_term),
    )


def _cut_fingerprints(hashes: bytes, selected: bytes) -> tuple[bytes, ...]:
    """Return bits 24-63 of the selected hashes, each once, in rising order."""
    offsets = islice(compress(range(3, len(hashes), _HASH_BYTES), selected), MAX_FINGERPRINTS)
    return tuple(sorted({hashes[at : at + 5] for at in offsets}))


def _hash_numbers(tokens: list[bytes]) -> tuple[int, ...]:
    """Return 16-bit hashes of the first distinct numbers, in reading order."""
    numbers = islice(dict.fromkeys(filter(bytes.isdigit, tokens)), MAX_NUMBERS)
    return tuple([crc32(number) & 0xFFFF for number in numbers])
