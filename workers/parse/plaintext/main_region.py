"""Finds the main text of a flattened page: the lines with the most sentences and the least between
them."""

from workers.parse.plaintext.line_classifier import ClassifiedLine, LineKind

# What a line subtracts from the score of the region around it; tuned on real pages that were
# stripped of their markup.
_PENALTIES = {
    LineKind.CAPTION: 2.0,
    LineKind.CREDIT: 2.0,
    LineKind.LIST_ITEM: 2.0,
    LineKind.ADVERT: 2.0,
    LineKind.READ_MORE: 4.0,
    LineKind.COMMENTS: 40.0,
    LineKind.STORY_LIST: 30.0,
}
_DEFAULT_PENALTY = 11.0
_TEASER_PENALTY = 4.0
_TEASER_LEADS = frozenset((LineKind.CAPTION, LineKind.READ_MORE))
_MAX_WORDS = 60
# Scripts without spaces between words: a word has about two letters, and no run of 30.
_LETTERS_PER_WORD = 2
_MAX_WORD_LETTERS = 30
_LINES_ABOVE = 12


def score_line(line: ClassifiedLine, lead: LineKind | None = None) -> float:
    """Return the number of words of a sentence, at most 60; a negative number for other lines.

    `lead` is the kind of the caption or lead-in above: a short line below it may be its teaser.
    """
    if line.kind is LineKind.SHORT_LINE and (lead in _TEASER_LEADS or line.mark == "heading"):
        return -_TEASER_PENALTY
    if line.kind is not LineKind.PROSE:
        return -_PENALTIES.get(line.kind, _DEFAULT_PENALTY)
    words = len(line.text.split())
    if line.text[:1] >= "\u0e00" or words * _MAX_WORD_LETTERS < len(line.text):
        words = len(line.text) // _LETTERS_PER_WORD
    return float(min(words, _MAX_WORDS))


def find_main_region(lines: list[ClassifiedLine]) -> tuple[int, int]:
    """Return the indices of its first and last line; (0, -1) if there is no sentence."""
    best_score, best = 0.0, (0, -1)
    score, start = 0.0, 0
    lead: LineKind | None = None
    for index, line in enumerate(lines):
        score += score_line(line, lead)
        lead = line.kind if line.kind is not LineKind.SHORT_LINE else lead
        if score <= 0:
            score, start = 0.0, index + 1
        elif score > best_score:
            best_score, best = score, (start, index)
    return best


def mark_asides(lines: list[ClassifiedLine], first: int, last: int) -> list[ClassifiedLine]:
    """Return the lines with the sentences outside of the main region marked as asides.

    A few lines above the region keep their kind: they may be headline and subtitle.
    """
    return [
        ClassifiedLine(line.source, LineKind.ASIDE)
        if line.kind is LineKind.PROSE and not first - _LINES_ABOVE <= index <= last
        else line
        for index, line in enumerate(lines)
    ]
