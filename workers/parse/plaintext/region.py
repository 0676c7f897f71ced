"""Where in a flattened page its main text is: the stretch of lines with most sentences and least
between them."""

from workers.parse.plaintext.line_classifier import ClassifiedLine, LineKind

# What a line takes from the stretch it stands in; tuned on real pages without their markup.
_COSTS = {
    LineKind.PICTURE: 2.0,
    LineKind.CREDIT: 2.0,
    LineKind.ITEM: 2.0,
    LineKind.ADVERT: 2.0,
    LineKind.MORE: 4.0,
    LineKind.COMMENTS: 40.0,
    LineKind.LIST: 30.0,
}
_COST = 11.0
_COST_OF_A_TEASER = 4.0
_LEADS = frozenset((LineKind.PICTURE, LineKind.MORE))
_MOST_WORDS = 60
_LETTERS_OF_A_WORD = 2
_KEPT_ABOVE = 12


def worth(seen: ClassifiedLine, under: LineKind | None = None) -> float:
    """Words of a sentence, up to a bound; below zero for all else. `under` is the kind of the
    picture or lead-in right above, whose teaser a short line may be."""
    if seen.kind is LineKind.SHORT and (under in _LEADS or seen.line.mark == "heading"):
        return -_COST_OF_A_TEASER
    if seen.kind is not LineKind.PROSE:
        return -_COSTS.get(seen.kind, _COST)
    words = len(seen.text.split())
    if seen.text[:1] >= "\u0e00" or words * 30 < len(seen.text):
        words = len(seen.text) // _LETTERS_OF_A_WORD
    return float(min(words, _MOST_WORDS))


def find(page: list[ClassifiedLine]) -> tuple[int, int]:
    """Orders of its first and last line; (0, -1) where there is no sentence."""
    best, found = 0.0, (0, -1)
    total, start = 0.0, 0
    under: LineKind | None = None
    for at, seen in enumerate(page):
        total += worth(seen, under)
        under = seen.kind if seen.kind is not LineKind.SHORT else under
        if total <= 0:
            total, start = 0.0, at + 1
        elif total > best:
            best, found = total, (start, at)
    return found


def set_apart(page: list[ClassifiedLine], first: int, last: int) -> list[ClassifiedLine]:
    """The page with the sentences that are not of the stretch told so; a few lines above it may
    still be headline and subtitle."""
    return [
        ClassifiedLine(seen.line, LineKind.ASIDE)
        if seen.kind is LineKind.PROSE and not first - _KEPT_ABOVE <= at <= last
        else seen
        for at, seen in enumerate(page)
    ]
