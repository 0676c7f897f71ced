"""Lines that belong to a picture: its caption, its credit, or both."""

import re

from msgspec import Struct

from workers.parse.fields import alt_text, people
from workers.parse.plaintext.line_splitter import Line
from workers.parse.text import lexicon

_MAX_CHARS = 700
_MAX_CREDIT_CHARS = 90
_MAX_NAME_WORDS = 7
_MIN_CAPTION_WORDS = 3


def _alternatives(key: str) -> str:
    return "|".join(
        re.escape(word) for word in sorted(lexicon.phrases("flattened", key), key=len, reverse=True)
    )


_BRACKETS = re.compile(
    rf"(?i)^\[\s*(?:{_alternatives('captions')}|{_alternatives('credits')})\s*:?\s*"
    r"(?P<caption>[^\[\]]*)\]$"
)
_CREDIT = re.compile(
    rf"(?i)^(?:(?:©|\(c\))\s*(?:(?:{_alternatives('credits')})\s*[:：/]?\s*)?|"
    rf"(?:{_alternatives('credits')})\s*(?:[:：/©]|,(?=\s))\s*)(?P<credit>\S.*)$"
)
_CAPTION = re.compile(
    rf"(?i)^(?:{_alternatives('captions')})\s*(?:[:：]|,(?=\s))\s*(?P<caption>\S.*)$"
)
_CAPTION_AND_CREDIT = re.compile(
    r"(?i)^(?P<caption>\S.*?[\s.,;!?)»”\"])\s*[(\[/|]?\s*"
    rf"(?:(?:{_alternatives('credits')})\s*[:：]\s*|"
    rf"©\s*(?:(?:{_alternatives('credits')})\s*[:：/]\s*)?)"
    rf"(?P<credit>[^()\[\]]{{2,{_MAX_CREDIT_CHARS}}}?)[)\]]?\.?$"
)
_RIGHTS_NOTICE = re.compile(r"^(?:©|\(c\))\s*(?:copyright\s*)?(?:19|20)\d\d", re.IGNORECASE)
_CAPITAL_INSIDE_WORD = re.compile(r"(?<=[^\W\d_]{4})(?=[A-ZА-ЯЁÄÖÜÉÈ][^\W\d_]*[\s’'])")


class CaptionLine(Struct, frozen=True):
    """What a line says of a picture; `date` is as it was printed there."""

    caption: str = ""
    credit: str = ""
    site: str = ""
    date: str = ""
    url: str | None = None


def parse_caption(line: Line) -> CaptionLine | None:
    """Return what `line` says of a picture, or None if it belongs to none."""
    text = line.text
    if line.mark == "picture":
        return with_caption(CaptionLine(url=line.url), text)
    return None if len(text) > _MAX_CHARS or _RIGHTS_NOTICE.match(text) else _parse_text(text)


def _parse_text(text: str) -> CaptionLine | None:
    if alternative := alt_text.parse_alt_text(text):
        return CaptionLine(alternative.caption, "", alternative.site, alternative.date)
    if match := _BRACKETS.match(text):
        return with_caption(CaptionLine(), match["caption"])
    if match := _CREDIT.match(text):
        return _parse_credit(text, match["credit"])
    if match := _CAPTION.match(text):
        return with_caption(CaptionLine(), match["caption"])
    match = _CAPTION_AND_CREDIT.match(text)
    return CaptionLine(match["caption"].strip(" ([/|"), match["credit"].strip()) if match else None


def with_caption(picture: CaptionLine, text: str) -> CaptionLine:
    """Return a picture at the address of `picture` with `text`, which may end in a credit."""
    match = _CAPTION_AND_CREDIT.match(text)
    caption, credit = (match["caption"], match["credit"]) if match else (text, "")
    return CaptionLine(caption.strip(" ([/|"), credit.strip(), "", "", picture.url)


def _parse_credit(text: str, credit: str) -> CaptionLine | None:
    """Return "Photo: Reuters" as a credit and "Photo: The bridge on Monday." as a caption."""
    if text.startswith(("©", "(c)", "(C)")) or _is_name(credit):
        return CaptionLine(credit=credit.strip(" ]"))
    if _CAPTION.match(text) or credit.endswith((".", "…")):
        return with_caption(CaptionLine(), credit)
    return CaptionLine(credit=credit) if len(credit) < _MAX_CREDIT_CHARS else None


def _is_name(text: str) -> bool:
    words = text.rstrip(".").split()
    credit_words = lexicon.words("vocabulary", "credit")
    if any(word.lower().strip("/.,") in credit_words for word in words[:_MAX_NAME_WORDS]):
        return len(text) < _MAX_CREDIT_CHARS
    return "/" in text or people.is_name(text.rstrip("."))


def merge_credit(credit: CaptionLine, caption: CaptionLine) -> CaptionLine:
    """Return the picture of a credit line and the caption line beside it.

    Scrapers may have glued the caption to the credit as well: it is then cut off there.
    """
    name = credit.credit
    if caption.caption and name.endswith(caption.caption):
        name = name.removesuffix(caption.caption)
    return CaptionLine(
        caption.caption, name.strip(" ,;/"), caption.site, caption.date, caption.url or credit.url
    )


def split_glued_caption(credit: CaptionLine) -> CaptionLine:
    """Return caption and credit apart where a scraper has glued the caption to the credit.

    A capital inside a word shows the seam: "OfficeA ship at sea". Without one, `credit` itself.
    """
    seams = [match.start() for match in _CAPITAL_INSIDE_WORD.finditer(credit.credit)]
    for seam in seams[:1]:
        name, caption = credit.credit[:seam], credit.credit[seam:]
        if len(name.split()) > 1 and len(caption.split()) >= _MIN_CAPTION_WORDS:
            return CaptionLine(caption, name, credit.site, credit.date, credit.url)
    return credit
