"""Finds the headline of the story: what the sources agree on, without the site's name."""

import html
import re
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from workers.parse.fields import title_vote
from workers.parse.fields.title_vote import Candidate, Votes
from workers.parse.html import jsonld
from workers.parse.html.markup import text_of
from workers.parse.html.metadata import Metadata
from workers.parse.html.tree import BlockElement, PageTree, TextRun

_SEPARATOR: Final = re.compile(
    r"\s+[|\-–—•·»›/:«<>~⋆]+\s+|\s*[|｜：]\s*|\s+-(?=\S)|(?<=\S)-\s+"
    r"|\s+_\s+|(?<=[^\x00-\x7f])_(?=\S)|(?<=[\u3040-\ud7ff])[-–—]+(?=[\u3040-\ud7ff])"
)
_NON_LETTERS: Final = re.compile(r"\W+")
_WORD: Final = re.compile(r"\w+")
_META_NAMES: Final = ("dc.title", "title", "headline", "parsely-title", "sailthru.title", "hdl")
_CUT_MARKS: Final = ("…", "...")
_MIN_TELLING_WORD_CHARS: Final = 4
_EDGE_MARKS: Final = " |·•⋆#¶"
_AFTER_KICKER: Final = " |·•:-–—"
_EDGE_ARROWS: Final = "»›"
_QUOTES: Final = "«‹"
_ADDITION: Final = re.compile(r"\s\|\s")
_MIN_HEADLINE_WORDS: Final = 3
_MAX_CHARS: Final = 400
_MAX_H1S: Final = 6
_MAX_SITE_PARTS: Final = 3
_MIN_KNOWN_SHARE: Final = 0.4
_MIN_HEADING_SIMILARITY: Final = 0.3
# Of names of sites.
_MIN_PART_CHARS, _MAX_PART_CHARS = 2, 60
_MIN_FIRST_WORD_CHARS: Final = 3
_MIN_PREFIX_CHARS: Final = 3
_MIN_INNER_CHARS: Final = 4
_MAX_LENGTH_RATIO: Final = 3
_MIN_INNER_SHARE: Final = 0.5


@lru_cache(maxsize=1_000)
def normalize(text: str) -> str:
    """Return letters and digits in lower case, for comparison.

    Cached, because the same few texts of a page are compared again and again.
    """
    return _NON_LETTERS.sub("", text.lower())


def find_title(page: PageTree, head: Metadata, url: str = "") -> Candidate:
    """Return the headline and where it was read; both empty if there is none."""
    candidates = find_candidates(page, head, url)
    return title_vote.choose(candidates) if candidates else _fallback(page, head)


def find_candidates(page: PageTree, head: Metadata, url: str) -> Votes:
    """Return all texts that may be the headline, without the site's name, by their sources."""
    declared = _read_head(head)
    headings = [run for run in page.runs if run.block.tag == "h1" and run.text][:_MAX_H1S]
    names = site_names(head, url)
    cleaned = _strip_sites(declared, {normalize(run.text) for run in headings}, names)
    told = [text for text, _ in cleaned if normalize(text) not in names]
    keys = {normalize(text) for text in told}
    if heading := _best_heading([_read_heading(run, keys) for run in headings], told, names):
        cleaned.append((_trim(heading), "h1"))
    elif heading := _find_lesser_heading(page, {normalize(text) for text, _ in cleaned}):
        cleaned.append((heading, "h2"))
    cleaned = _without_cut_texts(cleaned)
    keyed = [(normalize(text), text, origin) for text, origin in cleaned]
    if name := next((jsonld.text_of(node.get("name")) for node in _headline_nodes(head)), ""):
        keyed.append((normalize(name), name, "json-ld name"))
    return title_vote.count_votes([vote for vote in keyed if vote[0] and vote[0] not in names])


def _read_heading(run: TextRun, declared: set[str]) -> str:
    """Return the text of a heading on one line. An element at its beginning or end, such as a
    kicker or a mark of subscribers, is left out if the rest is a text of the head."""
    text = " ".join(run.text.split())
    if normalize(text) not in declared:
        for _, node, _, _ in run.spans:
            part = text_of(node)
            for rest in (text.removeprefix(part), text.removesuffix(part)):
                if normalize(rest) in declared:
                    return rest.lstrip(_AFTER_KICKER).rstrip()[:_MAX_CHARS]
    return text[:_MAX_CHARS]


def _find_lesser_heading(page: PageTree, declared: set[str]) -> str:
    """Return the first h2 or h3 with the same letters as a text of the head; else empty."""
    for run in page.runs:
        if run.block.tag in {"h2", "h3"} and normalize(run.text) in declared:
            return run.text[:_MAX_CHARS]
    return ""


def _without_cut_texts(candidates: list[Candidate]) -> list[Candidate]:
    """Return the candidates without those that are the beginning of another one and end in dots."""
    return [
        (text, origin)
        for text, origin in candidates
        if not text.endswith(_CUT_MARKS)
        or not any(
            other.startswith(text.rstrip(".… ")) and not other.startswith(text)
            for other, _ in candidates
        )
    ]


def _headline_nodes(head: Metadata) -> list[jsonld.Node]:
    """Return the first article of the JSON-LD that has a headline; an empty list without one."""
    return [node for node in head.article_nodes if jsonld.text_of(node.get("headline"))][:1]


def _read_head(head: Metadata) -> list[Candidate]:
    """Return the headlines in the head of the page, best source first."""
    social = head.value("og:title")
    candidates = [(social, "meta og:title")] if social else []
    candidates += [
        (jsonld.text_of(node["headline"]), "json-ld headline") for node in _headline_nodes(head)
    ]
    for names in (("twitter:title",), _META_NAMES):
        if (meta := head.find(*names)) is not None:
            candidates.append((meta[0], f"meta {meta[1]}"))
    if head.title:
        is_copy = normalize(head.title) == normalize(social)
        candidates.append((head.title, "title tag as og:title" if is_copy else "title tag"))
    return [(_unescape(text)[:_MAX_CHARS], origin) for text, origin in candidates]


def _unescape(text: str) -> str:
    """Return `text` without the character references that were escaped twice."""
    return html.unescape(text) if "&" in text else text


def _strip_sites(declared: list[Candidate], printed: set[str], names: set[str]) -> list[Candidate]:
    """Return the candidates without the site's name and other additions.

    A text that is `printed` on the page has no additions, nor has one on which og:title and JSON-LD
    agree.
    """
    known = printed | {normalize(text) for text, _ in declared}
    stripped = {
        text: text if normalize(text) in printed else strip_site(text, names, set())
        for text in {text for text, _ in declared}
    }
    candidates = [(stripped[text], origin) for text, origin in declared]
    by_origin = {origin: normalize(text) for text, origin in candidates}
    linked, social = by_origin.get("json-ld headline", ""), by_origin.get("meta og:title", "")
    cleaned = []
    for text, origin in candidates:
        other = social if origin == "json-ld headline" else linked
        is_complete = normalize(text) in printed or normalize(text) == other
        cleaned.append((text if is_complete else strip_site(text, names, known), origin))
    return [(_trim(text), origin) for text, origin in cleaned]


def _trim(text: str) -> str:
    """Return `text` without what stands behind a vertical bar, and without marks at its edges.

    Arrows that are quotation marks stay.
    """
    addition = _ADDITION.search(text)
    if addition and len(text[: addition.start()].split()) >= _MIN_HEADLINE_WORDS:
        text = text[: addition.start()]
    is_quoting = any(mark in text for mark in _QUOTES)
    marks = _EDGE_MARKS if is_quoting else _EDGE_MARKS + _EDGE_ARROWS
    return text.strip(marks).removesuffix(" -")


def site_names(head: Metadata, url: str) -> set[str]:
    """Return the names of the site, normalized; cached in `head`."""
    if head.site_names is None:
        head.site_names = _read_site_names(head, url)
    return head.site_names


def _read_site_names(head: Metadata, url: str) -> set[str]:
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    names = {normalize(host), normalize(host.rpartition(".")[0]), normalize(host.partition(".")[0])}
    site = head.value("og:site_name", "application-name", "twitter:site", "publisher")
    names.add(normalize(site))
    for node in head.article_nodes[:1]:
        names.add(normalize(jsonld.text_of(node.get("publisher"))))
    return {name for name in names if len(name) > 1}


def strip_site(text: str, names: set[str], known: set[str]) -> str:
    """Return `text` without the site's name before or behind it.

    A part is removed if it is one of `names` or resembles it, or if the rest is a text `known` from
    another source.
    """
    first, colon, rest = text.partition(": ")
    if colon and normalize(first) in names:
        text = rest
    for _ in range(_MAX_SITE_PARTS):
        separators = list(_SEPARATOR.finditer(text))
        shorter = next(
            (
                part
                for separator in reversed(separators)
                if (part := _strip_at(text, separator, names, known))
            ),
            "",
        )
        if not shorter:
            break
        text = shorter
    return text


def _strip_at(text: str, separator: re.Match[str], names: set[str], known: set[str]) -> str:
    """Return the side of a separator that is the headline; empty if neither side is the site's."""
    before, after = text[: separator.start()].strip(), text[separator.end() :].strip()
    for part in (before, after):
        if normalize(part) in known and len(part) >= _MIN_KNOWN_SHARE * len(text):
            return part
    if before and is_site_name(after, names):
        return before
    if after and is_site_name(before, names):
        return after
    return ""


def is_site_name(part: str, names: set[str]) -> bool:
    """Return True if `part` is one of the site's `names`, or has much of one in it."""
    name = normalize(part)
    if len(name) < _MIN_PART_CHARS or len(part) > _MAX_PART_CHARS:
        return False
    first_word = normalize(part.split(maxsplit=1)[0])
    first = first_word if len(first_word) >= _MIN_FIRST_WORD_CHARS else name
    return any(own in (name, first) or _resembles(name, own) for own in names)


def _resembles(name: str, own: str) -> bool:
    """Return True if one name contains much of the other."""
    length, own_length = len(name), len(own)
    return (
        (
            own_length >= _MIN_PREFIX_CHARS
            and name.startswith(own)
            and own_length < length < _MAX_LENGTH_RATIO * own_length
        )
        or (
            own_length >= _MIN_INNER_CHARS
            and own in name
            and own_length > _MIN_INNER_SHARE * length
        )
        or (length >= _MIN_INNER_CHARS and name in own)
    )


def _words(text: str) -> set[str]:
    """Return the words that may tell one text from another: the long ones, if there are any."""
    words = set(_WORD.findall(text.lower()))
    telling = {word for word in words if len(word) >= _MIN_TELLING_WORD_CHARS}
    return telling or words


def _best_heading(h1s: list[str], declared: list[str], names: set[str]) -> str:
    """Return the h1 that is most like the texts of the head, or the only h1; else empty.

    Similarity is the overlap coefficient of words.
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
    is_alike = best_similarity >= _MIN_HEADING_SIMILARITY
    return best if is_alike or (len(h1s) == 1 and best) else ""


def _fallback(page: PageTree, head: Metadata) -> Candidate:
    """Return the title tag as it is, or another title of the head, or the first h1 or h2."""
    if head.title:
        return head.title[:_MAX_CHARS], "title tag"
    if (meta := head.find(*_META_NAMES)) is not None:
        return meta[0][:_MAX_CHARS], f"meta {meta[1]}"
    for run in page.runs:
        if run.block.tag in ("h1", "h2") and run.text:
            return run.text[:_MAX_CHARS], run.block.tag
    return "", ""


def find_heading_block(page: PageTree, headline: str) -> BlockElement | None:
    """Return the h1 or h2 with the headline, or else the first h1; None if there is none."""
    key = normalize(headline)
    first_h1 = None
    for run in page.runs:
        tag = run.block.tag
        if tag in ("h1", "h2") and run.text and normalize(run.text) == key:
            return run.block
        if tag == "h1" and first_h1 is None:
            first_h1 = run.block
    return first_h1
