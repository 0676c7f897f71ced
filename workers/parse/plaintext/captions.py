"""Lines that belong to a picture: its text, its credit, or both."""

import re

from msgspec import Struct

from workers.parse.fields import alt_text, people
from workers.parse.plaintext.lines import Line
from workers.parse.text import lexicon

_LONGEST = 700
_LONG_CREDIT = 90
_WORDS_OF_A_NAME = 7


def _one_of(key: str) -> str:
    return "|".join(
        re.escape(word) for word in sorted(lexicon.phrases("flattened", key), key=len, reverse=True)
    )


_BRACKETS = re.compile(
    rf"(?i)^\[\s*(?:{_one_of('captions')}|{_one_of('credits')})\s*:?\s*(?P<caption>[^\[\]]*)\]$"
)
_CREDIT = re.compile(rf"(?i)^(?:(?:©|\(c\))\s*(?:(?:{_one_of('credits')})\s*[:：/]?\s*)?|"
    rf"(?:{_one_of('credits')})\s*(?:[:：/©]|,(?=\s))\s*)(?P<credit>\S.*)$")  # fmt: skip
_CAPTION = re.compile(rf"(?i)^(?:{_one_of('captions')})\s*(?:[:：]|,(?=\s))\s*(?P<caption>\S.*)$")
_INNER = re.compile(
    rf"(?i)^(?P<caption>\S.*?[\s.,;!?)»”\"])\s*[(\[/|]?\s*(?:(?:{_one_of('credits')})\s*[:：]\s*|"
    rf"©\s*(?:(?:{_one_of('credits')})\s*[:：/]\s*)?)(?P<credit>[^()\[\]]{{2,{_LONG_CREDIT}}}?)[)\]]?\.?$"
)
_RIGHTS = re.compile(r"^(?:©|\(c\))\s*(?:copyright\s*)?(?:19|20)\d\d", re.IGNORECASE)
_GLUED = re.compile(r"(?<=[^\W\d_]{4})(?=[A-ZА-ЯЁÄÖÜÉÈ][^\W\d_]*[\s’'])")
_FEWEST_WORDS = 3


class CaptionLine(Struct, frozen=True):
    """What a line tells of a picture; `date` is as printed in it."""

    caption: str = ""
    credit: str = ""
    site: str = ""
    date: str = ""
    url: str | None = None


def read(line: Line) -> CaptionLine | None:
    """What `line` tells of a picture; None if it is none's."""
    text = line.text
    if line.mark == "picture":
        return replace_caption(CaptionLine(url=line.url), text)
    return None if len(text) > _LONGEST or _RIGHTS.match(text) else _told(text)


def _told(text: str) -> CaptionLine | None:
    if told := alt_text.read(text):
        return CaptionLine(told.caption, "", told.site, told.date)
    if match := _BRACKETS.match(text):
        return replace_caption(CaptionLine(), match["caption"])
    if match := _CREDIT.match(text):
        return _credited(text, match["credit"])
    if match := _CAPTION.match(text):
        return replace_caption(CaptionLine(), match["caption"])
    match = _INNER.match(text)
    return CaptionLine(match["caption"].strip(" ([/|"), match["credit"].strip()) if match else None


def replace_caption(picture: CaptionLine, text: str) -> CaptionLine:
    """`picture` with `text`, which may end in a credit."""
    match = _INNER.match(text)
    caption, credit = (match["caption"], match["credit"]) if match else (text, "")
    return CaptionLine(caption.strip(" ([/|"), credit.strip(), "", "", picture.url)


def _credited(text: str, credit: str) -> CaptionLine | None:
    """ "Photo: Reuters" is a credit, "Photo: The bridge on Monday." a caption."""
    if text.startswith(("©", "(c)", "(C)")) or _is_name(credit):
        return CaptionLine(credit=credit.strip(" ]"))
    if _CAPTION.match(text) or credit.endswith((".", "…")):
        return replace_caption(CaptionLine(), credit)
    return CaptionLine(credit=credit) if len(credit) < _LONG_CREDIT else None


def _is_name(text: str) -> bool:
    words = text.rstrip(".").split()
    known = lexicon.words("vocabulary", "credit")
    if any(word.lower().strip("/.,") in known for word in words[:_WORDS_OF_A_NAME]):
        return len(text) < _LONG_CREDIT
    return "/" in text or people.is_name(text.rstrip("."))


def joined(credit: CaptionLine, caption: CaptionLine) -> CaptionLine:
    """A credit line and the caption line beside it; a scraper may have glued the caption to the
    credit as well."""
    name = credit.credit
    if caption.caption and name.endswith(caption.caption):
        name = name.removesuffix(caption.caption)
    return CaptionLine(
        caption.caption, name.strip(" ,;/"), caption.site, caption.date, caption.url or credit.url
    )


def unglued(credit: CaptionLine) -> CaptionLine:
    """A credit with a caption glued to it, told by a capital inside a word: "OfficeA ship at
    sea"."""
    cuts = [match.start() for match in _GLUED.finditer(credit.credit)]
    for cut in cuts[:1]:
        name, caption = credit.credit[:cut], credit.credit[cut:]
        if len(name.split()) > 1 and len(caption.split()) >= _FEWEST_WORDS:
            return CaptionLine(caption, name, credit.site, credit.date, credit.url)
    return credit
