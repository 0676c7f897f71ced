"""What a dropped line is called, for an operator's eyes."""

import re
from typing import Final

from workers.parse.fields.language import script_of
from workers.parse.html import class_names
from workers.parse.html.tree import TextRun
from workers.parse.layout.page_analysis import PageAnalysis
from workers.parse.text import phrases

GENERAL: Final = frozenset(
    ("beside the story", "link beside the story", "after the story", "before the headline")
)
_BY_WORDS: Final = (
    (phrases.PROMPT, "prompt"),
    (phrases.SHARE, "share bar"),
    (phrases.ADVERT, "advertisement"),
    (phrases.TAGS, "tags"),
    (phrases.RIGHTS, "rights notice"),
    (phrases.CREDIT, "credit"),
    (phrases.DATED, "date line"),
    (phrases.BYLINE, "byline"),
    (phrases.BIO, "biography"),
    (phrases.MORE, "teaser"),
)
_BY_NAMES: Final = (
    (class_names.CAPTION, "caption"),
    (class_names.RELATED, "teaser"),
    (class_names.SHARE, "share bar"),
    (class_names.NEWSLETTER, "prompt"),
    (class_names.ADVERT, "advertisement"),
    (class_names.TAGS, "tags"),
    (class_names.BYLINE, "byline"),
    (class_names.BIO, "biography"),
    (class_names.DATE, "date line"),
    (class_names.PAYWALL, "prompt"),
    (class_names.NAV, "navigation"),
    (class_names.FOOTER, "footer"),
    (class_names.CONSENT, "pop-up or hidden label"),
)
_SHORT: Final = 12
_DATE: Final = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\b(?:19|20)\d\d\b")


def refine_reason(scene: PageAnalysis, order: int, reason: str, script: str) -> str:
    """A closer word than the general `reason`, where first words or class names give one.

    `script` is the script of the story: a short line in another one is a widget's label.
    """
    if reason not in GENERAL:
        return reason
    run = scene.page.runs[order]
    said = scene.says[order]
    for flag, word in _BY_WORDS:
        if said & flag:
            return word
    if _is_label(run, script):
        return "widget label"
    near = run.box.flags | scene.contexts[run.box.order].near
    for flag, word in _BY_NAMES:
        if near & flag:
            return word
    if len(run.text) < 40 and _DATE.search(run.text):  # noqa: PLR2004  a date and little else
        return "date line"
    return reason


def _is_label(run: TextRun, script: str) -> bool:
    if not script or run.text.isascii() or len(run.text.split()) > _SHORT:
        return False
    own = script_of(run.text)
    return bool(own) and script not in (own, "CJK") and own != "LATIN"
