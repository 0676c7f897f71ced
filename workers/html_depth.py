"""How deep the elements of a page nest, told without building its tree."""

import re
from collections import Counter
from typing import Final

MAX_DEPTH: Final = 3_000
_SUSPICIOUS: Final = MAX_DEPTH
# Comments, other declarations, and tags as the HTML standard reads their attributes: what stands in
# a comment or in quotes opens and closes nothing.
_MARKUP: Final = re.compile(
    r"<(?:!--(?:-?>|.*?(?:--!?>|\Z))|(!\[CDATA\[)|[!?][^>]*|(/?)([a-zA-Z][^\s/>]*)"
    r"""(?:[^\s/>=][^\s/>=]*(?:\s*=\s*(?:"[^"]*(?:"|\Z)|'[^']*(?:'|\Z)|[^\s>"'][^\s>]*)?)?"""
    r"|\s+|/(?!>)|=[^\s/>=]*)*+(/?))",
    re.DOTALL,
)
_START: Final = re.compile(r"<([a-z][^\s/>]*)")
_EMPTY: Final = frozenset(
    "area base basefont bgsound body br col embed frame frameset head hr html img input keygen "
    "link meta param source track wbr".split()
)
_RAW: Final = {
    name: re.compile(rf"(?i)</{name}(?=[\s/>])")
    for name in "iframe noembed noframes script style textarea title xmp".split()
}
# Their end tags may be left out, so they are not counted.
_FLAT: Final = frozenset(
    "p li dt dd tr td th thead tbody tfoot option optgroup colgroup caption".split()
)
# Their end tags close what was left open in them too, unless a scope began in between.
_CLOSING: Final = frozenset(
    "address article aside blockquote button center details dialog dir div dl fieldset figcaption "
    "figure footer h1 h2 h3 h4 h5 h6 header hgroup listing main menu nav ol pre search section "
    "summary ul applet marquee object select table template".split()
)
_FOREIGN: Final = frozenset(("svg", "math"))
# Where a drawing or a formula holds HTML, which shuts it off.
_POINTS: Final = frozenset("annotation-xml desc foreignobject mi mn mo ms mtext title".split())
_SCOPES: Final = (
    _FOREIGN | _POINTS | frozenset("applet marquee object select table template".split())
)
# No end tag of another kind of element passes them.
_WALLS: Final = _CLOSING | _FLAT | _SCOPES | frozenset("form noscript plaintext".split())

_INLINE: Final = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rb rp "
    "rt ruby s samp small span strike strong sub sup time tt u var wbr".split()
)
_REOPENED: Final = frozenset("a b big code em font i nobr s small strike strong tt u".split())


class _Nesting:
    """The elements that are open at some point of a page: never fewer than a tree builder has, but
    for what is flat. `walls` and `scopes` are places in `names`."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.places: dict[str, list[int]] = {}
        self.walls: list[int] = []
        self.scopes: list[int] = []
        self.depth = 0

    def scope(self) -> str:
        """Return the innermost element that closes off what is around it."""
        return self.names[self.scopes[-1]] if self.scopes else ""

    def start(self, name: str) -> None:
        """An element begins."""
        place = len(self.names)
        scope = self.scope()
        # HTML ends a drawing, whose own end tag then closes nothing.
        ends_drawing = scope in _FOREIGN and name in _INLINE
        if name in _WALLS or scope in _POINTS or ends_drawing:
            self.walls.append(place)
        if name in _SCOPES:
            self.scopes.append(place)
        self.names.append(name)
        self.places.setdefault(name, []).append(place)
        self.depth += name not in _FLAT

    def end(self, name: str) -> None:
        """An end tag: it counts only if its element is open and nothing stands in between."""
        places = self.places.get(name)
        if not places:
            return
        place = places[-1]
        between = self.scopes if name in _CLOSING else self.walls
        if between and between[-1] > place:
            return
        for closed in self.names[place:]:
            self.places[closed].pop()
            # What an end tag of something else closes, if it is formatting, is opened again.
            self.depth -= closed not in _FLAT and (closed == name or closed not in _REOPENED)
        del self.names[place:]
        for marks in (self.walls, self.scopes):
            while marks and marks[-1] >= place:
                marks.pop()


def depth_of(text: str) -> int:
    """Return how deep elements nest at most, or 0 for pages with too few tags to matter: a tree
    builder's time grows with the square of the depth."""
    if text.count("<") - text.count("</") < _SUSPICIOUS or not _has_many(text):
        return 0
    nesting = _Nesting()
    deepest = at = 0
    while match := _MARKUP.search(text, at):
        at = _after(text, match, nesting)
        deepest = max(deepest, nesting.depth)
    return deepest


def _has_many(text: str) -> bool:
    """Return whether enough elements begin that could contain each other."""
    counts = Counter(_START.findall(text.lower()))
    flat = _FLAT if "svg" in counts or "math" in counts else _FLAT | _EMPTY
    return sum(count for name, count in counts.items() if name not in flat) >= _SUSPICIOUS


def _after(text: str, match: re.Match[str], nesting: _Nesting) -> int:
    """Return where to go on after a piece of markup, which is recorded in `nesting`."""
    at = match.end()
    is_foreign = nesting.scope() in _FOREIGN
    if match[1] and is_foreign:
        return _after_cdata(text, match)
    name = (match[3] or "").lower()
    if not name or (name in _EMPTY and not is_foreign):
        return at
    if match[2]:
        nesting.end(name)
    elif name in _RAW and not is_foreign and nesting.scope() != "select":
        end_tag = _RAW[name].search(text, at)
        return end_tag.end() if end_tag else len(text)
    elif not (match[4] and (name in _FOREIGN or (is_foreign and name not in _WALLS | _INLINE))):
        nesting.start(name)
    return at


def depth_of_feed(body: bytes) -> int:
    """Return the same for XML, where an element ends with its end tag or at once (`/>`)."""
    text = body.decode("latin-1").lower()
    if text.count("<") - text.count("</") < _SUSPICIOUS:
        return 0
    still_open: Counter[str] = Counter()
    depth = deepest = at = 0
    while match := _MARKUP.search(text, at):
        at = _after_cdata(text, match)
        name = match[3]
        if not name or match[4] or name in _EMPTY | _FLAT:
            continue
        step = 1 if not match[2] else -min(1, still_open[name])
        still_open[name] += step
        depth += step
        deepest = max(deepest, depth)
    return deepest


def _after_cdata(text: str, match: re.Match[str]) -> int:
    end = text.find("]]>", match.end()) if match[1] else match.end()
    return end if end >= 0 else len(text)
