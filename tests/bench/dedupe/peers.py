"""Other schemes on the same corpus: MinHash with LSH, as datasketch and rensa have it.

They are no dependencies: uv run --with datasketch --with rensa python tests/bench/dedupe/…
"""

import re
import time

_WORD = re.compile(r"\w")
PERMUTATIONS = 128


def shingles(text):
    words = re.findall(r"[぀-ヿ㐀-鿿가-힯]|[^\W぀-ヿ㐀-鿿가-힯]+", text.lower())
    return [" ".join(words[at : at + 4]) for at in range(max(1, len(words) - 3))]


def datasketch(documents, threshold):
    from datasketch import MinHash, MinHashLSH  # noqa: PLC0415

    def minhash(text):
        made = MinHash(num_perm=PERMUTATIONS)
        made.update_batch([shingle.encode() for shingle in shingles(text)])
        return made

    index = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
    return _clusters(documents, minhash, index.query, index.insert, _at_least(threshold))


def rensa(documents, threshold):
    from rensa import RMinHash, RMinHashLSH  # noqa: PLC0415

    def minhash(text):
        made = RMinHash(num_perm=PERMUTATIONS, seed=42)
        made.update(shingles(text))
        return made

    index = RMinHashLSH(threshold=threshold, num_perm=PERMUTATIONS, num_bands=32)
    return _clusters(
        documents,
        minhash,
        index.query,
        index.insert,
        _at_least(threshold),
        is_numbered=True,
    )


def exact(documents):
    """Articles of the same words."""
    start = time.process_time()
    found = {document.id: " ".join(shingles(document.body)) for document in documents}
    return found, (time.process_time() - start) / len(documents) * 1e6


def _at_least(threshold):
    return lambda one, other: one.jaccard(other) >= threshold


def _clusters(documents, make, query, insert, is_alike, *, is_numbered=False):  # noqa: PLR0913
    """Joins every document with all that the index answers and that are alike enough."""
    parent = list(range(len(documents)))

    def root(at):
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    made, start = [], time.process_time()
    for at, document in enumerate(documents):
        one = make(document.body)
        for key in query(one):
            other = int(key)
            if other != at and is_alike(one, made[other]):
                parent[root(at)] = root(other)
        insert(at if is_numbered else str(at), one)
        made.append(one)
    spent = (time.process_time() - start) / len(documents) * 1e6
    return {document.id: root(at) for at, document in enumerate(documents)}, spent
