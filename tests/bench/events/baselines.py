"""What events are compared with: words weighed by tf-idf alone, and copies alone."""

import math
import re
from collections import Counter, defaultdict
from statistics import fmean

from workers.dedupe.clusters import Clusters

WORD = re.compile(r"\w+")
# The threshold is the best of these for the articles at hand, so this baseline is flattered.
THRESHOLDS = [each / 100 for each in range(2, 100, 4)]


def by_words(rows, measured):
    """The event of each article by id: it joins the event whose articles are most alike in the
    mean, by tf-idf of words; at the threshold that is best as `measured`."""
    alike = _similarities([_counts(row) for row in rows])
    found = [_join(rows, alike, threshold) for threshold in THRESHOLDS]
    return max(found, key=lambda each: measured(rows, each))


def by_copies(rows, redis_url):
    """The cluster of each article by id: what dedupe finds."""
    clusters = Clusters(redis_url, "baseline")
    for row in rows:
        clusters.add(row["id"], row["title"], row["body"], row["published"], row["id"])
    return clusters.clusters()


def _counts(row):
    return Counter(WORD.findall(f"{row['title']} {row['body']}".lower()))


def _similarities(counted):
    having = Counter(word for counts in counted for word in counts)
    vectors = []
    for counts in counted:
        weights = {
            word: (1 + math.log(count)) * math.log((len(counted) + 1) / having[word])
            for word, count in counts.items()
        }
        length = math.hypot(*weights.values())
        vectors.append({word: weight / length for word, weight in weights.items()})
    return [
        [sum(one[word] * other[word] for word in one.keys() & other.keys()) for other in vectors]
        for one in vectors
    ]


def _join(rows, alike, threshold):
    events, found = defaultdict(list), {}
    for at, row in enumerate(rows):
        means = {name: fmean(alike[at][each] for each in of) for name, of in events.items()}
        best = max(means, key=means.get, default=None)
        name = best if best is not None and means[best] >= threshold else row["id"]
        events[name].append(at)
        found[row["id"]] = name
    return found
