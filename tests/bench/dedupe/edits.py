"""What outlets do to an agency's text: each edit takes paragraphs and gives paragraphs."""

import itertools
import random
import re

CITIES = "BERLIN LONDON PARIS MADRID ROME NAIROBI TORONTO SYDNEY TOKYO BOGOTA OSLO LAGOS".split()
AGENCIES = ("Reuters", "AP", "AFP", "dpa", "EFE", "ANSA", "Staff and agencies", "")
HOUSE_STYLE = (
    (r"\bper cent\b|\bpercent\b", "%"),
    (r" %", " percent"),
    (r"\bUnited States\b", "U.S."),
    (r"\bNovember\b", "Nov."),
    (r"\bDecember\b", "Dec."),
    (r"\bsaid\b", "told reporters"),
    (r"\bMr\.? ", ""),
    (r"(\w)ise\b", r"\1ize"),
    (r"(\w)our\b", r"\1or"),
    (r"\btwo\b", "2"),
    (r"\bthree\b", "3"),
    (r"\bmillion\b", "mn"),
    (r"\be-mail\b", "email"),
)
QUOTES = str.maketrans({"“": '"', "”": '"', "’": "'", "‘": "'", "–": "-", "—": "-", "…": "..."})
CURLY = str.maketrans({'"': "”", "'": "’"})
MISREAD = dict(zip("eaoilmnrcust015", "caoflwurenstOlS", strict=True))
# How often a written word is one that follows the last in a real text: more often, and rare
# words pull whole sentences in.
FOLLOWING = 0.6
_PIECE = re.compile(r"\S+")


def cut(paragraphs, share):
    """The first part of the text, ending with a sentence or a paragraph where one is near."""
    text = "\n\n".join(paragraphs)
    length = int(len(text) * share)
    ends = [m.end() for m in re.finditer(r"[.!?。！？]['\"”]?(?=\s|$)|[。！？]|\n\n", text)]
    near = [end for end in ends if length <= end <= length * 1.25]
    return text[: near[0] if near else length].split("\n\n")


def dateline(paragraphs, rng):
    city, agency = rng.choice(CITIES), rng.choice(AGENCIES)
    opening = rng.choice((f"{city} ({agency}) — ", f"{city}, Nov 3 - ", f"By {agency}\n\n", ""))
    closing = [f"({agency})"] if rng.random() < 0.3 else []
    return [opening + paragraphs[0], *paragraphs[1:], *closing]


def new_lead(paragraphs, rng, writer):
    """One or two paragraphs of the outlet's own in place of the first one, or before it."""
    own = writer.paragraphs(rng, rng.choice((1, 2)))
    return [*own, *paragraphs[rng.choice((0, 1)) if len(paragraphs) > 3 else 0 :]]


def embedded(paragraphs, rng, writer, times):
    """The text inside a piece of `times` its length."""
    length = sum(map(len, paragraphs)) * (times - 1)
    own = []
    while sum(map(len, own)) < length:
        own.append(writer.paragraph(rng))
    at = rng.randrange(len(own) + 1)
    return [*own[:at], *paragraphs, *own[at:]]


def reordered(paragraphs, rng):
    moved = list(paragraphs)
    for _ in range(max(1, len(moved) // 3)):
        moved.insert(rng.randrange(len(moved)), moved.pop(rng.randrange(len(moved))))
    return moved


def inserted(paragraphs, rng, writer):
    mixed = list(paragraphs)
    for own in writer.paragraphs(rng, max(1, len(mixed) // 4)):
        mixed.insert(rng.randrange(1, len(mixed) + 1), own)
    return mixed


def without_some(paragraphs, rng):
    """Paragraphs taken out here and there."""
    kept = [p for p in paragraphs if rng.random() > 0.3]
    return kept or list(paragraphs)


def word_edits(paragraphs, rng, share, vocabulary, is_unspaced=False):
    """`share` of the words replaced, dropped, doubled with another, or swapped."""
    return [_edited(p, rng, share, vocabulary, is_unspaced) for p in paragraphs]


def _edited(paragraph, rng, share, vocabulary, is_unspaced):
    pieces = (
        [paragraph[at : at + 2] for at in range(0, len(paragraph), 2)]
        if is_unspaced
        else paragraph.split(" ")
    )
    out = []
    for piece in pieces:
        if rng.random() >= share:
            out.append(piece)
            continue
        kind = rng.choice(("replace", "replace", "drop", "add", "swap"))
        if kind == "replace":
            out.append(rng.choice(vocabulary))
        elif kind == "add":
            out += [piece, rng.choice(vocabulary)]
        elif kind == "swap" and out:
            out.insert(len(out) - 1, piece)
    return ("" if is_unspaced else " ").join(out)


def house_style(paragraphs, rng):
    changes = [change for change in HOUSE_STYLE if rng.random() < 0.7]
    table = rng.choice((QUOTES, CURLY))
    out = []
    for paragraph in paragraphs:
        text = paragraph.translate(table)
        for pattern, instead in changes:
            text = re.sub(pattern, instead, text)
        out.append(text)
    return out


def typos(paragraphs, rng, share):
    def mistyped(match):
        word = match[0]
        if rng.random() >= share or len(word) < 4:
            return word
        at = rng.randrange(1, len(word) - 1)
        return rng.choice(
            (
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
            )
        )

    return [_PIECE.sub(mistyped, paragraph) for paragraph in paragraphs]


def misread(paragraphs, rng, share):
    """Letters taken for others, breaks lost or put into words."""

    def letter(char):
        return MISREAD.get(char, char) if rng.random() < share else char

    text = " ".join("".join(map(letter, p)) for p in paragraphs)
    return [re.sub(r" (?=\w)", lambda m: "" if rng.random() < share / 2 else m[0], text)]


class Writer:
    """Writes paragraphs that are in no other text, from the words that follow one another in
    `bodies`: an outlet's own text."""

    def __init__(self, bodies, is_unspaced=False):
        self.joint = "" if is_unspaced else " "
        self.after = {}
        for body in bodies:
            words = list(body.text) if is_unspaced else body.text.split()
            for one, two in itertools.pairwise(words):
                self.after.setdefault(one, []).append(two)
                self.after.setdefault(two, []).append(one)
        self.starts = sorted(self.after)

    def paragraph(self, rng):
        length = rng.randrange(25, 70) * (1 if self.joint else 2)
        words = [rng.choice(self.starts)]
        while len(words) < length:
            is_led = rng.random() < FOLLOWING
            words.append(rng.choice(self.after[words[-1]] if is_led else self.starts))
        return self.joint.join(words).strip() + "."

    def paragraphs(self, rng, count):
        return [self.paragraph(rng) for _ in range(count)]


def vocabulary_of(bodies, rng, count=3000):
    words = sorted({w for body in bodies for w in body.text.split() if 2 < len(w) < 12})
    return rng.sample(words, min(count, len(words)))


def seeded(*parts) -> random.Random:
    return random.Random("/".join(map(str, parts)))  # noqa: S311  a benchmark, no secret
