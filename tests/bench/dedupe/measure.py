"""What a clustering is worth: pairs found and pairs wrong, by family."""

from collections import Counter, defaultdict


def pairs(n):
    return n * (n - 1) // 2


def pairwise(truth, found):
    """Precision, recall and F1 over all pairs of documents; both arguments map id → cluster."""
    both = Counter((truth[name], found[name]) for name in truth)
    right = sum(pairs(n) for n in both.values())
    joined = sum(pairs(n) for n in Counter(found[name] for name in truth).values())
    real = sum(pairs(n) for n in Counter(truth.values()).values())
    precision = right / joined if joined else 1.0
    recall = right / real if real else 1.0
    return precision, recall, 2 * precision * recall / (precision + recall or 1)


def by_family(documents, found):
    """Of each family of copies, the share that is in the cluster of its original; of each kind of
    trap, the share that is in anyone's cluster."""
    home = {d.cluster: found[d.id] for d in documents if d.kind == "original"}
    sizes = Counter(found.values())
    rows = defaultdict(list)
    for d in documents:
        if d.kind == "original":
            continue
        is_trap = d.cluster not in home
        rows[d.kind].append(sizes[found[d.id]] > 1 if is_trap else found[d.id] == home[d.cluster])
    return {kind: (sum(row) / len(row), len(row)) for kind, row in sorted(rows.items())}


def unspaced(documents, found):
    home = {d.cluster: found[d.id] for d in documents if d.kind == "original"}
    rows = [
        found[d.id] == home[d.cluster]
        for d in documents
        if d.is_unspaced and d.kind != "original" and d.cluster in home
    ]
    return sum(rows) / len(rows) if rows else float("nan"), len(rows)


def wrong_joins(documents, found):
    """Which two families were joined although they tell different stories, most frequent first."""
    clusters = defaultdict(list)
    for d in documents:
        clusters[found[d.id]].append(d)
    wrong = Counter()
    for members in clusters.values():
        stories = defaultdict(set)
        for d in members:
            stories[d.cluster].add(d.kind if d.kind != "original" else "copy")
        if len(stories) > 1:
            kinds = sorted(
                "+".join(sorted(k)) if len(k) < 2 else "copies" for k in stories.values()
            )
            wrong[" | ".join(kinds[:3])] += 1
    return wrong.most_common(8)
