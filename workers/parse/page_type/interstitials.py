"""Pages in the place of a story: errors, bot challenges, walls, and signposts to elsewhere."""

import re
from functools import cache
from itertools import islice

from msgspec import Struct

from schemas.article import PageKind
from workers.parse.html.markup import join_url
from workers.parse.html.metadata import Metadata
from workers.parse.layout.page_analysis import PageAnalysis
from workers.parse.text import lexicon

SHORT = 600
_SENTENCE = 60
_LONG_NAME = 120
# The word lists that are whole headlines, and those of openings: in how many characters.
_HEADLINES = ("error", "login", "consent")
_OPENINGS = {"missing": 200, "consent": SHORT, "script": 100}
_MARKS = ' \t.,:;!?…-–—|*"“”„«»()[]'
_BEFORE = re.compile(
    r"(?:(?:oops|ups|uups|sorry|http|error|fehler|erreur|errore|ошибка|[45]0\d)\W+)+(?=\w)"
)
_AFTER = re.compile(r"(?:\W+(?:error|fehler|erreur|errore|ошибка|[45]0\d))+$")
_SEPARATOR = re.compile(r"\s*[|·•»]\s*|\s+[-–—]+\s+")
_REFRESH = re.compile(r"(?i)\s*0*(?:\.0*)?\s*[;,]\s*(?:url\s*=)?\s*['\"]?([^'\"\s]+)")


class PageFacts(Struct, frozen=True):
    """What a kind is told by: the text that was kept, and how many pictures go with it."""

    headline: str
    url: str
    body: str
    pictures: int


def find(
    scene: PageAnalysis, head: Metadata, facts: PageFacts, *, is_told: bool
) -> tuple[PageKind, str] | None:
    """The kind of a page that stands in the place of the story, and what showed it.

    Words alone tell nothing of a page that declares its story (`is_told`) and has it.
    """
    length = len(facts.body)
    if length >= 3 * SHORT or (length >= _SENTENCE and is_told):
        return None
    if target := _leads_on(head, facts.url):
        return PageKind.ERROR, f"leads on to {target}"
    names = _names(scene, head, facts)
    start = facts.body[:SHORT].lower().replace("’", "'")
    if phrase := _says(f"{facts.headline}\n{head.title}\n{start}".lower(), "challenge"):
        return PageKind.BOT_CHALLENGE, f"says {phrase!r}"
    named = next((key for key in _HEADLINES if not names.isdisjoint(_whole(key))), "")
    said = next((p for key, most in _OPENINGS.items() if (p := _says(start[:most], key))), "")
    if named or said:
        return PageKind.ERROR, f"says {said!r}" if said else f"headline of {named} pages"
    return None


def _leads_on(head: Metadata, url: str) -> str:
    """The address that the page sends its readers to at once, if it is another than its own."""
    match = _REFRESH.match(head.value("refresh"))
    target = join_url(url, match[1]).partition("#")[0] if match else ""
    return target if target != url.partition("#")[0] else ""


def _names(scene: PageAnalysis, head: Metadata, facts: PageFacts) -> set[str]:
    """What the page calls itself: its headline, each h1, the title and each part of it."""
    headings = (run.text for run in scene.page.runs if run.box.tag == "h1")
    names = (facts.headline, *islice(headings, 9), head.title, *_SEPARATOR.split(head.title))
    return {_plain(name) for name in names if len(name) < _LONG_NAME} - {""}


def _plain(name: str) -> str:
    """Without the number of an error, exclamations and quotes, in lower case."""
    low = name.lower().replace("’", "'").strip(_MARKS)
    return _AFTER.sub("", _BEFORE.sub("", low)).strip(_MARKS)


@cache
def _whole(key: str) -> frozenset[str]:
    return frozenset(_plain(phrase) for phrase in lexicon.phrases("pages", key))


def _says(text: str, key: str) -> str:
    return next((p for p in lexicon.phrases("pages", key) if p in text), "")
