"""What desks do to a story: each family takes a story's paragraphs and gives those of a version.

Beside the single edits of `edits.py`, which judge one thing each, these copy a whole way of
working: an agency's text cut to fit a column, an outlet's own update of an hour later, a homepage
test, a machine that rewrites every second sentence.
"""

import re
from typing import NamedTuple

import edits

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”']?\s+(?=\S)|(?<=[。！？])")
_NUMBER = re.compile(r"\d+")
_PLAIN_WORD = re.compile(r"[^\W\d_]{4,}")
_CLAUSE_END = re.compile(r"[,;:] ")
FULL_NUMBER = 3


class Desk(NamedTuple):
    """What a desk edits with: dice, a writer of its own text, and words to put in."""

    rng: object
    writer: object
    words: list
    is_unspaced: bool


def sentences(paragraph):
    return [part for part in _SENTENCE_END.split(paragraph) if part]


def _joint(desk):
    return "" if desk.is_unspaced else " "


def _all_sentences(paragraphs):
    return [part for paragraph in paragraphs for part in sentences(paragraph)]


def _as_paragraphs(parts, desk, size=3):
    return [_joint(desk).join(parts[at : at + size]) for at in range(0, len(parts), size)]


def reworded(sentence, desk, share):
    """`share` of the plain words replaced; names at least, and numbers, stay."""
    if desk.is_unspaced:
        return edits.word_edits([sentence], desk.rng, share / 2, desk.words, True)[0]

    def other(match):
        word = match[0]
        is_name = word[0].isupper() and match.start() > 0
        if is_name or desk.rng.random() >= share:
            return word
        new = desk.rng.choice(desk.words)
        return new.capitalize() if word[0].isupper() else new

    return _PLAIN_WORD.sub(other, sentence)


def turned(sentence, desk):
    """A sentence whose second part comes first."""
    ends = list(_CLAUSE_END.finditer(sentence))
    if not ends:
        return sentence
    end = desk.rng.choice(ends)
    first, second = sentence[: end.start()], sentence[end.end() :].rstrip(".!?")
    return f"{second[:1].upper()}{second[1:]}, {first[:1].lower()}{first[1:]}."


def new_figures(paragraph, desk, share):
    """`share` of the numbers brought up to date; years stay."""

    def counted_on(match):
        number = int(match[0])
        if desk.rng.random() >= share or number in range(1800, 2100):
            return match[0]
        return str(number + desk.rng.randrange(1, max(3, number // 4)))

    return _NUMBER.sub(counted_on, paragraph)


def cut_to_fit(paragraphs, desk):
    """Sentences dropped from within, and the end cut off, until the text fits."""
    kept = [part for part in _all_sentences(paragraphs) if desk.rng.random() > 0.25]
    kept = [_CLAUSE_END.split(p)[0] + "." if desk.rng.random() < 0.1 else p for p in kept]
    size = max(2, int(len(kept) * desk.rng.uniform(0.3, 0.8)))
    return _as_paragraphs(kept[:size] or list(paragraphs), desk, 2)


def new_top(paragraphs, desk):
    """A new lead of the day; below it the older story, cut and with its first lines reworded."""
    own = desk.writer.paragraphs(desk.rng, desk.rng.choice((1, 2, 3)))
    old = edits.cut(paragraphs, desk.rng.uniform(0.5, 0.95))
    first = _joint(desk).join(reworded(part, desk, 0.4) for part in sentences(old[0]))
    return [*own, first, *old[1:]]


def localised(paragraphs, desk):
    """The agency's text, shortened, with what it means for the outlet's own town between it."""
    kept = edits.cut(paragraphs, desk.rng.uniform(0.5, 1.0))
    mixed = list(kept)
    for own in desk.writer.paragraphs(desk.rng, max(1, len(kept) // desk.rng.choice((2, 3, 4)))):
        mixed.insert(desk.rng.randrange(len(mixed) + 1), own)
    return mixed


def updated(paragraphs, desk):
    """The outlet's own next version: other figures, a lead about what is new, some paragraphs more
    and others gone."""
    body = [new_figures(p, desk, 0.5) for p in paragraphs]
    parts = sentences(body[0])
    lead = [reworded(parts[0], desk, 0.5), *parts[1:]]
    body[0] = _joint(desk).join(lead)
    dropped = int(len(body) * desk.rng.uniform(0, 0.4))
    body = body[: len(body) - dropped]
    for own in desk.writer.paragraphs(desk.rng, desk.rng.randrange(1, 2 + len(body) // 2)):
        body.insert(desk.rng.choice((0, 1, 1, len(body))), own)
    return body


def rewritten_later(paragraphs, desk):
    """The outlet's own later version, gone over by an editor: half of the sentences reworded."""
    body = []
    for paragraph in edits.reordered(paragraphs, desk.rng):
        parts = [
            reworded(part, desk, 0.25) if desk.rng.random() < 0.5 else part
            for part in sentences(paragraph)
        ]
        body.append(_joint(desk).join(parts))
    if len(body) > FULL_NUMBER:
        body.pop(desk.rng.randrange(1, len(body)))
    return [*body, *desk.writer.paragraphs(desk.rng, desk.rng.choice((0, 1, 2)))]


def first_take(paragraphs, desk):
    """The outlet's own first lines on a story, of which a full report follows."""
    head = [part for part in edits.cut(paragraphs, desk.rng.uniform(0.15, 0.4)) if part]
    parts = sentences(head[-1])
    return [*head[:-1], _joint(desk).join([*parts[:-1], reworded(parts[-1], desk, 0.4)])]


def homepage_test(paragraphs, desk):
    """Another opening for half of the readers: the first paragraphs in another order, one of them
    shortened, a teaser on top."""
    head, rest = list(paragraphs[:4]), list(paragraphs[4:])
    desk.rng.shuffle(head)
    head[0] = sentences(head[0])[0]
    teaser = reworded(sentences(paragraphs[0])[0], desk, 0.5)
    return [teaser, *head, *rest]


def half_paraphrased(paragraphs, desk):
    """Every second sentence rewritten by a machine: its words replaced, its parts turned round."""
    parts = [
        turned(reworded(part, desk, 0.55), desk) if at % 2 else part
        for at, part in enumerate(_all_sentences(paragraphs))
    ]
    return _as_paragraphs(parts, desk)


def strongly_reworded(paragraphs, desk):
    """An agency's text of which a desk makes its own: a third of the sentences cut, neighbours
    swapped, words all over replaced, a lead of its own."""
    kept = [part for part in _all_sentences(paragraphs) if desk.rng.random() > 0.33]
    kept = kept or _all_sentences(paragraphs)
    for at in range(len(kept) - 1):
        if desk.rng.random() < 0.4:
            kept[at], kept[at + 1] = kept[at + 1], kept[at]
    share = desk.rng.uniform(0.1, 0.25)
    body = _as_paragraphs([reworded(part, desk, share) for part in kept], desk)
    return [*desk.writer.paragraphs(desk.rng, desk.rng.choice((0, 0, 1))), *body]


def misread_heavily(paragraphs, desk):
    """A scan of a bad print: one letter in ten to sixteen taken for another."""
    return edits.misread(paragraphs, desk.rng, desk.rng.uniform(0.10, 0.18))


# Families that come before the original.
EARLIER = frozenset({"first_take"})
# family → what it does, and whether the outlet of the version before does it, within hours.
FAMILIES = {
    "cut_to_fit": (cut_to_fit, False),
    "new_top": (new_top, False),
    "localised": (localised, False),
    "updated": (updated, True),
    "rewritten_later": (rewritten_later, True),
    "first_take": (first_take, True),
    "homepage_test": (homepage_test, True),
    "half_paraphrased": (half_paraphrased, False),
    "strongly_reworded": (strongly_reworded, False),
    "misread_heavily": (misread_heavily, False),
    "own_new_top": (new_top, True),
}
