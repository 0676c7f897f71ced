"""Recognises pages in the place of a story: errors, bot challenges, walls, redirects."""

import re
from functools import cache
from itertools import islice

from msgspec import Struct

from schemas.article import PageKind
from workers.parse.html.markup import join_url
from workers.parse.html.metadata import Metadata
from workers.parse.layout.page_analysis import PageAnalysis
from workers.parse.text import lexicon

SHORT_TEXT_CHARS = 600
_MIN_TEXT_CHARS = 60
_MAX_NAME_CHARS = 119
_MAX_H1S = 9
# Lists in `words/pages.toml` of whole headlines, and of phrases within the first characters.
_HEADLINE_LISTS = ("error", "login", "consent")
_OPENING_LISTS = {"missing": 200, "consent": SHORT_TEXT_CHARS, "script": 100}
_EDGE_MARKS = ' \t.,:;!?…-–—|*"“”„«»()[]'
_PREFIX = re.compile(
    r"(?:(?:oops|ups|uups|sorry|http|error|fehler|erreur|errore|ошибка|[45]0\d)\W+)+(?=\w)"
)
_SUFFIX = re.compile(r"(?:\W+(?:error|fehler|erreur|errore|ошибка|[45]0\d))+$")
_SEPARATOR = re.compile(r"\s*[|·•»]\s*|\s+[-–—]+\s+")
_REFRESH = re.compile(r"(?i)\s*0*(?:\.0*)?\s*[;,]\s*(?:url\s*=)?\s*['\"]?([^'\"\s]+)")


class PageFacts(Struct, frozen=True):
    """What the kind of a page depends on: the text that was kept, the number of its pictures."""

    headline: str
    url: str
    body: str
    pictures: int


def find_interstitial(
    analysis: PageAnalysis, head: Metadata, facts: PageFacts, *, is_declared: bool
) -> tuple[PageKind, str] | None:
    """Return the kind of a page in the place of a story and what shows it; None for other pages.

    Phrases do not count on a page that declares that it is an article (`is_declared`) and has a
    text.
    """
    length = len(facts.body)
    if length >= 3 * SHORT_TEXT_CHARS or (length >= _MIN_TEXT_CHARS and is_declared):
        return None
    if target := _refresh_target(head, facts.url):
        return PageKind.ERROR, f"leads on to {target}"
    names = _page_names(analysis, head, facts)
    start = facts.body[:SHORT_TEXT_CHARS].lower().replace("’", "'")
    if phrase := _find_phrase(f"{facts.headline}\n{head.title}\n{start}".lower(), "challenge"):
        return PageKind.BOT_CHALLENGE, f"says {phrase!r}"
    if phrase := _find_opening_phrase(start):
        return PageKind.ERROR, f"says {phrase!r}"
    for key in _HEADLINE_LISTS:
        if not names.isdisjoint(_headlines(key)):
            return PageKind.ERROR, f"headline of {key} pages"
    return None


def _find_opening_phrase(start: str) -> str:
    for key, max_chars in _OPENING_LISTS.items():
        if phrase := _find_phrase(start[:max_chars], key):
            return phrase
    return ""


def _refresh_target(head: Metadata, url: str) -> str:
    """Return the other address to which the page redirects at once; empty if it does not."""
    match = _REFRESH.match(head.value("refresh"))
    target = join_url(url, match[1]).partition("#")[0] if match else ""
    return target if target != url.partition("#")[0] else ""


def _page_names(analysis: PageAnalysis, head: Metadata, facts: PageFacts) -> set[str]:
    """Return headline, h1s, title and each part of the title, as `_simplify` writes them."""
    h1s = (run.text for run in analysis.page.runs if run.block.tag == "h1")
    names = (facts.headline, *islice(h1s, _MAX_H1S), head.title, *_SEPARATOR.split(head.title))
    return {_simplify(name) for name in names if len(name) <= _MAX_NAME_CHARS} - {""}


def _simplify(name: str) -> str:
    """Return the name in lower case, without the number of an error, exclamations and quotes."""
    low = name.lower().replace("’", "'").strip(_EDGE_MARKS)
    return _SUFFIX.sub("", _PREFIX.sub("", low)).strip(_EDGE_MARKS)


@cache
def _headlines(key: str) -> frozenset[str]:
    return frozenset(_simplify(phrase) for phrase in lexicon.phrases("pages", key))


def _find_phrase(text: str, key: str) -> str:
    return next((phrase for phrase in lexicon.phrases("pages", key) if phrase in text), "")
