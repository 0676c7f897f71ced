"""Finds the headline of the story: what the sources agree on, without the site's name."""

import html
import re
from typing import Final
from urllib.parse import urlsplit

from workers.parse.fields import headings, title_vote
from workers.parse.fields.headings import MAX_CHARS, normalize
from workers.parse.fields.title_vote import SOCIAL, Candidate, Votes
from workers.parse.html import jsonld
from workers.parse.html.metadata import Metadata
from workers.parse.html.tree import PageTree, TextRun

_SEPARATOR: Final = re.compile(
    r"\s+[|\-–—•·»›/:«<>~⋆]+\s+|\s*[|｜：]\s*|\s+-(?=\S)|(?<=\S)-\s+"
    r"|\s+_\s+|(?<=[^\x00-\x7f])_(?=\S)|(?<=[\u3000-\ud7ff\uff00-\uffef])[-–—]+(?=[\u3040-\ud7ff])"
)
_META_NAMES: Final = ("dc.title", "title", "headline", "parsely-title", "sailthru.title", "hdl")
_CUT_MARKS: Final = ("…", "...")
_EDGE_MARKS: Final = " |·•⋆#¶"
_EDGE_ARROWS: Final = "»›"
_QUOTES: Final = "«‹"
_ADDITION: Final = re.compile(r"\s\|\s")
_MIN_HEADLINE_WORDS: Final = 3
_MAX_SITE_PARTS: Final = 3
_MIN_KNOWN_SHARE: Final = 0.4
# Of names of sites.
_MIN_PART_CHARS, _MAX_PART_CHARS = 2, 60
_MIN_FIRST_WORD_CHARS: Final = 3
_MIN_PREFIX_CHARS: Final = 3
_MIN_INNER_CHARS: Final = 4
_MAX_LENGTH_RATIO: Final = 3
_MIN_INNER_SHARE: Final = 0.5


def find_title(page: PageTree, head: Metadata, url: str = "") -> Candidate:
    """Return the headline and where it was read; both empty if there is none."""
    candidates = find_candidates(page, head, url)
    return title_vote.choose(candidates) if candidates else _fallback(page, head)


def find_candidates(page: PageTree, head: Metadata, url: str) -> Votes:
    """Return all texts that may be the headline, without the site's name, by their sources."""
    declared = _read_head(head)
    h1s, mastheads = headings.find_h1s(page, url)
    names = site_names(head, url) | mastheads
    printed = {normalize(run.text) for run in h1s}
    lesser = set() if h1s else headings.find_lesser_titles(page, [text for text, _ in declared])
    cleaned = _strip_sites(declared, printed, lesser - names, names)
    if heading := _find_heading(page, h1s, cleaned, names):
        cleaned.append(heading)
    cleaned = _without_cut_texts(cleaned)
    keyed = [(normalize(text), text, origin) for text, origin in cleaned]
    if name := next((jsonld.text_of(node.get("name")) for node in _headline_nodes(head)), ""):
        keyed.append((normalize(name), name, "json-ld name"))
    return title_vote.count_votes([vote for vote in keyed if vote[0] and vote[0] not in names])


def _find_heading(
    page: PageTree, h1s: list[TextRun], declared: list[Candidate], names: set[str]
) -> Candidate | None:
    """Return the printed headline: an h1, or a lesser heading with a text of the head if no h1
    has one."""
    told = [text for text, _ in declared if normalize(text) not in names]
    keys = {normalize(text) for text in told}
    social = next((normalize(text) for text, origin in declared if origin == SOCIAL), "")
    texts = [headings.read_heading(run, keys, social) for run in h1s]
    h1 = headings.best_heading(texts, told, names)
    if normalize(h1) not in keys and (
        lesser := headings.find_lesser_heading(page, keys, social, links=not h1)
    ):
        return lesser, "h2"
    return (_trim(h1), "h1") if h1 else None


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
    return [(_unescape(text)[:MAX_CHARS], origin) for text, origin in candidates]


def _unescape(text: str) -> str:
    """Return `text` without the character references that were escaped twice."""
    return html.unescape(text) if "&" in text else text


def _strip_sites(
    declared: list[Candidate], printed: set[str], lesser: set[str], names: set[str]
) -> list[Candidate]:
    """Return the candidates without the site's name and other additions.

    A text that is `printed` as an h1 has no additions, nor has one on which og:title and JSON-LD
    agree. `lesser` are other printed lines that tell where the headline ends.
    """
    known = printed | lesser | {normalize(text) for text, _ in declared}
    stripped = {
        text: text if normalize(text) in printed else strip_site(text, names, set())
        for text in {text for text, _ in declared}
    }
    by_origin = {origin: normalize(stripped[text]) for text, origin in declared}
    linked, social = by_origin.get("json-ld headline", ""), by_origin.get("meta og:title", "")
    cleaned = []
    for text, origin in declared:
        bare = stripped[text]
        other = social if origin == "json-ld headline" else linked
        is_complete = normalize(bare) in printed or normalize(bare) == other
        if not is_complete:
            bare = strip_site(_trim(strip_site(text, names, known)), names, known)
        cleaned.append((_trim(bare), origin))
    return cleaned


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


def _fallback(page: PageTree, head: Metadata) -> Candidate:
    """Return the title tag as it is, or another title of the head, or the first h1 or h2."""
    if head.title:
        return head.title[:MAX_CHARS], "title tag"
    if (meta := head.find(*_META_NAMES)) is not None:
        return meta[0][:MAX_CHARS], f"meta {meta[1]}"
    for run in page.runs:
        if run.block.tag in ("h1", "h2") and run.text:
            return run.text[:MAX_CHARS], run.block.tag
    return "", ""
