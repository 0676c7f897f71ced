"""Names the reason for which a line was dropped, for operators."""

import re
from typing import Final

from workers.parse.fields.language import detect_script
from workers.parse.html import class_names
from workers.parse.html.tree import TextRun
from workers.parse.layout.page_analysis import PageAnalysis
from workers.parse.text import phrases

GENERAL_REASONS: Final = frozenset(
    ("beside the story", "link beside the story", "after the story", "before the headline")
)
_BY_PHRASE: Final = (
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
_BY_CLASS_NAME: Final = (
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
_MAX_LABEL_WORDS: Final = 12
_MAX_DATE_LINE_CHARS: Final = 39
_DATE: Final = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\b(?:19|20)\d\d\b")


def refine_reason(analysis: PageAnalysis, order: int, reason: str, script: str) -> str:
    """Return a more exact reason than a general one, if first words or class names give one.

    `script` is the script of the story: a short line in another one is a widget's label.
    """
    if reason not in GENERAL_REASONS:
        return reason
    run = analysis.page.runs[order]
    phrase_flags = analysis.phrase_flags[order]
    for flag, exact in _BY_PHRASE:
        if phrase_flags & flag:
            return exact
    if _is_label(run, script):
        return "widget label"
    class_flags = run.block.class_flags | analysis.ancestries[run.block.order].near_flags
    for flag, exact in _BY_CLASS_NAME:
        if class_flags & flag:
            return exact
    if len(run.text) <= _MAX_DATE_LINE_CHARS and _DATE.search(run.text):
        return "date line"
    return reason


def _is_label(run: TextRun, script: str) -> bool:
    if not script or run.text.isascii() or len(run.text.split()) > _MAX_LABEL_WORDS:
        return False
    own = detect_script(run.text)
    return bool(own) and script not in (own, "CJK") and own != "LATIN"
