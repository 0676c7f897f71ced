"""Finds the headline of the story among the lines before the text."""

import re

from msgspec import Struct

from workers.parse.fields import headings, title
from workers.parse.plaintext.line_classifier import ClassifiedLine, LineKind

_MIN_WORDS, _USUAL_WORDS, _MAX_WORDS = 3, 5, 30
_MAX_CHARS = 300
_MAX_DISTANCE_LINES = 60
_MAX_SENTENCES_ABOVE = 3
_STEM_LETTERS = 5
_MIN_STEM_WORD_LETTERS = 4  # not "the" and "von"
_PENALTY_PER_LINE = 0.02
_SENTENCE_OVERLAP = 0.5
_WORD = re.compile(r"[^\W\d_]+")
_SEPARATOR = re.compile(r"\s+[|\-–—·•:]{1,2}\s+")
_FOLLOWING_KINDS = frozenset(
    (
        LineKind.CREDIT,
        LineKind.CAPTION,
        LineKind.BYLINE,
        LineKind.DATE_LINE,
        LineKind.SHARE_BAR,
        LineKind.PROSE,
    )
)


class Headline(Struct, frozen=True):
    """`index` is the index of its line, `site` the outlet's name beside it; empty if there is
    none."""

    text: str
    index: int
    site: str = ""


def find_headline(lines: list[ClassifiedLine], text_start: int = 0) -> Headline | None:
    """Return the line that looks most like the headline of the text, or None if none does.

    The text begins at the index `text_start`.
    """
    prose = (line for line in lines if line.kind is LineKind.PROSE)
    body_stems = set().union(*(_stems(line.text) for line in prose))
    first = max(0, text_start - _MAX_DISTANCE_LINES)
    scored = [
        (
            _score(lines, index, body_stems) - _PENALTY_PER_LINE * max(0, text_start - index),
            -index,
        )
        for index in range(first, min(len(lines), _search_end(lines, text_start)))
        if _is_candidate(lines[index])
    ]
    if not scored:
        return None
    index = -max(scored)[1]
    text, site = _split_site(lines, index)
    if not site:
        sites = (_site_after(line.text, text) for line in lines[:_MAX_DISTANCE_LINES])
        site = next((name for name in sites if name), "")
    return Headline(text, index, site)


def _search_end(lines: list[ClassifiedLine], text_start: int) -> int:
    """Return the index after the third sentence of the text: no headline comes later."""
    prose = [
        index for index in range(text_start, len(lines)) if lines[index].kind is LineKind.PROSE
    ]
    return prose[min(len(prose), _MAX_SENTENCES_ABOVE) - 1] + 1 if prose else 0


def _is_candidate(line: ClassifiedLine) -> bool:
    if line.mark in ("title", "heading"):
        return line.kind in (LineKind.SHORT_LINE, LineKind.PROSE)
    words = len(line.text.split())
    if len(line.text) > _MAX_CHARS or words > _MAX_WORDS:
        return False
    return line.kind in (LineKind.SHORT_LINE, LineKind.PROSE, LineKind.BREADCRUMBS) and any(
        map(str.isalpha, line.text)
    )


def _score(lines: list[ClassifiedLine], index: int, body_stems: set[str]) -> float:
    text, site = _split_site(lines, index)
    line = lines[index]
    words = len(text.split())
    score = {"title": 4.0, "heading": 1.0}.get(line.mark, 0.0)
    score += 1.5 if site else 0.0
    score += 1.0 if line.source.is_apart else 0.0
    score += 3.0 * _body_overlap(line, text, body_stems)
    score -= 1.5 if line.kind is LineKind.PROSE else 0.0
    score -= 1.0 if line.kind is LineKind.BREADCRUMBS else 0.0
    score += 1.0 if words >= _USUAL_WORDS else 0.0 if words >= _MIN_WORDS else -1.5
    following = next((other.kind for other in lines[index + 1 :] if other.text != text), None)
    score += 1.0 if following in _FOLLOWING_KINDS else 0.0
    above = lines[max(0, index - _MAX_DISTANCE_LINES) : index]
    score -= 2.0 * sum(other.kind is LineKind.PROSE for other in above)
    return score


def _body_overlap(line: ClassifiedLine, text: str, body_stems: set[str]) -> float:
    """Return the share (0..1) of the headline's stems that occur in the text."""
    own = _stems(text)
    if not own or line.kind is LineKind.PROSE:
        return _SENTENCE_OVERLAP if own else 0.0
    return len(own & body_stems) / len(own)


def _stems(text: str) -> set[str]:
    """Return the first letters of longer words; pairs of letters in scripts without spaces."""
    stems: set[str] = set()
    for word in _WORD.findall(text.lower()):
        if word[0] >= "\u3040":
            stems.update(word[start : start + 2] for start in range(len(word) - 1))
        elif len(word) >= _MIN_STEM_WORD_LETTERS:
            stems.add(word[:_STEM_LETTERS])
    return stems


def _split_site(lines: list[ClassifiedLine], index: int) -> tuple[str, str]:
    """Return the headline at `index` without the outlet's name, and that name (may be empty)."""
    text = lines[index].text
    separators = list(_SEPARATOR.finditer(text))
    others = {
        headings.normalize(line.text)
        for number, line in enumerate(lines[:_MAX_DISTANCE_LINES])
        if number != index
    }
    for separator in reversed(separators):
        before, after = text[: separator.start()].strip(), text[separator.end() :].strip()
        if headings.normalize(before) in others and before:
            return before, after
    sites = {
        headings.normalize(line.picture.site)
        for line in lines
        if line.picture and line.picture.site
    }
    bare = title.strip_site(text, sites, set()) if sites else text
    return bare, ""


def _site_after(text: str, headline: str) -> str:
    """Return the outlet's name in a line "Headline | Outlet"; empty for other lines."""
    rest = text.removeprefix(headline)
    match = _SEPARATOR.match(rest) if rest != text else None
    return rest[match.end() :].strip() if match else ""
