"""Stories in a made-up language: names, figures, a place, quotations, and words as rare as in life.

They need no data, so that a bench of desks runs anywhere. Two reports of one event can be written
from the same facts, which no set of real texts has in number.
"""

import itertools
from typing import NamedTuple

import edits
from bodies import Body

CONSONANTS, VOWELS = "bdfgklmnprstvz", "aeiou"
VOCABULARY, COMMON_WORDS = 6_000, 90
TOPICS, TOPIC_WORDS = 12, 120
MIN_PARAGRAPHS, MAX_PARAGRAPHS = 5, 14


class Facts(NamedTuple):
    """What happened, for any number of reports of it."""

    place: str
    names: tuple[str, ...]
    numbers: tuple[int, ...]
    topic: tuple[str, ...]
    quotes: tuple[str, ...]


class Language:
    """Words of a made-up language: few are met often, most are rare (Zipf's law)."""

    def __init__(self, seed):
        rng = edits.seeded("language", seed)
        self.words = list(dict.fromkeys(_word(rng, at) for at in range(VOCABULARY)))
        shares = [1 / (at + 8) for at in range(len(self.words))]
        self.weights = list(itertools.accumulate(shares))
        rare = self.words[COMMON_WORDS:]
        self.topics = [tuple(rng.sample(rare, TOPIC_WORDS)) for _ in range(TOPICS)]

    def sentence(self, rng, facts, facts_rate=0.16):
        """A sentence about `facts`, whose names, numbers and subject words come up in it."""
        words = rng.choices(self.words, cum_weights=self.weights, k=rng.randrange(8, 26))
        for at in range(1, len(words)):
            if rng.random() < facts_rate:
                words[at] = _fact(rng, facts)
            elif at % 8 == 0:
                words[at] += ","
        words[0] = words[0].capitalize()
        return " ".join(words) + "."

    def facts(self, rng):
        names = tuple(f"{_name(rng)} {_name(rng)}" for _ in range(rng.randrange(2, 6)))
        numbers = tuple(
            rng.randrange(2, rng.choice((30, 1000, 90_000))) for _ in range(rng.randrange(3, 10))
        )
        facts = Facts(_name(rng).upper(), names, numbers, rng.choice(self.topics), ())
        return facts._replace(quotes=tuple(self.sentence(rng, facts) for _ in range(3)))

    def report(self, rng, facts):
        """Return the paragraphs of one report of `facts`, in words of its own."""
        paragraphs = [
            " ".join(self.sentence(rng, facts) for _ in range(rng.randrange(2, 5)))
            for _ in range(rng.randrange(MIN_PARAGRAPHS, MAX_PARAGRAPHS))
        ]
        for quote in facts.quotes:
            at = rng.randrange(1, len(paragraphs))
            paragraphs[at] += f" “{quote}” {rng.choice(facts.names).split()[1]} {self.words[3]}."
        paragraphs[0] = f"{facts.place} - {paragraphs[0]}"
        return paragraphs


class Writer:
    """Writes an outlet's own paragraphs, in this language and about nothing else."""

    def __init__(self, language):
        self.language = language

    def paragraphs(self, rng, count):
        facts = self.language.facts(rng)
        return [
            " ".join(self.language.sentence(rng, facts) for _ in range(rng.randrange(2, 5)))
            for _ in range(count)
        ]

    def paragraph(self, rng):
        return self.paragraphs(rng, 1)[0]


def stories(seed, count, language):
    """Return `count` stories as (body, facts)."""
    rng = edits.seeded("stories", seed)
    made = []
    for at in range(count):
        facts = language.facts(rng)
        paragraphs = tuple(language.report(rng, facts))
        made.append((Body(f"made{seed}-{at}", paragraphs[0][:60], paragraphs, False), facts))
    return made


def _word(rng, at):
    syllables = 1 if at < COMMON_WORDS else rng.choice((2, 2, 3, 3, 4))
    return "".join(rng.choice(CONSONANTS) + rng.choice(VOWELS) for _ in range(syllables)) + (
        rng.choice(("", "n", "s", "r", "t")) if at >= COMMON_WORDS else ""
    )


def _name(rng):
    return _word(rng, COMMON_WORDS).capitalize()


def _fact(rng, facts):
    kind = rng.random()
    if kind < 0.25:
        return rng.choice(facts.names).split()[-1]
    if kind < 0.35:
        return str(rng.choice(facts.numbers))
    return rng.choice(facts.topic)
