"""Measures how well an outlet's pages are read, and what got worse: `presswire outlet check`."""

from statistics import median

from msgspec import Struct, structs

from workers.parse.fields.extraction_result import ExtractionResult

FIELDS = (
    "title subtitle authors published modified section tags language site_name canonical_url "
    "images blocks"
).split()
_MIN_PAGES = 5
_MAX_COVERAGE_LOSS = 0.25
_MIN_LENGTH_RATIO = 0.5


class Coverage(Struct, frozen=True):
    """How well some pages are read.

    `fields`: the share (0..1) of the pages on which each field was read; `words`: the median
    length of their texts; `origins`: the usual origin of each field.
    """

    pages: int
    fields: dict[str, float]
    words: float
    origins: dict[str, str]


def measure_coverage(results: list[ExtractionResult]) -> Coverage:
    """Return the coverage of some results; all zero for an empty list."""
    articles = [structs.asdict(result.article) for result in results]
    pages = len(results)
    fields = {
        name: sum(article[name] not in (None, "", ()) for article in articles) / (pages or 1)
        for name in FIELDS
    }
    words = median(len(result.article.body.split()) for result in results) if results else 0.0
    return Coverage(pages, fields, float(words), _usual_origins(results))


def _usual_origins(results: list[ExtractionResult]) -> dict[str, str]:
    counts: dict[str, dict[str, int]] = {}
    for result in results:
        for name, origin in result.origins.items():
            of_field = counts.setdefault(name, {})
            of_field[origin] = of_field.get(origin, 0) + 1
    return {name: max(of_field, key=of_field.__getitem__) for name, of_field in counts.items()}


def describe_drift(before: Coverage, now: Coverage) -> tuple[str, ...]:
    """Return a sentence for each thing that got worse; none where there are too few pages."""
    if before.pages < _MIN_PAGES or now.pages < _MIN_PAGES:
        return ()
    sentences = [
        f"{name} was read on {share:.0%} of the pages, now on {now.fields[name]:.0%}"
        for name, share in before.fields.items()
        if share - now.fields[name] > _MAX_COVERAGE_LOSS
    ]
    if now.words < _MIN_LENGTH_RATIO * before.words:
        sentences.append(f"texts had {before.words:.0f} words, now {now.words:.0f}")
    sentences += [
        f"{name} came from {origin}, now from {now.origins[name]}"
        for name, origin in before.origins.items()
        if name in now.origins and now.origins[name] != origin and name in ("title", "published")
    ]
    return tuple(sentences)
