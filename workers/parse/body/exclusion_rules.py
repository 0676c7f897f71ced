"""Rules for what is certainly not the story, with the reasons that an operator reads."""

import re
from typing import Final

from workers.parse.html import class_names
from workers.parse.html.tree import TextRun
from workers.parse.layout.ancestry import TAG_FLAGS, Ancestry
from workers.parse.layout.subtree_totals import HEADINGS
from workers.parse.layout.text_density import TextMeasure
from workers.parse.text import date_parsing, lexicon, phrases

_CREDIT_END: Final = re.compile(
    r"(?i)(?:getty|reuters|\bafp|\bap photo|\(ap\)|\bepa|\bdpa|imago|shutterstock|alamy|keystone|"
    r"picture[- ]alliance|wikimedia|unsplash|pixabay|istock|instagram|file photo|\bcourtesy|©|"
    r"\b(?:photos?(?: by)?|fotos?|bild(?:er)?|images?|credit|фото|kuva|zdj\w*|kép):)"
    r"[^.!?]{0,45}[.)\]]?$"
)
_CAPTION_PHRASE: Final = re.compile(
    r"(?i)\bfile photo\b|\(AP Photo|\(Photo by\b|\bpictured (?:left|right|above|here)\b|"
    r"\bin this (?:\w+ )?(?:file |handout )?(?:photo|image|picture)\b|"
    r", (?:left|right|center|centre),"
)
_DATE: Final = re.compile(
    r"\d{1,2}[./ -]\w{2,12}[./ -]+\d{2,4}|\w{3,10} \d{1,2},? \d{4}|\d{1,2} de \w+ de \d{4}|"
    r"\d{4}[./年-]\d{1,2}"
)
_BREADCRUMBS: Final = re.compile(r"^[^>»›]{2,30}(?:\s*[>»›]\s*[^>»›]{2,40}){2,}$")
_SENTENCE_GAP: Final = re.compile(r"(?<=[.?!])\s+")
_EXCLUDED_TAGS: Final = TAG_FLAGS["nav"] | TAG_FLAGS["footer"] | TAG_FLAGS["form"]
_FIGURE, _FIGCAPTION = TAG_FLAGS["figure"], TAG_FLAGS["figcaption"]
_CREDIT_TAIL_CHARS: Final = 70
_MAX_CREDIT_WORDS: Final = 60
_MAX_CAPTION_WORDS: Final = 69
_MAX_ADVERT_LABEL_WORDS: Final = 3
_MAX_ORNAMENT_CHARS: Final = 11
_MIN_LINK_SHARE: Final = 0.9
_MIN_TEASER_LINK_SHARE: Final = 0.5
_MAX_COOKIE_NOTICE_WORDS: Final = 150
_MIN_CONSENT_SENTENCE_WORDS: Final = 6
_MAX_INVITATION_WORDS: Final = 25
_MAX_PROMPT_WORDS: Final = 40
_MAX_DATE_WORDS: Final = 9
_MAX_DATE_LETTERS: Final = 15
_MAX_LINE_ABOVE_WORDS: Final = 12
_MIN_DATE_SHARE: Final = 0.25
# Similarity (Jaccard) of words above which a line repeats the headline.
_MIN_SIMILARITY: Final = 0.9
_MIN_HEADING_SIMILARITY: Final = 0.6
_MIN_PARTIAL_CHARS: Final = 16
_MIN_PARTIAL_WORDS: Final = 4
_ALL_RIGHTS: Final = lexicon.phrases("vocabulary", "all_rights")
_NOTICE_KEY_LETTERS: Final = 4
_DISCLAIMERS: Final = lexicon.group_by_prefix(
    lexicon.phrases("vocabulary", "disclaimers"), _NOTICE_KEY_LETTERS
)
_MAX_DISCLAIMER_WORDS: Final = 120
_MAX_DISCLAIMER_START: Final = 60
_LEADING_MARKS: Final = "*\"'“”„«([ "
_ARCHIVE_CAPTION: Final = ("FILE - ", "FILE – ", "FILE — ", "FILE PHOTO:")
_NOTICES: Final = lexicon.group_by_prefix(
    lexicon.phrases("flattened", "notices"), _NOTICE_KEY_LETTERS
)


def ends_in_credit(text: str, measure: TextMeasure) -> bool:
    """Return True for a line that ends in a photographer's or agency's credit."""
    if measure.words > _MAX_CREDIT_WORDS or (
        measure.is_sentence and text[-1] == "." and text[-2:-1] != ")"
    ):
        return False
    return _CREDIT_END.search(text[-_CREDIT_TAIL_CHARS:]) is not None


def reason_by_ancestry(ancestry: Ancestry, measure: TextMeasure, phrase_flags: int) -> str:
    """Return the reason to drop a run for the elements around it; empty if there is none."""
    tags = ancestry.tag_flags
    if tags & _EXCLUDED_TAGS:
        return (
            "navigation"
            if tags & TAG_FLAGS["nav"]
            else "footer"
            if tags & TAG_FLAGS["footer"]
            else "form"
        )
    if ancestry.all_flags & class_names.COMMENTS:
        return "comments"
    if tags & _FIGCAPTION:
        return "caption"
    if ancestry.distance and measure.link_density > _MIN_LINK_SHARE:
        return "link beside the story"
    if phrase_flags & phrases.ADVERT and measure.words <= _MAX_ADVERT_LABEL_WORDS:
        return "advertisement"
    return ""


def reason_by_text(
    run: TextRun,
    measure: TextMeasure,
    ancestry: Ancestry,
    phrase_flags: int,
    *,
    after_picture: bool,
) -> str:
    """Return the reason to drop a run for its text; empty if there is none."""
    text = run.text
    if run.block.tag == "h1":
        return "headline"
    if measure.chars <= _MAX_ORNAMENT_CHARS and not any(char.isalnum() for char in text):
        return "ornament"
    if reason := _reason_by_beginning(run, measure, phrase_flags):
        return reason
    if measure.words <= _MAX_DISCLAIMER_WORDS and _is_disclaimer(text):
        return "disclaimer"
    if _is_cookie_notice(text, measure, ancestry):
        return "cookie notice"
    return "caption" if _is_caption(text, measure, ancestry, after_picture=after_picture) else ""


def _is_caption(
    text: str, measure: TextMeasure, ancestry: Ancestry, *, after_picture: bool
) -> bool:
    """Return True for words that only captions have, or a credit at the end beside a picture."""
    if text.startswith(_ARCHIVE_CAPTION) and measure.words <= _MAX_CAPTION_WORDS:
        return True
    may_have_phrase = after_picture or ancestry.distance
    if may_have_phrase and measure.words <= _MAX_CAPTION_WORDS and _CAPTION_PHRASE.search(text):
        return True
    is_beside_picture = (
        after_picture or ancestry.near_flags & class_names.CAPTION or ancestry.tag_flags & _FIGURE
    )
    return bool(is_beside_picture) and ends_in_credit(text, measure)


def _reason_by_beginning(run: TextRun, measure: TextMeasure, phrase_flags: int) -> str:
    """Return the reason in the first words of a run, if its other words or links agree."""
    if measure.words <= _MAX_DATE_WORDS and _is_date_line(run.text, phrase_flags):
        return "date line"
    if phrase_flags & phrases.MORE and measure.link_density > _MIN_TEASER_LINK_SHARE:
        return "teaser"
    if measure.words > _MAX_PROMPT_WORDS:
        return ""
    if phrase_flags & phrases.RIGHTS and any(right in run.text.lower() for right in _ALL_RIGHTS):
        return "rights notice"
    if measure.words <= _MAX_INVITATION_WORDS and _has_invitation(run.text.lower()):
        return "prompt"
    return "prompt" if phrase_flags & phrases.PROMPT and _has_prompt_words(run.text) else ""


def _is_disclaimer(text: str) -> bool:
    """Return True for a notice about consent, commissions or rights, by its first words."""
    start = text[:_MAX_DISCLAIMER_START]
    if not start[:1].isalpha():
        start = start.lstrip(_LEADING_MARKS)
    phrases_of = _DISCLAIMERS.get(start[:_NOTICE_KEY_LETTERS].lower())
    return phrases_of is not None and start.lower().replace("’", "'").startswith(phrases_of)


def _has_prompt_words(text: str) -> bool:
    """Return True for two words or more that prompts are made of."""
    words = {word.strip(".,:;!?") for word in text.lower().split()}
    return len(words & lexicon.words("vocabulary", "prompt")) > 1


def _has_invitation(text: str) -> bool:
    """Return True if a sentence of `text` (lower case) begins like a request to readers."""
    if _is_notice(text):
        return True
    if "." not in text and "?" not in text and "!" not in text:
        return False
    return any(map(_is_notice, _SENTENCE_GAP.split(text)))


def _is_notice(sentence: str) -> bool:
    return sentence.startswith(_NOTICES.get(sentence[:_NOTICE_KEY_LETTERS], ()))


def _is_date_line(text: str, phrase_flags: int) -> bool:
    """Return True for a line that gives a date and nothing else."""
    if date_parsing.find_date(text) is None:
        return False
    letters = sum(map(str.isalpha, text))
    return bool(phrase_flags & phrases.DATED) or letters <= _MAX_DATE_LETTERS


def _is_cookie_notice(text: str, measure: TextMeasure, ancestry: Ancestry) -> bool:
    """Return True for two mentions of cookies in a line, or one below a name of consent boxes."""
    if measure.words > _MAX_COOKIE_NOTICE_WORDS or "ookie" not in text:
        return False
    is_consent = (
        ancestry.all_flags & class_names.CONSENT and measure.words >= _MIN_CONSENT_SENTENCE_WORDS
    )
    return text.lower().count("cookie") >= (1 if is_consent else 2)


def reason_above_text(text: str, measure: TextMeasure) -> str:
    """Return the reason to drop a short line above the text (date or breadcrumbs), else empty."""
    if measure.is_sentence or measure.words > _MAX_LINE_ABOVE_WORDS:
        return ""
    match = _DATE.search(text)
    if match is not None and len(match[0]) >= _MIN_DATE_SHARE * len(text):
        return "date line"
    return "navigation" if _BREADCRUMBS.match(text) else ""


def repeats_headline(
    run: TextRun, measure: TextMeasure, headline: str, words: frozenset[str], *, opening: bool
) -> bool:
    """Return True if the run is the headline again.

    Where the text has not begun (`opening`), a part of it or a little more counts too.

    Args:
        run: the line.
        measure: its sizes.
        headline: in lower case.
        words: those of the headline.
        opening: True up to the first line of the text.
    """
    if not headline or measure.words > 2 * len(words) + 3:
        return False
    if not opening and measure.words < _MIN_SIMILARITY * len(words):
        return False
    lower = run.text.lower()
    own = set(lower.split())
    similarity = len(own & words) / len(own | words)
    if similarity >= _MIN_SIMILARITY or not opening:
        return similarity >= _MIN_SIMILARITY
    is_part = lower in headline or (headline in lower and 2 * len(headline) > len(lower))
    is_long = measure.chars >= _MIN_PARTIAL_CHARS and measure.words >= _MIN_PARTIAL_WORDS
    if is_part and is_long:
        return True
    return similarity >= _MIN_HEADING_SIMILARITY and run.block.tag in HEADINGS
