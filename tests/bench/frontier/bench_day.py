"""A simulated day of 200 outlets: delay from publishing to discovery, adaptive against fixed.

Virtual clock, seeded. Outlets post with a log-normal rate (median 12 a day, sigma 1.5), more by
day than by night, each at its own time zone, in bursts. The fixed intervals get exactly as many
requests as the adaptive ones used, the same for each outlet.

Usage: python tests/bench/frontier/bench_day.py [SEED …]
"""

import heapq
import math
import random
import statistics
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from workers.discover.interval import PollResult, PollState, adapt_interval, next_poll_at

OUTLETS, FEED_LENGTH, DAY, WARM_UP_DAYS = 200, 30, 86_400.0, 1
START = datetime(2026, 3, 2, tzinfo=UTC)


def posts_of(chance):
    """Moments (seconds) at which one outlet publishes in the days simulated."""
    rate = min(600.0, 12 * math.exp(chance.gauss(0, 1.5)))
    zone = chance.random() * DAY
    moments, now, end = [], 0.0, DAY * (1 + WARM_UP_DAYS)
    while now < end:
        light = 1 + 0.9 * math.sin(2 * math.pi * (now + zone) / DAY)
        now += chance.expovariate(2 * rate / 1.3 / DAY)
        if chance.random() < light / 2:
            burst = 1 + (chance.random() < 0.15) * chance.randint(1, 3)
            moments += [now + chance.random() * 120 * n for n in range(burst)]
    return sorted(moment for moment in moments if moment < end)


def delays(posts, looks):
    """Delay of each post of the last day until the next look after it."""
    found, at = [], 0
    for post in posts:
        while at < len(looks) and looks[at] < post:
            at += 1
        if post >= DAY * WARM_UP_DAYS and at < len(looks):
            found.append(looks[at] - post)
    return found


def adaptive_looks(all_posts, chance):
    """Moments of looks by outlet, as the clock of feeds sets them."""
    looks = [[] for _ in all_posts]
    rhythms = [PollState(900.0)] * len(all_posts)
    cursor = [0] * len(all_posts)
    queue = [(chance.random() * 900, n) for n in range(len(all_posts))]
    heapq.heapify(queue)
    while queue[0][0] < DAY * (2 + WARM_UP_DAYS):
        now, n = heapq.heappop(queue)
        looks[n].append(now)
        before, posts = cursor[n], all_posts[n]
        while cursor[n] < len(posts) and posts[cursor[n]] <= now:
            cursor[n] += 1
        look = PollResult(FEED_LENGTH, min(FEED_LENGTH, cursor[n] - before))
        rhythms[n] = adapt_interval(rhythms[n], look)
        moment = next_poll_at(rhythms[n], look, START + timedelta(seconds=now), chance.random())
        heapq.heappush(queue, ((moment - START).total_seconds(), n))
    return looks


def run(seed):
    chance = random.Random(seed)  # noqa: S311  a simulation
    all_posts = [posts_of(chance) for _ in range(OUTLETS)]
    looks = adaptive_looks(all_posts, chance)
    first, last = DAY * WARM_UP_DAYS, DAY * (1 + WARM_UP_DAYS)
    budget = sum(first <= moment < last for row in looks for moment in row)
    interval = DAY * OUTLETS / budget
    fixed = [[chance.random() * interval] for _ in all_posts]
    for row in fixed:
        while row[-1] < DAY * (2 + WARM_UP_DAYS):
            row.append(row[-1] + interval)
    ours = [d for posts, row in zip(all_posts, looks, strict=True) for d in delays(posts, row)]
    theirs = [d for posts, row in zip(all_posts, fixed, strict=True) for d in delays(posts, row)]
    used = [m for row in looks for m in row if first <= m < last]
    hits = sum(
        any(a < post <= b for post in posts)
        for posts, row in zip(all_posts, looks, strict=True)
        for a, b in pairwise(row)
        if first <= b < last
    )
    a, b = statistics.median(ours), statistics.median(theirs)
    tail_a, tail_b = (statistics.quantiles(x, n=20)[-1] for x in (ours, theirs))
    print(
        f"seed {seed}: {len(ours)} posts, {budget} requests; median {a:.0f} s against {b:.0f} s "
        f"({a / b:.2f}); p95 {tail_a:.0f} against {tail_b:.0f} s; "
        f"looks with news {hits / len(used):.0%}"
    )
    return a / b


if __name__ == "__main__":
    ratios = [run(int(seed)) for seed in sys.argv[1:] or ("1", "2", "3")]
    print(f"worst ratio {max(ratios):.2f} (aim: 0.50 at most)")
    sys.exit(max(ratios) > 0.5)
