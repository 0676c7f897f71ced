"""The long words of a text, by which a copy is known whose words no longer stand in a row.

Long words are mostly rare ones: names and what the text is about. A copy that was reworded, or that
a machine misread, keeps half of them and more, in their order; another report of the same event has
some of them, in another order. How common a word is would say more, but differs from one moment to
the next, and what two articles have in common must not.
"""

from array import array
from bisect import bisect_left
from collections.abc import Container, Iterable, Sequence
from itertools import compress, groupby
from typing import NamedTuple

# Of a text written mostly in other letters than Latin ones, a letter has two bytes and more.
MIN_BYTES, MIN_BYTES_OF_WIDE = 6, 10
MAX_TOKEN_BYTES = 255
MAX_WORDS, MAX_RATE = 160, 128
GAP_WORDS = 4
_RATE_BITS, _RATE_MASK = 5, 0x1E


class LongWords(NamedTuple):
    """Hashes of 16 bits, all odd, of the distinct long words in the order of their first use. Of
    a text with many, only those whose upper bits are divisible by `rate`, a power of two."""

    rate: int = 1
    hashes: tuple[int, ...] = ()


class SharedWords(NamedTuple):
    """How many long words two texts have in common, how many of these follow one another in the
    same order in both, how many the text with fewer and the one with more of them has, and how many
    of the former's are in gaps: GAP_WORDS or more in a row that the other has not."""

    common: int
    in_order: int
    fewer: int
    more: int
    in_gaps: int


NO_WORDS = LongWords()


def long_words(tokens: Sequence[bytes], hashes: Iterable[int], *, is_wide: bool) -> Iterable[int]:
    """Return the hashes of the long ones of the tokens; `hashes` are those of all."""
    least = MIN_BYTES_OF_WIDE if is_wide else MIN_BYTES
    try:
        lengths = bytes(map(len, tokens))
    except ValueError:  # a token of more bytes than one byte can count
        lengths = bytes(min(len(token), MAX_TOKEN_BYTES) for token in tokens)
    return compress(hashes, lengths.translate(_IS_LONG[least]))


def sample_words(hashes: Iterable[int]) -> LongWords:
    """Return the distinct ones of these hashes, made odd: at most MAX_WORDS or nearly so."""
    packed = array("H", hashes)
    odd = int.from_bytes(packed.tobytes(), "little") | int.from_bytes(
        b"\1\0" * len(packed), "little"
    )
    made_odd = memoryview(odd.to_bytes(2 * len(packed), "little")).cast("H").tolist()
    distinct = list(dict.fromkeys(made_odd))
    rate = 1
    while len(distinct) > MAX_WORDS * rate and rate < MAX_RATE:
        rate *= 2
    return LongWords(rate, tuple(_divisible(distinct, rate)[: 2 * MAX_WORDS]))


def share_words(one: LongWords, other: LongWords) -> SharedWords:
    """Return what two texts have in common."""
    rate = max(one.rate, other.rate)
    first, second = _divisible(one.hashes, rate), _divisible(other.hashes, rate)
    places = {each: at for at, each in enumerate(second)}
    common = [places[each] for each in first if each in places]
    in_gaps = min(
        (len(each), _count_in_gaps(each, set(other)))
        for each, other in ((first, second), (second, first))
    )[1]
    fewer, more = sorted((len(first), len(second)))
    return SharedWords(len(common), _longest_rise(common), fewer, more, in_gaps)


def encode_words(words: LongWords) -> tuple[int, ...]:
    """Return the hashes and, as the last value, how many they are and their rate: odd as well."""
    last = len(words.hashes) << _RATE_BITS | words.rate.bit_length() << 1 | 1
    return (*words.hashes, last)


def decode_words(values: Sequence[int]) -> LongWords:
    """Return the words at the end of `values`; none if the last value is even."""
    last = values[-1]
    if not last & 1:
        return NO_WORDS
    count = last >> _RATE_BITS
    return LongWords(1 << (last & _RATE_MASK) // 2 - 1, tuple(values[-1 - count : -1]))


def _divisible(hashes: Sequence[int], rate: int) -> Sequence[int]:
    """Return the hashes that a sample of this rate keeps."""
    if rate == 1:
        return hashes
    lower_bytes = array("H", hashes).tobytes()[::2]
    return tuple(compress(hashes, lower_bytes.translate(_IS_SAMPLED[rate])))


def _count_in_gaps(hashes: Iterable[int], others: Container[int]) -> int:
    """Return how many hashes are in runs of GAP_WORDS or more that are not among the others."""
    runs = groupby(hashes, others.__contains__)
    sizes = [len(list(run)) for is_shared, run in runs if not is_shared]
    return sum(size for size in sizes if size >= GAP_WORDS)


def _longest_rise(places: Iterable[int]) -> int:
    """Return the length of the longest increasing subsequence (M. Fredman, 1975)."""
    ends: list[int] = []
    for place in places:
        at = bisect_left(ends, place)
        ends[at : at + 1] = [place]
    return len(ends)


_IS_LONG = {
    least: bytes(length >= least for length in range(MAX_TOKEN_BYTES + 1))
    for least in (MIN_BYTES, MIN_BYTES_OF_WIDE)
}
_IS_SAMPLED = {
    1 << bits: bytes(not byte >> 1 & (1 << bits) - 1 for byte in range(256)) for bits in range(1, 8)
}
