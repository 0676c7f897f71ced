"""Reads the printed headings of a page: which one is the headline, without kicker or masthead."""

import re
from functools import lru_cache
from typing import Final
from urllib.parse import SplitResult, urlsplit

from workers.parse.html.markup import join_url, text_of
from workers.parse.html.tree import BlockElement, PageTree, TextRun
from workers.parse.layout.page_analysis import has_headline

MAX_CHARS: Final = 400
_NON_LETTERS: Final = re.compile(r"\W+")
_WORD: Final = re.compile(r"\w+")
_MIN_TELLING_WORD_CHARS: Final = 4
_MAX_H1S: Final = 6
_MIN_LINK_SHARE: Final = 0.9
_MIN_SIMILARITY: Final = 0.3
_MIN_TITLE_CHARS: Final = 8
_AFTER_KICKER: Final = " |·•:-–—"
_LESSER_TAGS: Final = frozenset(("h2", "h3"))
_INDEX_PAGE: Final = re.compile(r"/(?:index|default|home)\.\w+$")
_KICKER_CLASS: Final = re.compile(
    r"kicker|over-?line|top-?line|roof-?line|catch-?line|top-?title|eyebrow|dachzeile|spitzmarke"
    r"|sur-?titre|surtitle|ante-?titulo|volanta|cintillo|occhiello|chapeu"
)


@lru_cache(maxsize=1_000)
def normalize(text: str) -> str:
    """Return letters and digits in lower case, for comparison.

    Cached, because the same few texts of a page are compared again and again.
    """
    return _NON_LETTERS.sub("", text.lower())


def find_h1s(page: PageTree, url: str) -> tuple[list[TextRun], set[str]]:
    """Return the first h1s that may be the headline, and the normalized names of the site that the
    others say: they are links to the home page or a section above the page."""
    h1s: list[TextRun] = []
    names: set[str] = set()
    for run in page.runs:
        if run.block.tag == "h1" and run.text:
            if _is_masthead(run, url):
                names.add(normalize(run.text))
            elif len(h1s) < _MAX_H1S:
                h1s.append(run)
    return h1s, names


def _is_masthead(run: TextRun, url: str) -> bool:
    """Return True if a heading is one link to a page above this one."""
    for tag, node, chars, _ in run.spans:
        if tag == "a" and chars >= _MIN_LINK_SHARE * run.source_chars:
            href = node.attributes.get("href")
            if href and _is_above(join_url(url, href.strip()), url):
                return True
    return False


def _is_above(address: str, url: str) -> bool:
    """Return True if `address` is the home page of the site of `url`, or a folder it is in."""
    try:
        above, page = urlsplit(address), urlsplit(url)
    except ValueError:
        return False
    if above.query or _host(above) != _host(page):
        return False
    folder, path = _INDEX_PAGE.sub("", above.path).rstrip("/"), page.path.rstrip("/")
    return bool(page.query) if folder == path else path.startswith(f"{folder}/")


def _host(address: SplitResult) -> str:
    return address.netloc.lower().removeprefix("www.")


def find_lesser_titles(page: PageTree, declared: list[str]) -> set[str]:
    """Return the letters of what may be the headline on a page without h1: h2, h3 and other lines
    with which a text of the head begins."""
    found = set()
    beginnings = [normalize(text) for text in declared]
    for run in page.runs:
        if run.block.tag in _LESSER_TAGS:
            found.add(normalize(run.text))
        elif _MIN_TITLE_CHARS < len(run.text) < MAX_CHARS and not _has_link(run):
            key = normalize(run.text)
            if any(text.startswith(key) for text in beginnings):
                found.add(key)
    return found


def find_lesser_heading(page: PageTree, declared: set[str], social: str, *, links: bool) -> str:
    """Return the first h2 or h3 with the same letters as a text of the head; else empty.

    One that is a link, as in a list of stories, counts only with `links`.
    """
    for run in page.runs:
        if run.block.tag in _LESSER_TAGS and (links or not _has_link(run)):
            text = read_heading(run, declared, social)
            if normalize(text) in declared:
                return text
    return ""


def _has_link(run: TextRun) -> bool:
    return any(tag == "a" for tag, _, _, _ in run.spans)


def read_heading(run: TextRun, declared: set[str], social: str) -> str:
    """Return the text of a heading on one line, without what stands before or behind it in an
    element of its own (a kicker, a mark of subscribers), if the rest is a text of the head.

    If the head has both with and without it, og:title (`social`) decides.
    """
    text = " ".join(run.text.split())
    is_declared = normalize(text) in declared
    told = {social} if is_declared else declared
    for _, node, _, _ in run.spans:
        part = text_of(node)
        if part and part != text:
            for rest in (text.removeprefix(part), text.removesuffix(part), part):
                if normalize(rest) in told:
                    return _without_edges(rest)
    return (text if is_declared else _without_kicker(run, text, declared))[:MAX_CHARS]


def _without_kicker(run: TextRun, text: str, declared: set[str]) -> str:
    """Return the text without an element before it that is a kicker: by its class, or because the
    head has another kicker before the same words."""
    for _, node, _, _ in run.spans:
        part = text_of(node)
        rest = text.removeprefix(part)
        key = normalize(rest)
        if part and rest != text and key:
            names = (node.attributes.get("class") or "").lower()
            if _KICKER_CLASS.search(names) or any(one.endswith(key) for one in declared):
                return _without_edges(rest)
    return text


def _without_edges(text: str) -> str:
    return text.lstrip(_AFTER_KICKER).rstrip()[:MAX_CHARS]


def best_heading(h1s: list[str], declared: list[str], names: set[str]) -> str:
    """Return the h1 that is most like the texts of the head, or the only h1; else empty.

    Similarity is the overlap coefficient of words; `names` of the site are no headlines.
    """
    best, best_similarity = "", 0.0
    of_declared = [_words(text) for text in dict.fromkeys(declared)]
    for text in h1s:
        words = _words(text)
        if not words or normalize(text) in names:
            continue
        similarity = max(
            (len(words & other) / (min(len(words), len(other)) or 1) for other in of_declared),
            default=1.0,
        )
        if similarity > best_similarity:
            best, best_similarity = text, similarity
    is_alike = best_similarity >= _MIN_SIMILARITY
    return best if is_alike or (len(h1s) == 1 and best) else ""


def _words(text: str) -> set[str]:
    """Return the words that may tell one text from another: the long ones, if there are any."""
    words = set(_WORD.findall(text.lower()))
    telling = {word for word in words if len(word) >= _MIN_TELLING_WORD_CHARS}
    return telling or words


def find_heading_block(page: PageTree, headline: str) -> BlockElement | None:
    """Return the h1 or h2 with the headline, or else the first h1; None if there is none.

    An h1 may have more than the headline in it, such as a kicker.
    """
    key = normalize(headline)
    first_h1 = None
    for run in page.runs:
        tag = run.block.tag
        if tag in ("h1", "h2") and run.text and has_headline(tag, normalize(run.text), key):
            return run.block
        if tag == "h1" and first_h1 is None:
            first_h1 = run.block
    return first_h1
