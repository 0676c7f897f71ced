"""Who wrote the story."""

import re
from typing import Final

from workers.parse.fields import people, title
from workers.parse.html import class_names, jsonld
from workers.parse.html.markup import names_of
from workers.parse.html.metadata import Metadata
from workers.parse.html.tree import PageTree, TextRun
from workers.parse.layout import text_density
from workers.parse.layout.subtree_totals import HEADINGS

META: Final = (
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "byl",
    "dcterms.creator",
    "article:author_name",
    "cxenseparse:author",
    "citation_author",
    "creator",
)
_AUTHOR_LINK: Final = re.compile(
    r"/(?:authors?|auth|autor|autoren|autores|auteurs?|autore|skribent|journalist)s?[/=]|[?&]author="
)
_SHORT_LINE: Final = 90
_MOST_LINKS: Final = 2
_PARTS: Final = re.compile(r"\s+[|·•–—-]\s+|\s*[|·•]\s*")
_DATE: Final = re.compile(
    r"\d{1,2}[./ -]\w{2,12}[./ -]+\d{2,4}|\w{3,10} \d{1,2},? \d{4}|\d{1,2}:\d{2}"
)

Found = tuple[tuple[str, ...], str]


def find(
    page: PageTree, head: Metadata, url: str = "", window: tuple[int, int] | None = None
) -> Found:
    """Names in the order of the byline, and where they were read.

    `window` are the orders of the runs between headline and text, where a byline may stand.
    """
    sites = title.site_names(head, url)
    told = _told(head)
    for value, origin in told:
        persons = people.find(value, sites)
        if persons:
            return persons, origin
    if printed := _printed(page, sites, window):
        return printed
    for value, origin in told:
        whole = tuple(dict.fromkeys(people.clean(text) for text in value if people.clean(text)))
        if whole:
            return whole, origin
    return (), ""


def _told(head: Metadata) -> list[tuple[list[str], str]]:
    """What the head says, source by source."""
    found = []
    for node in head.articles:
        if texts := _authors_of(node):
            found.append((texts, "json-ld author"))
            break
    for name in META:
        if name not in head.meta:
            continue
        values = [v for v in head.meta[name] if v and "http" not in v and len(v) < 300]  # noqa: PLR2004
        if values:
            found.append((list(dict.fromkeys(values)), f"meta {name}"))
    return found


def _authors_of(node: jsonld.Node) -> list[str]:
    value = node.get("author") or node.get("creator")
    values = value if isinstance(value, list) else [value]
    texts = []
    for one in values:
        if isinstance(one, dict) and isinstance(one.get("name"), list):
            texts += [text for name in one["name"] if (text := jsonld.text_of(name))]
        elif isinstance(one, dict) and not one.get("name"):
            continue
        elif text := jsonld.text_of(one):
            texts.append(text)
    return [text for text in texts if not text.startswith("http")]


def _printed(page: PageTree, sites: set[str], window: tuple[int, int] | None) -> Found | None:
    """The byline as readers see it."""
    if window is None:
        return None
    persons: dict[str, None] = {}
    for run in page.runs[max(0, window[0]) : window[1]]:
        if not run.text or len(run.text) > people.MAX_LINE_LENGTH:
            continue
        texts = _marked(run)
        if not texts and (_box_speaks(run) or _has_prefix(run.text)):
            texts = _pieces(run) or [run.text]
        for name in people.find(texts, sites):
            persons[name] = None
    lines = [run for run in page.runs[max(0, window[0]) : window[1]] if run.text]
    found = tuple(persons)[:8] or _alone(lines, sites) or _beside_date(lines, sites)
    return (found, "byline") if found else None


def _alone(runs: list[TextRun], sites: set[str]) -> tuple[str, ...]:
    """A name that stands alone on an emphasised line."""
    for run in runs:
        emphasised = any(
            tag in ("strong", "b", "em", "i") and chars > 0.9 * run.length
            for tag, _, chars, _ in run.marks
        )
        if emphasised and " " in run.text and run.box.tag not in HEADINGS:
            persons = people.find([run.text], sites)
            if persons and sum(map(len, persons)) > 0.7 * len(run.text):
                return persons
    return ()


def _beside_date(lines: list[TextRun], sites: set[str]) -> tuple[str, ...]:
    """A name that shares its line with a date, or stands in the line before or after one."""
    dated = [len(run.text) < _SHORT_LINE and bool(_DATE.search(run.text)) for run in lines]
    for n, run in enumerate(lines):
        if not any(dated[max(0, n - 1) : n + 2]) or _is_label(run):
            continue
        parts = [part for part in _PARTS.split(run.text) if part and not _DATE.search(part)]
        if (
            len(parts) == 1
            and " " in parts[0]
            and ":" not in parts[0]
            and (persons := people.find(parts, sites))
        ):
            return persons
    return ()


def _is_label(run: TextRun) -> bool:
    """True for lines that name something else: headings, credits, sections with their link."""
    links = [chars for tag, _, chars, _ in run.marks if tag == "a"]
    linked = len(links) > _MOST_LINKS or any(chars > 0.8 * run.length for chars in links)
    return linked or len(run.text) > _SHORT_LINE or run.box.tag in HEADINGS


def _marked(run: TextRun) -> list[str]:
    """The parts of a line that the markup calls an author's."""
    texts = []
    for tag, node, _, _ in run.marks:
        if tag not in ("a", "span", "strong", "b"):
            continue
        attributes = node.attributes
        if not attributes:
            continue
        flags = class_names.flags_of(names_of(attributes))
        link = attributes.get("href") or ""
        if link.endswith((".jpg", ".png")):
            continue
        if (
            flags & class_names.BYLINE
            or attributes.get("rel") == "author"
            or _AUTHOR_LINK.search(link)
        ):
            texts.append(" ".join(node.text().split()))
    return [text for text in dict.fromkeys(texts) if 1 < len(text) < people.MAX_LINE_LENGTH]


def _pieces(run: TextRun) -> list[str]:
    """The inline elements of a line, if each of them is a name and they are most of it."""
    texts = [
        (" ".join(node.text().split()), chars)
        for tag, node, chars, _ in run.marks
        if tag in ("a", "span") and chars < run.length
    ]
    persons = [(text, chars) for text, chars in texts if people.is_name(people.clean(text))]
    if sum(chars for _, chars in persons) < 0.6 * run.length:
        return []
    return [text for text, _ in persons]


def _box_speaks(run: TextRun) -> bool:
    """True if the boxes right around the line call it an author's."""
    flags = text_density.flags_of(run.box)
    return bool(flags & (class_names.BYLINE | class_names.BIO)) and not flags & class_names.COMMENTS


def _has_prefix(text: str) -> bool:
    low = text[: people.MAX_LINE_LENGTH].lower()
    if not low.startswith(people.PREFIXES):
        return False
    for prefix in people.PREFIXES:
        if low.startswith(prefix) and len(prefix) > 1:
            rest = text[len(prefix) :]
            return (
                rest[:1] in " :\u00a0"
                and rest.strip(" :\u00a0")[:1].isupper()
                and len(text.split()) < 2 * people.MAX_NAME_LENGTH
            )
    return False
