"""Where in a flattened page its main text is: the stretch of lines with most sentences and least
between them."""

from workers.parse.plaintext.line_classifier import Kind, Seen

# What a line takes from the stretch it stands in; tuned on real pages without their markup.
_COSTS = {
    Kind.PICTURE: 2.0,
    Kind.CREDIT: 2.0,
    Kind.ITEM: 2.0,
    Kind.ADVERT: 2.0,
    Kind.MORE: 4.0,
    Kind.COMMENTS: 40.0,
    Kind.LIST: 30.0,
}
_COST = 11.0
_COST_OF_A_TEASER = 4.0
_LEADS = frozenset((Kind.PICTURE, Kind.MORE))
_MOST_WORDS = 60
_LETTERS_OF_A_WORD = 2
_KEPT_ABOVE = 12


def worth(seen: Seen, under: Kind | None = None) -> float:
    """Words of a sentence, up to a bound; below zero for all else. `under` is the kind of the
    picture or lead-in right above, whose teaser a short line may be."""
    if seen.kind is Kind.SHORT and (under in _LEADS or seen.line.mark == "heading"):
        return -_COST_OF_A_TEASER
    if seen.kind is not Kind.PROSE:
        return -_COSTS.get(seen.kind, _COST)
    words = len(seen.text.split())
    if seen.text[:1] >= "\u0e00" or words * 30 < len(seen.text):
        words = len(seen.text) // _LETTERS_OF_A_WORD
    return float(min(words, _MOST_WORDS))


def find(page: list[Seen]) -> tuple[int, int]:
    """Orders of its first and last line; (0, -1) where there is no sentence."""
    best, found = 0.0, (0, -1)
    total, start = 0.0, 0
    under: Kind | None = None
    for at, seen in enumerate(page):
        total += worth(seen, under)
        under = seen.kind if seen.kind is not Kind.SHORT else under
        if total <= 0:
            total, start = 0.0, at + 1
        elif total > best:
            best, found = total, (start, at)
    return found


def set_apart(page: list[Seen], first: int, last: int) -> list[Seen]:
    """The page with the sentences that are not of the stretch told so; a few lines above it may
    still be headline and subtitle."""
    return [
        Seen(seen.line, Kind.ASIDE)
        if seen.kind is Kind.PROSE and not first - _KEPT_ABOVE <= at <= last
        else seen
        for at, seen in enumerate(page)
    ]
