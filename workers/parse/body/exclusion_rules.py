"""What is certainly not the story, with the reason that an operator reads."""

import re
from typing import Final

from workers.parse.html import class_names
from workers.parse.html.tree import TextRun
from workers.parse.layout.ancestry import TAGS, Ancestry
from workers.parse.layout.subtree_totals import HEADINGS
from workers.parse.layout.text_density import TextMeasure
from workers.parse.text import date_parsing, lexicon, phrases

CREDIT_END: Final = re.compile(
    r"(?i)(?:getty|reuters|\bafp|\bap photo|\(ap\)|\bepa|\bdpa|imago|shutterstock|alamy|keystone|"
    r"picture[- ]alliance|wikimedia|unsplash|pixabay|istock|instagram|file photo|\bcourtesy|©|"
    r"\b(?:photos?(?: by)?|fotos?|bild(?:er)?|images?|credit|фото|kuva|zdj\w*|kép):)"
    r"[^.!?]{0,45}[.)\]]?$"
)
_OF_A_PICTURE: Final = re.compile(
    r"(?i)\bfile photo\b|\(AP Photo|\(Photo by\b|\bpictured (?:left|right|above|here)\b|"
    r"\bin this (?:\w+ )?(?:file |handout )?(?:photo|image|picture)\b|"
    r", (?:left|right|center|centre),"
)
_DATE: Final = re.compile(
    r"\d{1,2}[./ -]\w{2,12}[./ -]+\d{2,4}|\w{3,10} \d{1,2},? \d{4}|\d{1,2} de \w+ de \d{4}|"
    r"\d{4}[./年-]\d{1,2}"
)
_TRAIL: Final = re.compile(r"^[^>»›]{2,30}(?:\s*[>»›]\s*[^>»›]{2,40}){2,}$")
_BARRED: Final = TAGS["nav"] | TAGS["footer"] | TAGS["form"]
_FIGURE, _FIGCAPTION = TAGS["figure"], TAGS["figcaption"]
_WORDS_OF_A_DATE_LINE: Final = 12
_ORNAMENT: Final = 12
_WORDS_OF_A_CAPTION: Final = 60
_LONG_CAPTION: Final = 70
_LONG_NOTICE: Final = 150
_SHORT_INVITATION, _LONG_INVITATION = 25, 40
_SENTENCE: Final = re.compile(r"(?<=[.?!])\s+")
_WORDS_OF_A_DATE: Final = 10
_LETTERS_OF_A_DATE: Final = 16
_ALL_RIGHTS: Final = lexicon.phrases("vocabulary", "all_rights")
_OPENING: Final = 4
_NOTICES: Final = lexicon.by_beginning(lexicon.phrases("flattened", "notices"), _OPENING)


def credit_ends(text: str, size: TextMeasure) -> bool:
    """True for a line that ends in a photographer's or agency's credit."""
    if size.words > _WORDS_OF_A_CAPTION or (
        size.is_sentence and text[-1] == "." and text[-2:-1] != ")"
    ):
        return False
    return CREDIT_END.search(text[-70:]) is not None


def by_place(context: Ancestry, size: TextMeasure, said: int) -> str:
    """The reason to drop a run for where it stands; empty if there is none."""
    tags = context.tags
    if tags & _BARRED:
        return "navigation" if tags & TAGS["nav"] else "footer" if tags & TAGS["footer"] else "form"
    if context.all & class_names.COMMENTS:
        return "comments"
    if tags & _FIGCAPTION:
        return "caption"
    if context.out and size.linked > 0.9:  # noqa: PLR2004  all but a mark
        return "link beside the story"
    if said & phrases.ADVERT and size.words < 4:  # noqa: PLR2004  the label alone
        return "advertisement"
    return ""


def by_text(
    run: TextRun, size: TextMeasure, context: Ancestry, said: int, *, after_picture: bool
) -> str:
    """The reason to drop a run for what it says; empty if there is none."""
    text = run.text
    if run.box.tag == "h1":
        return "headline"
    if size.chars < _ORNAMENT and not any(letter.isalnum() for letter in text):
        return "ornament"
    if reason := _by_beginning(run, size, said):
        return reason
    if _is_cookie_notice(text, size, context):
        return "cookie notice"
    return "caption" if _is_caption(text, size, context, after_picture=after_picture) else ""


def _is_caption(text: str, size: TextMeasure, context: Ancestry, *, after_picture: bool) -> bool:
    """True for words that only captions have, or a credit at the end of a line beside a picture."""
    loose = after_picture or context.out
    if loose and size.words < _LONG_CAPTION and _OF_A_PICTURE.search(text):
        return True
    beside = after_picture or context.near & class_names.CAPTION or context.tags & _FIGURE
    return bool(beside) and credit_ends(text, size)


def _by_beginning(run: TextRun, size: TextMeasure, said: int) -> str:
    """The reason in how a run begins, where its end or its links agree."""
    if size.words < _WORDS_OF_A_DATE and _is_date(run.text, said):
        return "date line"
    if said & phrases.MORE and size.linked > 0.5:  # noqa: PLR2004  mostly a link
        return "teaser"
    if size.words > _LONG_INVITATION:
        return ""
    if said & phrases.RIGHTS and any(right in run.text.lower() for right in _ALL_RIGHTS):
        return "rights notice"
    if size.words <= _SHORT_INVITATION and _has_invitation(run.text.lower()):
        return "prompt"
    return "prompt" if said & phrases.PROMPT and _invites(run.text) else ""


def _invites(text: str) -> bool:
    """True for two words or more that prompts are made of."""
    words = {word.strip(".,:;!?") for word in text.lower().split()}
    return len(words & lexicon.words("vocabulary", "prompt")) > 1


def _has_invitation(text: str) -> bool:
    """True if a sentence of `text`, in lower case, opens like those that ask readers for
    something."""
    if _is_notice(text):
        return True
    if "." not in text and "?" not in text and "!" not in text:
        return False
    return any(map(_is_notice, _SENTENCE.split(text)))


def _is_notice(sentence: str) -> bool:
    return sentence.startswith(_NOTICES.get(sentence[:_OPENING], ()))


def _is_date(text: str, said: int) -> bool:
    """True for a line that says when, and nothing else."""
    if date_parsing.find_date(text) is None:
        return False
    letters = sum(map(str.isalpha, text))
    return bool(said & phrases.DATED) or letters < _LETTERS_OF_A_DATE


def _is_cookie_notice(text: str, size: TextMeasure, context: Ancestry) -> bool:
    """Two mentions of cookies in a line, or one in a box that is named for consent."""
    if size.words > _LONG_NOTICE or "ookie" not in text:
        return False
    enough = 1 if context.all & class_names.CONSENT and size.words > 5 else 2  # noqa: PLR2004  a sentence
    return text.lower().count("cookie") >= enough


def above_the_text(text: str, size: TextMeasure) -> str:
    """The reason to drop a short line that opens the text: date lines and trails of sections."""
    if size.is_sentence or size.words > _WORDS_OF_A_DATE_LINE:
        return ""
    match = _DATE.search(text)
    if match is not None and len(match[0]) >= 0.25 * len(text):
        return "date line"
    return "navigation" if _TRAIL.match(text) else ""


def repeats_headline(
    run: TextRun, size: TextMeasure, headline: str, words: frozenset[str], *, opening: bool
) -> bool:
    """True if the run is the headline again; before the text also in part or with a little more.

    `headline` is in lower case, `words` are its words.
    """
    if not headline or size.words > 2 * len(words) + 3:
        return False
    if not opening and size.words < 0.9 * len(words):
        return False
    low = run.text.lower()
    own = set(low.split())
    alike = len(own & words) / len(own | words)
    if alike >= 0.9 or not opening:  # noqa: PLR2004  Jaccard
        return alike >= 0.9  # noqa: PLR2004
    within = low in headline or (headline in low and 2 * len(headline) > len(low))
    if within and size.chars > 15 and size.words > 3:  # noqa: PLR2004  more than a name
        return True
    return alike >= 0.6 and run.box.tag in HEADINGS  # noqa: PLR2004
