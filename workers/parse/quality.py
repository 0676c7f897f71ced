"""How well an outlet's recent pages are read, and what got worse: for `presswire outlet check`."""

from statistics import median

from msgspec import Struct, structs

from workers.parse.fields.extraction_result import ExtractionResult

FIELDS = (
    "title subtitle authors published modified section tags language site_name canonical_url "
    "images blocks"
).split()
_FALL = 0.25
_FEWEST = 5
_SHRUNK = 0.5


class Coverage(Struct, frozen=True):
    """`fields`: the part (0..1) of the pages on which each field was read; `words`: the median
    length of their texts; `origins`: usual origin of each field."""

    pages: int
    fields: dict[str, float]
    words: float
    origins: dict[str, str]


def coverage(readings: list[ExtractionResult]) -> Coverage:
    """Of a list of readings; all zero for an empty list."""
    articles = [structs.asdict(reading.article) for reading in readings]
    pages = len(readings)
    fields = {
        name: sum(article[name] not in (None, "", ()) for article in articles) / (pages or 1)
        for name in FIELDS
    }
    words = median(len(reading.article.body.split()) for reading in readings) if readings else 0.0
    return Coverage(pages, fields, float(words), _usual_origins(readings))


def _usual_origins(readings: list[ExtractionResult]) -> dict[str, str]:
    counts: dict[str, dict[str, int]] = {}
    for reading in readings:
        for name, origin in reading.origins.items():
            of_name = counts.setdefault(name, {})
            of_name[origin] = of_name.get(origin, 0) + 1
    return {name: max(of_name, key=of_name.__getitem__) for name, of_name in counts.items()}


def drift(before: Coverage, now: Coverage) -> tuple[str, ...]:
    """What changed for the worse between two lots of pages, a sentence each; nothing is said of
    lots that are too small to tell."""
    if before.pages < _FEWEST or now.pages < _FEWEST:
        return ()
    found = [
        f"{name} was read on {share:.0%} of the pages, now on {now.fields[name]:.0%}"
        for name, share in before.fields.items()
        if share - now.fields[name] > _FALL
    ]
    if now.words < _SHRUNK * before.words:
        found.append(f"texts had {before.words:.0f} words, now {now.words:.0f}")
    found += [
        f"{name} came from {origin}, now from {now.origins[name]}"
        for name, origin in before.origins.items()
        if name in now.origins and now.origins[name] != origin and name in ("title", "published")
    ]
    return tuple(found)
