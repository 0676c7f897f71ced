"""What looks like a version of a story and is none: each gives texts that belong to no one else."""

import traps
from desks import sentences

OBITUARY = (
    "{name} {name2}, {a}, of {city}, passed away peacefully on {day}, surrounded by family. Born "
    "in {city2} on March {b}, 19{c}, the deceased worked for {d} years at {co} and was a member of "
    "the {team} club.\n\nSurvivors include {e} children, {f} grandchildren and a sister, {name3}. "
    "Visitation will be from {g} to {h} p.m. on {day2} at the chapel of {name4} and Sons, with the "
    "funeral at {i}:{j} a.m. on the day after. In lieu of flowers the family asks for gifts to the "
    "hospice of {city}. Condolences may be left in the online guest book."
)
REGIONAL_WEATHER = (
    "Here is the forecast for {city} and its surroundings for {day}. It will be {sky} in the "
    "north, with {a} to {b} degrees, and {sky2} in the south, with {c} to {d} degrees. Winds come "
    "from the {wind}.\n\nOn {day2} it turns {sky3}. Expect highs of {e} and lows of {f} degrees. "
    "Rain adds up to {g} millimetres by the evening.\n\nAt sea: {wind2} {h} to {i} knots, waves of "
    "{j} decimetres. Pollen: little of birch and much of grass. The next forecast appears at {k}."
)
TEMPLATES = (*traps.TEMPLATES, OBITUARY, REGIONAL_WEATHER)


def filled(template, rng, writer):
    return traps.filled(template, rng, writer).split("\n\n")


def follow_up(first, other, rng):
    """A new report of days later with one to three paragraphs of the first one as background."""
    told = rng.sample(list(first), min(len(first) // 3, rng.choice((1, 2, 3))))
    return [*other, *told]


def sidebar(first, other, rng):
    """Another piece of the same day and outlet on the same event, with a sentence or two of the
    first one."""
    known = [part for paragraph in first for part in sentences(paragraph)]
    told = rng.sample(known, min(len(known) // 8, 2))
    at = rng.randrange(1, len(other) + 1)
    return [*other[:at], *told, *other[at:]]


def halves(paragraphs):
    """Two texts of one event and author that have no sentence in common: every second sentence of a
    report each."""
    known = [part for paragraph in paragraphs for part in sentences(paragraph)]
    return known[::2], known[1::2]
