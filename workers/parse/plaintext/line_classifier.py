"""Classifies each line of a flattened page by what it says itself."""

import re
from enum import StrEnum

from msgspec import Struct

from workers.parse.fields import people
from workers.parse.fields.language import detect_script
from workers.parse.plaintext import captions
from workers.parse.plaintext.captions import CaptionLine
from workers.parse.plaintext.line_splitter import Line, Mark
from workers.parse.text import date_parsing, lexicon, phrases


class LineKind(StrEnum):
    """What a line is; the values are the reasons that an operator reads where it was dropped."""

    PROSE = "prose"
    SHORT_LINE = "beside the story"
    LIST_ITEM = "item"
    CAPTION = "caption"
    CREDIT = "credit"
    BLURB = "blurb of the outlet"
    PROMPT = "prompt"
    ADVERT = "advertisement"
    SHARE_BAR = "share bar"
    RIGHTS_NOTICE = "rights notice"
    COMMENTS = "comments"
    STORY_LIST = "after the story"
    READ_MORE = "teaser"
    BYLINE = "byline"
    DATE_LINE = "date line"
    TAGS = "tags"
    WIDGET_LABEL = "widget label"
    BREADCRUMBS = "navigation"
    ASIDE = "beside the text"


class ClassifiedLine(Struct, frozen=True):
    """A line with its kind; captions and credits come with what they say of the picture."""

    source: Line
    kind: LineKind
    picture: CaptionLine | None = None

    @property
    def text(self) -> str:
        """The text without the mark."""
        return self.source.text

    @property
    def mark(self) -> Mark:
        """The mark before the text in the dump; empty if there was none."""
        return self.source.mark


BREADCRUMB_SEPARATOR = re.compile(r"\s+[>›»/|•·]\s+|[>›»]")
_SENTENCE_ENDS = ".!?…。！？؟।։:"
_CLOSING_MARKS = "\"'”’»“)]*"
_MIN_PROSE_WORDS = 25
_MIN_PROSE_CHARS = 150
_MIN_ONE_WORD_SENTENCE_CHARS = 8
_MAX_QUESTION_WORDS = 10
_MAX_HEADING_WORDS = 9
_MAX_PROMPT_WORDS = 9
_MAX_NOTICE_WORDS = 45
_MIN_BLURB_WORDS = 3
_MAX_BLURB_WORDS = 27
_MAX_STORY_LIST_WORDS = 5
_MAX_READ_MORE_WORDS = 24
_MAX_LABEL_WORDS = 4
_MAX_FOREIGN_WORDS = 13
_MAX_BYLINE_WORDS = 14
_MAX_DATE_LINE_WORDS = 28
_MAX_PLAIN_DATE_WORDS = 10
_MAX_UNIT_LETTERS = 4
_MAX_LETTER_SHARE = 0.5
_LEADING_COUNT = re.compile(r"^\(?\d+\)?\s+")
_NUMBER = re.compile(r"\W*\d[\d\s.,:]*\W*")


def classify(lines: list[Line]) -> list[ClassifiedLine]:
    """Return the lines in their order, each with its kind."""
    script = detect_script(" ".join(line.text for line in lines if is_prose(line.text)))
    return [_classify_line(line, script) for line in lines]


def is_prose(text: str) -> bool:
    """Return True for a sentence, and for any line with more words than a headline has."""
    words = len(text.split())
    if words >= _MIN_PROSE_WORDS or len(text) >= _MIN_PROSE_CHARS:
        return True
    end = text.rstrip(_CLOSING_MARKS)[-1:]
    if not end or end not in _SENTENCE_ENDS:
        return False
    if words <= 1 and len(text) < _MIN_ONE_WORD_SENTENCE_CHARS:
        return False
    is_question = end in "?!" and text[:1].isalnum() and text[-1:] in "?!"
    return not (is_question and words <= _MAX_QUESTION_WORDS) and (end != ":" or words > 1)


def _classify_line(line: Line, script: str) -> ClassifiedLine:
    is_heading = line.mark in ("title", "heading")
    has_caption = not is_heading and line.mark not in ("field", "item")
    picture = captions.parse_caption(line) if has_caption else None
    if picture:
        kind = LineKind.CAPTION if picture.caption else LineKind.CREDIT
        return ClassifiedLine(line, kind, picture)
    if line.mark == "field":
        return ClassifiedLine(line, LineKind.BREADCRUMBS)
    by_words = _classify_by_words(line.text)
    if by_words or is_heading:
        return ClassifiedLine(line, by_words or LineKind.SHORT_LINE)
    return ClassifiedLine(line, _classify_by_shape(line, script))


def _classify_by_shape(line: Line, script: str) -> LineKind:
    if line.mark == "item":
        return LineKind.LIST_ITEM
    if is_prose(line.text):
        return LineKind.PROSE
    if len(BREADCRUMB_SEPARATOR.findall(line.text)) > 1 or _NUMBER.fullmatch(line.text):
        return LineKind.BREADCRUMBS
    if _is_in_other_script(line.text, script):
        return LineKind.WIDGET_LABEL
    return LineKind.SHORT_LINE


def _is_in_other_script(text: str, script: str) -> bool:
    """Return True for a short line in another script than the story's: an untranslated label."""
    own = detect_script(text)
    is_other = own not in ("", "LATIN", script) and script not in ("", "CJK", "HIRAGANA")
    return is_other and len(text.split()) <= _MAX_FOREIGN_WORDS


def _classify_by_words(text: str) -> LineKind | None:
    lower = text.lower().strip(" .:→»>")
    words = lower.split()
    if lower in lexicon.phrases("flattened", "labels"):
        return LineKind.WIDGET_LABEL
    if kind := _classify_lead_in(text, lower, len(words)):
        return kind
    if _is_notice(text, lower, words):
        return LineKind.PROMPT
    blurb_words = _count_words_of(words, "flattened", "blurb")
    if len(words) <= _MAX_BLURB_WORDS and blurb_words >= _MIN_BLURB_WORDS:
        return LineKind.BLURB
    return _classify_by_phrases(text, words, phrases.flags_of(text))


def _classify_lead_in(text: str, lower: str, words: int) -> LineKind | None:
    """Return the kind of a heading over other people's texts: comments, lists of other stories."""
    without_count = _LEADING_COUNT.sub("", lower)
    if (
        _starts_with_any(without_count, "comments")
        and words <= _MAX_HEADING_WORDS
        and not text.endswith(".")
    ):
        return LineKind.COMMENTS
    is_list = (
        _starts_with_any(lower, "lists") and words <= _MAX_STORY_LIST_WORDS and not is_prose(text)
    )
    return LineKind.STORY_LIST if is_list else None


def _count_words_of(words: list[str], name: str, key: str) -> int:
    """Return how many different words are in a word list."""
    return len(lexicon.words(name, key).intersection(word.strip(".,:;!?()…") for word in words))


def _is_notice(text: str, lower: str, words: list[str]) -> bool:
    """Return True for an invitation or a notice: its first words say so, or it begins like one
    and has words that stories lack."""
    if len(words) > _MAX_NOTICE_WORDS:
        return False
    if _starts_with_any(lower, "notices"):
        return True
    if not phrases.flags_of(text) & phrases.PROMPT:
        return False
    prompt_words = _count_words_of(words, "vocabulary", "prompt")
    return prompt_words > 1 or (not is_prose(text) and len(words) <= _MAX_PROMPT_WORDS)


def _classify_by_phrases(text: str, words: list[str], flags: int) -> LineKind | None:
    is_short = not is_prose(text)
    is_label = len(words) <= _MAX_LABEL_WORDS
    has_colon = ":" in text
    is_read_more = (has_colon or is_short) and len(words) <= _MAX_READ_MORE_WORDS
    rules = (
        (LineKind.RIGHTS_NOTICE, flags & phrases.RIGHTS and is_short),
        (LineKind.READ_MORE, flags & phrases.MORE and is_read_more),
        (LineKind.ADVERT, flags & phrases.ADVERT and is_label),
        (LineKind.SHARE_BAR, flags & phrases.SHARE and is_label),
        (LineKind.TAGS, flags & phrases.TAGS and is_short and (has_colon or is_label)),
        (LineKind.DATE_LINE, is_date_line(text, words, flags)),
        (LineKind.BYLINE, len(words) <= _MAX_BYLINE_WORDS and find_byline_names(text)),
    )
    return next((kind for kind, applies in rules if applies), None)


def is_date_line(text: str, words: list[str], flags: int) -> bool:
    """Return True for a line that gives a date and little else; `flags` are its phrases'."""
    if len(words) > _MAX_DATE_LINE_WORDS or not any(char.isdigit() for char in text):
        return False
    if flags & phrases.DATED:
        return not is_prose(text)
    if date_parsing.find_date(text) is None:
        return False
    letters = sum(len(word) for word in words if word.isalpha() and len(word) > _MAX_UNIT_LETTERS)
    return letters < _MAX_LETTER_SHARE * len(text) and len(words) <= _MAX_PLAIN_DATE_WORDS


def find_byline_names(text: str) -> tuple[str, ...]:
    """Return the names in a line that begins with "By" or its like; empty for other lines."""
    part = re.split(r"\s[|•·–—]\s|\s\d", text)[0]
    lower = part.lower()
    for prefix in people.PREFIXES:
        rest = part[len(prefix) :]
        if lower.startswith(prefix) and rest[:1] in " :" and rest.strip(" :")[:1].isupper():
            return people.find_people([part], set())
    return ()


def _starts_with_any(lower: str, key: str) -> bool:
    """Return True if the text begins with a phrase of the list that ends where a word ends."""
    for phrase in lexicon.phrases("flattened", key):
        if lower.startswith(phrase) and not lower[len(phrase) : len(phrase) + 1].isalpha():
            return True
    return False
