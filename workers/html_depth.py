"""Measures how deep the elements of a page nest, without building its tree.

The words are those of the HTML standard: void and raw text elements, foreign elements,
integration points, scopes, formatting elements.
"""

import re
from collections import Counter
from typing import Final

MAX_DEPTH: Final = 3_000
_COUNTED_PARTS: Final = 8
# Comments, other declarations, and tags with their attributes as the HTML standard reads them: a
# tag in a comment or in quotes is none.
_MARKUP: Final = re.compile(
    r"<(?:!--(?:-?>|.*?(?:--!?>|\Z))|(!\[CDATA\[)|[!?][^>]*|(/?)([a-zA-Z][^\s/>]*)"
    r"""(?:[^\s/>=][^\s/>=]*(?:\s*=\s*(?:"[^"]*(?:"|\Z)|'[^']*(?:'|\Z)|[^\s>"'][^\s>]*)?)?"""
    r"|\s+|/(?!>)|=[^\s/>=]*)*+(/?))",
    re.DOTALL,
)
_START_TAG: Final = re.compile(r"<([a-z][^\s/>]*)")
_VOID_ELEMENTS: Final = frozenset(
    "area base basefont bgsound body br col embed frame frameset head hr html img input keygen "
    "link meta param source track wbr".split()
)
_RAW_TEXT_END: Final = {
    name: re.compile(rf"(?i)</{name}(?=[\s/>])")
    for name in "iframe noembed noframes script style textarea title xmp".split()
}
# Elements whose end tags may be omitted; they do not count as depth.
_OPTIONAL_END: Final = frozenset(
    "p li dt dd tr td th thead tbody tfoot option optgroup colgroup caption".split()
)
# Elements whose end tags also close what is open in them, unless a scope began in between.
_CLOSING_ELEMENTS: Final = frozenset(
    "address article aside blockquote button center details dialog dir div dl fieldset figcaption "
    "figure footer h1 h2 h3 h4 h5 h6 header hgroup listing main menu nav ol pre search section "
    "summary ul applet marquee object select table template".split()
)
_FOREIGN_ROOTS: Final = frozenset(("svg", "math"))
# Elements of a drawing or a formula that may contain HTML.
_INTEGRATION_POINTS: Final = frozenset(
    "annotation-xml desc foreignobject mi mn mo ms mtext title".split()
)
_SCOPES: Final = (
    _FOREIGN_ROOTS
    | _INTEGRATION_POINTS
    | frozenset("applet marquee object select table template".split())
)
# Elements that the end tag of an inline element does not close.
_BARRIERS: Final = (
    _CLOSING_ELEMENTS | _OPTIONAL_END | _SCOPES | frozenset("form noscript plaintext".split())
)
_INLINE_ELEMENTS: Final = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rb rp "
    "rt ruby s samp small span strike strong sub sup time tt u var wbr".split()
)
_FORMATTING_ELEMENTS: Final = frozenset(
    "a b big code em font i nobr s small strike strong tt u".split()
)


class _OpenElements:
    """The stack of open elements at some point of a page.

    It has at least as many as that of a tree builder, except for those of `_OPTIONAL_END`.
    `positions`, `barriers` and `scopes` are indices into `names`.
    """

    def __init__(self) -> None:
        self.names: list[str] = []
        self.positions: dict[str, list[int]] = {}
        self.barriers: list[int] = []
        self.scopes: list[int] = []
        self.depth = 0

    def scope(self) -> str:
        """Return the name of the innermost scope; empty if there is none."""
        return self.names[self.scopes[-1]] if self.scopes else ""

    def start(self, name: str) -> None:
        """Open an element."""
        position = len(self.names)
        scope = self.scope()
        # HTML ends a drawing, whose own end tag then closes nothing.
        ends_drawing = scope in _FOREIGN_ROOTS and name in _INLINE_ELEMENTS
        if name in _BARRIERS or scope in _INTEGRATION_POINTS or ends_drawing:
            self.barriers.append(position)
        if name in _SCOPES:
            self.scopes.append(position)
        self.names.append(name)
        self.positions.setdefault(name, []).append(position)
        self.depth += name not in _OPTIONAL_END

    def end(self, name: str) -> None:
        """Close an element, if it is open and no barrier or scope is above it."""
        positions = self.positions.get(name)
        if not positions:
            return
        position = positions[-1]
        between = self.scopes if name in _CLOSING_ELEMENTS else self.barriers
        if between and between[-1] > position:
            return
        for closed in self.names[position:]:
            self.positions[closed].pop()
            # Formatting elements that another end tag closes are opened again.
            is_closed = closed == name or closed not in _FORMATTING_ELEMENTS
            self.depth -= closed not in _OPTIONAL_END and is_closed
        del self.names[position:]
        for indices in (self.barriers, self.scopes):
            while indices and indices[-1] >= position:
                indices.pop()


def measure_depth(text: str) -> int:
    """Return how deep elements nest at most, or 0 for pages with too few tags to exceed
    `MAX_DEPTH`: a tree builder's time grows with the square of the depth."""
    tags = text.count("<")
    if tags < MAX_DEPTH or _has_end_tags(text, tags - MAX_DEPTH) or not _may_be_deep(text):
        return 0
    open_elements = _OpenElements()
    max_depth = position = 0
    while match := _MARKUP.search(text, position):
        position = _process(text, match, open_elements)
        max_depth = max(max_depth, open_elements.depth)
    return max_depth


def _has_end_tags(text: str, number: int) -> bool:
    """Return whether there are more end tags than `number`; counting stops as soon as there are."""
    size = len(text) // _COUNTED_PARTS + 1
    for start in range(0, len(text), size):
        number -= text.count("</", start, start + size)
        if number < 0:
            return True
    return False


def _may_be_deep(text: str) -> bool:
    """Return whether enough elements begin that could contain each other."""
    counts = Counter(_START_TAG.findall(text.lower()))
    has_foreign = "svg" in counts or "math" in counts
    flat = _OPTIONAL_END if has_foreign else _OPTIONAL_END | _VOID_ELEMENTS
    return sum(count for name, count in counts.items() if name not in flat) >= MAX_DEPTH


def _process(text: str, match: re.Match[str], open_elements: _OpenElements) -> int:
    """Return the position after a piece of markup, and apply it to `open_elements`."""
    position = match.end()
    is_foreign = open_elements.scope() in _FOREIGN_ROOTS
    is_cdata, is_end_tag, is_self_closing = match[1], match[2], match[4]
    if is_cdata and is_foreign:
        return _end_of_cdata(text, match)
    name = (match[3] or "").lower()
    if not name or (name in _VOID_ELEMENTS and not is_foreign):
        return position
    if is_end_tag:
        open_elements.end(name)
    elif name in _RAW_TEXT_END and not is_foreign and open_elements.scope() != "select":
        end_tag = _RAW_TEXT_END[name].search(text, position)
        return end_tag.end() if end_tag else len(text)
    elif not (is_self_closing and _may_self_close(name, is_foreign=is_foreign)):
        open_elements.start(name)
    return position


def _may_self_close(name: str, *, is_foreign: bool) -> bool:
    """Return whether `/>` ends the element, as it does in drawings and formulas only."""
    return name in _FOREIGN_ROOTS or (is_foreign and name not in _BARRIERS | _INLINE_ELEMENTS)


def measure_feed_depth(body: bytes) -> int:
    """Return the same for XML, where an element ends with its end tag or at once (`/>`)."""
    text = body.decode("latin-1").lower()
    if text.count("<") - text.count("</") < MAX_DEPTH:
        return 0
    open_counts: Counter[str] = Counter()
    depth = max_depth = position = 0
    while match := _MARKUP.search(text, position):
        position = _end_of_cdata(text, match)
        is_end_tag, name, is_self_closing = match[2], match[3], match[4]
        if not name or is_self_closing or name in _VOID_ELEMENTS | _OPTIONAL_END:
            continue
        step = 1 if not is_end_tag else -min(1, open_counts[name])
        open_counts[name] += step
        depth += step
        max_depth = max(max_depth, depth)
    return max_depth


def _end_of_cdata(text: str, match: re.Match[str]) -> int:
    """Return the position after a CDATA section; after the match if it begins none."""
    end = text.find("]]>", match.end()) if match[1] else match.end()
    return end if end >= 0 else len(text)
