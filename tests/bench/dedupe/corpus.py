"""The labelled set: real bodies, each with copies and traps, seeded and in order of time."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import edits
import traps

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
LENDING_PART = 4
MAX_STORIES = 6


class Document(NamedTuple):
    """`cluster` is the truth; `kind` the family of the edit or trap."""

    id: str
    title: str
    body: str
    published: datetime
    outlet: str
    cluster: str
    kind: str
    is_unspaced: bool


def corpus(bodies, seed, copies=9, trap_rate=0.5):
    """Every body with some of its copies, and traps between them.

    A fourth of the bodies only lends words: so the text that an outlet adds is in no other story.
    """
    rng = edits.seeded("corpus", seed)
    order = list(bodies)
    rng.shuffle(order)
    lent, copied = order[: len(order) // LENDING_PART], order[len(order) // LENDING_PART :]
    vocabulary = edits.vocabulary_of(lent, rng)
    spaced = [body for body in bodies if not body.is_unspaced]
    unspaced = [body for body in bodies if body.is_unspaced]
    writers = (
        edits.Writer([b for b in lent if not b.is_unspaced] or spaced),
        edits.Writer([b for b in lent if b.is_unspaced] or unspaced, is_unspaced=True),
    )
    documents = []
    for body in copied:
        documents += _copies(body, writers[body.is_unspaced], vocabulary, rng, copies)
    documents += _traps(copied, writers[0], rng, int(len(copied) * trap_rate))
    return sorted(documents, key=lambda each: (each.published, each.id))


class Desk(NamedTuple):
    """What an outlet edits with: dice, its own writer, words to put in."""

    rng: object
    writer: object
    words: list
    is_unspaced: bool


def _words(share):
    return lambda p, desk: edits.word_edits(p, desk.rng, share, desk.words, desk.is_unspaced)


def _cut(share):
    return lambda p, _: edits.cut(p, share)


def _embedded(times):
    return lambda p, desk: edits.embedded(p, desk.rng, desk.writer, times)


def _heavy(p, desk):
    some = edits.reordered(edits.without_some(p, desk.rng), desk.rng)
    return edits.new_lead(_words(0.08)(some, desk), desk.rng, desk.writer)


FAMILIES = {
    "verbatim": lambda p, _: p,
    "cut50": _cut(0.5),
    "cut25": _cut(0.25),
    "cut12": _cut(0.12),
    "cut12edited": lambda p, desk: _words(0.04)(edits.cut(p, 0.14), desk),
    "newlead": lambda p, desk: edits.new_lead(p, desk.rng, desk.writer),
    "embed2": _embedded(2),
    "embed3": _embedded(3),
    "embed4": _embedded(4),
    "reorder": lambda p, desk: edits.reordered(p, desk.rng),
    "insert": lambda p, desk: edits.inserted(p, desk.rng, desk.writer),
    "thinned": lambda p, desk: edits.without_some(p, desk.rng),
    "words3": _words(0.03),
    "words10": _words(0.10),
    "style": lambda p, desk: edits.house_style(p, desk.rng),
    "typos": lambda p, desk: edits.typos(p, desk.rng, 0.06),
    "ocr": lambda p, desk: edits.misread(p, desk.rng, 0.02),
    "cutlead": lambda p, desk: edits.new_lead(edits.cut(p, 0.35), desk.rng, desk.writer),
    "styleembed": lambda p, desk: _embedded(2)(
        edits.house_style(edits.cut(p, 0.6), desk.rng), desk
    ),
    "heavy": _heavy,
}


def _copies(body, writer, vocabulary, rng, max_copies):
    words = vocabulary
    if body.is_unspaced:
        text = body.text
        words = [text[at : at + 2] for at in range(0, len(text) - 2, 3)]
    start = START + timedelta(minutes=rng.randrange(14 * 24 * 60))
    rows = [("original", list(body.paragraphs))]
    desk = Desk(rng, writer, words, body.is_unspaced)
    for family in rng.sample(list(FAMILIES), min(max_copies, len(FAMILIES))):
        text = FAMILIES[family](list(body.paragraphs), desk)
        if rng.random() < 0.6:
            text = edits.dateline(text, rng)
        rows.append((family, text))
    return [
        Document(
            id=f"{body.name}:{kind}",
            title=body.title if rng.random() < 0.5 else writer.paragraph(rng)[:50],
            body="\n\n".join(text) if rng.random() > 0.1 else " ".join(text),
            published=start + timedelta(minutes=rng.randrange(36 * 60) * (kind != "original")),
            outlet=f"outlet{rng.randrange(200)}",
            cluster=body.name,
            kind=kind,
            is_unspaced=body.is_unspaced,
        )
        for kind, text in rows
    ]


def _traps(copied, writer, rng, number):

    def own():
        return writer.paragraphs(rng, rng.randrange(2, 9))

    def peers(n):
        return unspaced if n % 10 == 0 and len(unspaced) > MAX_STORIES else spaced

    rows = []
    unspaced = [b for b in copied if b.is_unspaced]
    spaced = [b for b in copied if not b.is_unspaced]
    blocks = {
        f"o{n}": [traps.filled(traps.BOILERPLATE[n % 3], rng, writer), *writer.paragraphs(rng, 2)]
        for n in range(8)
    }
    for n in range(number):
        body = rng.choice(spaced)
        outlet = f"o{n % 8}"
        rows += [
            ("boilerplate", outlet, traps.with_boilerplate(own(), rng, blocks[outlet], n % 2 == 0)),
            ("quotation", f"q{n}", traps.quoting(own(), body.paragraphs, rng)),
            (
                "roundup",
                f"r{n}",
                traps.round_up(rng.sample(peers(n), rng.choice((3, 4, 5, 6))), rng),
            ),
            ("otherwriter", f"w{n}", traps.other_report(body, own(), rng)),
        ]
        for template in traps.TEMPLATES:
            rows.append(
                ("template", f"t{n % 2}", traps.filled(template, rng, writer).split("\n\n"))
            )
    return [
        Document(
            id=f"{kind}:{at}",
            title=f"{kind} {at}",
            body="\n\n".join(text),
            published=START + timedelta(minutes=rng.randrange(14 * 24 * 60)),
            outlet=outlet,
            cluster=f"{kind}:{at}",
            kind=kind,
            is_unspaced=False,
        )
        for at, (kind, outlet, text) in enumerate(rows)
    ]
