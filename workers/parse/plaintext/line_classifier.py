"""What each line of a flattened page is, as far as it tells by itself."""

import re
from enum import StrEnum

from msgspec import Struct

from workers.parse.fields import people
from workers.parse.fields.language import script_of
from workers.parse.plaintext import captions
from workers.parse.plaintext.captions import CaptionLine
from workers.parse.plaintext.lines import Line
from workers.parse.text import date_parsing, lexicon, phrases


class LineKind(StrEnum):
    """Values are the reasons that an operator reads where a line was dropped."""

    PROSE = "prose"
    SHORT = "beside the story"
    ITEM = "item"
    PICTURE = "caption"
    CREDIT = "credit"
    BLURB = "blurb of the outlet"
    PROMPT = "prompt"
    ADVERT = "advertisement"
    SHARE = "share bar"
    RIGHTS = "rights notice"
    COMMENTS = "comments"
    LIST = "after the story"
    MORE = "teaser"
    BYLINE = "byline"
    DATED = "date line"
    TAGS = "tags"
    LABEL = "widget label"
    CRUMBS = "navigation"
    ASIDE = "beside the text"


class ClassifiedLine(Struct, frozen=True):
    """A line, judged."""

    line: Line
    kind: LineKind
    picture: CaptionLine | None = None

    @property
    def text(self) -> str:
        return self.line.text


_TERMINAL = ".!?…。！？؟।։:"
_CLOSING = "\"'”’»“)]*"
_LONG_WORDS = 25
_LONG_CHARS = 150
_SHORT_WORDS = 10
_FEW = 4
_LINE_WORDS = 14
_NOTICE_WORDS = 45
_BLURB_WORDS = 3
CRUMB = re.compile(r"\s+[>›»/|•·]\s+|[>›»]")
_COUNT = re.compile(r"^\(?\d+\)?\s+")
_NUMBER = re.compile(r"\W*\d[\d\s.,:]*\W*")


def classify(lines: list[Line]) -> list[ClassifiedLine]:
    """Each line with its kind."""
    script = script_of(" ".join(line.text for line in lines if is_prose(line.text)))
    return [_judged(line, script) for line in lines]


def is_prose(text: str) -> bool:
    """True for a sentence, or for more words than a headline has."""
    words = len(text.split())
    if words >= _LONG_WORDS or len(text) >= _LONG_CHARS:
        return True
    end = text.rstrip(_CLOSING)[-1:]
    if not end or end not in _TERMINAL or (words < 2 and len(text) < 2 * _FEW):  # noqa: PLR2004
        return False
    is_question = end in "?!" and text[:1].isalnum() and text[-1:] in "?!"
    return not (is_question and words <= _SHORT_WORDS) and (end != ":" or words > 1)


def _judged(line: Line, script: str) -> ClassifiedLine:
    is_heading = line.mark in ("title", "heading")
    picture = None if is_heading or line.mark in ("field", "item") else captions.read(line)
    if picture:
        return ClassifiedLine(
            line, LineKind.PICTURE if picture.caption else LineKind.CREDIT, picture
        )
    if line.mark == "field":
        return ClassifiedLine(line, LineKind.CRUMBS)
    kind = _of_words(line.text) or (LineKind.SHORT if is_heading else _of_shape(line, script))
    return ClassifiedLine(line, kind)


def _of_shape(line: Line, script: str) -> LineKind:
    if line.mark == "item":
        return LineKind.ITEM
    if is_prose(line.text):
        return LineKind.PROSE
    if len(CRUMB.findall(line.text)) > 1 or _NUMBER.fullmatch(line.text):
        return LineKind.CRUMBS
    return LineKind.LABEL if _is_foreign(line.text, script) else LineKind.SHORT


def _is_foreign(text: str, script: str) -> bool:
    """True for a short line in another script than the story's: a label that came through
    untranslated."""
    own = script_of(text)
    is_other = own not in ("", "LATIN", script) and script not in ("", "CJK", "HIRAGANA")
    return is_other and len(text.split()) < _LINE_WORDS


def _of_words(text: str) -> LineKind | None:
    """The kind that the words of a line give away."""
    low = text.lower().strip(" .:→»>")
    words = low.split()
    if low in lexicon.phrases("flattened", "labels"):
        return LineKind.LABEL
    if found := _of_lead_in(text, low, len(words)):
        return found
    if _is_notice(text, low, words):
        return LineKind.PROMPT
    if len(words) < 2 * _LINE_WORDS and _hits(words, "flattened", "blurb") >= _BLURB_WORDS:
        return LineKind.BLURB
    return _of_phrases(text, words, phrases.flags_of(text))


def _of_lead_in(text: str, low: str, words: int) -> LineKind | None:
    """What other people's texts begin under: comments, lists of other stories."""
    if _begins(_COUNT.sub("", low), "comments") and words < _SHORT_WORDS and not text.endswith("."):
        return LineKind.COMMENTS
    return (
        LineKind.LIST if _begins(low, "lists") and words < _FEW + 2 and not is_prose(text) else None
    )


def _hits(words: list[str], name: str, key: str) -> int:
    """How many different words are in a list."""
    return len(lexicon.words(name, key).intersection(word.strip(".,:;!?()…") for word in words))


def _is_notice(text: str, low: str, words: list[str]) -> bool:
    """True for an invitation or a notice: by its first words, and by words that stories lack."""
    if len(words) > _NOTICE_WORDS:
        return False
    if _begins(low, "notices"):
        return True
    if not phrases.flags_of(text) & phrases.PROMPT:
        return False
    hits = _hits(words, "vocabulary", "prompt")
    return hits > 1 or (not is_prose(text) and len(words) < _SHORT_WORDS)


def _of_phrases(text: str, words: list[str], flags: int) -> LineKind | None:
    short = not is_prose(text)
    few = len(words) <= _FEW
    found = (
        (LineKind.RIGHTS, flags & phrases.RIGHTS and short),
        (
            LineKind.MORE,
            flags & phrases.MORE and (":" in text or short) and len(words) < _LONG_WORDS,
        ),
        (LineKind.ADVERT, flags & phrases.ADVERT and few),
        (LineKind.SHARE, flags & phrases.SHARE and few),
        (LineKind.TAGS, flags & phrases.TAGS and short and (":" in text or few)),
        (LineKind.DATED, is_dated(text, words, flags)),
        (LineKind.BYLINE, len(words) <= _LINE_WORDS and byline_in(text)),
    )
    return next((kind for kind, holds in found if holds), None)


def is_dated(text: str, words: list[str], flags: int) -> bool:
    """True for a line that says when and little else."""
    if len(words) > 2 * _LINE_WORDS or not any(c.isdigit() for c in text):
        return False
    if flags & phrases.DATED:
        return not is_prose(text)
    if date_parsing.find_date(text) is None:
        return False
    letters = sum(len(word) for word in words if word.isalpha() and len(word) > _FEW)
    return letters < 0.5 * len(text) and len(words) <= _LINE_WORDS - _FEW


def byline_in(text: str) -> tuple[str, ...]:
    """The names in a line that begins with "By" or its like."""
    part = re.split(r"\s[|•·–—]\s|\s\d", text)[0]
    low = part.lower()
    for prefix in people.PREFIXES:
        rest = part[len(prefix) :]
        if low.startswith(prefix) and rest[:1] in " :" and rest.strip(" :")[:1].isupper():
            return people.find([part], set())
    return ()


def _begins(low: str, key: str) -> bool:
    for phrase in lexicon.phrases("flattened", key):
        if low.startswith(phrase) and not low[len(phrase) : len(phrase) + 1].isalpha():
            return True
    return False
