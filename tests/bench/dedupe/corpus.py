"""The labelled set: real bodies, each with copies and traps, seeded and in order of time."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import edits
import traps

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
SPARE_SHARE = 4
MOST_STORIES = 6


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

    A fourth of the bodies only lends paragraphs and words: what an outlet adds of its own stands
    in no other story.
    """
    rng = edits.seeded("corpus", seed)
    order = list(bodies)
    rng.shuffle(order)
    lent, told = order[: len(order) // SPARE_SHARE], order[len(order) // SPARE_SHARE :]
    vocabulary = edits.vocabulary_of(lent, rng)
    spaced = [body for body in bodies if not body.is_unspaced]
    unspaced = [body for body in bodies if body.is_unspaced]
    writers = (
        edits.Writer([b for b in lent if not b.is_unspaced] or spaced),
        edits.Writer([b for b in lent if b.is_unspaced] or unspaced, is_unspaced=True),
    )
    documents = []
    for body in told:
        documents += _copies(body, writers[body.is_unspaced], vocabulary, rng, copies)
    documents += _traps(told, writers[0], rng, int(len(told) * trap_rate))
    return sorted(documents, key=lambda each: (each.published, each.id))


FAMILIES = (
    "verbatim cut50 cut25 cut12 cut12edited newlead embed2 embed3 embed4 reorder insert thinned "
    "words3 words10 style typos ocr cutlead styleembed heavy"
).split()


def edited(family, paragraphs, rng, spare, words, is_unspaced):
    """The paragraphs after the edits of one family."""
    p, one = list(paragraphs), is_unspaced
    match family:
        case "cut50" | "cut25" | "cut12":
            return edits.cut(p, int(family[3:]) / 100)
        case "cut12edited":
            return edits.word_edits(edits.cut(p, 0.14), rng, 0.04, words, one)
        case "newlead":
            return edits.new_lead(p, rng, spare)
        case "embed2" | "embed3" | "embed4":
            return edits.embedded(p, rng, spare, int(family[5:]))
        case "reorder":
            return edits.reordered(p, rng)
        case "insert":
            return edits.inserted(p, rng, spare)
        case "thinned":
            return edits.without_some(p, rng)
        case "words3":
            return edits.word_edits(p, rng, 0.03, words, one)
        case "words10":
            return edits.word_edits(p, rng, 0.10, words, one)
        case "style":
            return edits.house_style(p, rng)
        case "typos":
            return edits.typos(p, rng, 0.06)
        case "ocr":
            return edits.misread(p, rng, 0.02)
        case "cutlead":
            return edits.new_lead(edits.cut(p, 0.35), rng, spare)
        case "styleembed":
            return edits.embedded(edits.house_style(edits.cut(p, 0.6), rng), rng, spare, 2)
        case "heavy":
            some = edits.reordered(edits.without_some(p, rng), rng)
            return edits.new_lead(edits.word_edits(some, rng, 0.08, words, one), rng, spare)
    return p


def _copies(body, spare, vocabulary, rng, most):
    words = vocabulary
    if body.is_unspaced:
        text = body.text
        words = [text[at : at + 2] for at in range(0, len(text) - 2, 3)]
    start = START + timedelta(minutes=rng.randrange(14 * 24 * 60))
    rows = [("original", list(body.paragraphs))]
    for family in rng.sample(FAMILIES, min(most, len(FAMILIES))):
        text = edited(family, body.paragraphs, rng, spare, words, body.is_unspaced)
        if rng.random() < 0.6:
            text = edits.dateline(text, rng)
        rows.append((family, text))
    return [
        Document(
            id=f"{body.name}:{kind}",
            title=body.title if rng.random() < 0.5 else spare.paragraph(rng)[:50],
            body="\n\n".join(text) if rng.random() > 0.1 else " ".join(text),
            published=start + timedelta(minutes=rng.randrange(36 * 60) * (kind != "original")),
            outlet=f"outlet{rng.randrange(200)}",
            cluster=body.name,
            kind=kind,
            is_unspaced=body.is_unspaced,
        )
        for kind, text in rows
    ]


def _traps(told, writer, rng, number):

    def own():
        return writer.paragraphs(rng, rng.randrange(2, 9))

    def peers(n):
        return unspaced if n % 10 == 0 and len(unspaced) > MOST_STORIES else spaced

    rows = []
    unspaced = [b for b in told if b.is_unspaced]
    spaced = [b for b in told if not b.is_unspaced]
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
