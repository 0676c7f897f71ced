"""A writer as there are many in production: a process that keeps writing, and tells at the end
what was confirmed. `live_writer.py URL PREFIX NUMBER put|label`, until its input ends."""

import json
import random
import sys
import threading
import time

from workers.adapters.elasticsearch.client import SearchIndex
from workers.exceptions import TryAgain
from workers.settings import Settings

SHARED = 200


def until_done(write, rows):
    """Writes what is not confirmed again, as the pipeline does."""
    while rows:
        try:
            verdicts = write(rows)
        except TryAgain:
            verdicts = None
        if verdicts is not None:
            assert "rejected" not in {verdict.state for verdict in verdicts}, verdicts
            pairs = zip(rows, verdicts, strict=True)
            rows = [row for row, verdict in pairs if verdict.state == "retry"]
        if rows:
            time.sleep(0.05)


def story(chance, number, turn):
    """An article of the writer's own, or one that all write."""
    is_shared = chance.random() < 0.5
    name = f"d{chance.randrange(SHARED)}" if is_shared else f"w{number}-{chance.randrange(turn)}"
    version = 1_000_000 * turn + 1_000 * number  # each label counts one up
    text = f"{name} as of {version}"
    fields = {"title": text, "body": text * 20, "content_hash": text, "version": version}
    return name, version, {**fields, "document_id": name, "language": "en"}


def put(search, chance, number, turn, known):
    rows = list({row[0]: row for row in (story(chance, number, turn) for _ in range(20))}.values())
    until_done(search.put, rows)
    known.update({name: version for name, version, _ in rows})


def label(search, chance, _number, turn, known):
    names = {f"d{chance.randrange(SHARED)}" for _ in range(10)}
    rows = [(name, f"c{turn}", "reprint", 0.5) for name in sorted(names)]
    until_done(search.update_cluster_labels, rows)
    known.update({name: cluster for name, cluster, _, _ in rows})


def main(url, prefix, number, work):
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    chance = random.Random(int(number))  # noqa: S311  a test
    search = SearchIndex(Settings(elasticsearch_url=url, prefix=prefix))
    known, turn = {}, 1
    while not ended.is_set():
        turn += 1
        {"put": put, "label": label}[work](search, chance, int(number), turn, known)
        time.sleep(0.1)
    sys.stdout.write(json.dumps(known))


if __name__ == "__main__":
    main(*sys.argv[1:])
