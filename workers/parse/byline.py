"""Who wrote the story."""

import re

from workers.parse import jsonld, lexicon, names, title
from workers.parse.body import prose
from workers.parse.body.groups import HEADINGS
from workers.parse.metadata import Metadata
from workers.parse.tree import Page, Run, names_of

_JOINS = [part for part in lexicon.table("bylines")["joins"].split("|") if part.strip()]
_SPLIT = re.compile(r"\s*[;|/•·\n]\s*|,\s+|、|，|" + "|".join(map(re.escape, _JOINS)))
_PREFIXES = tuple(sorted(lexicon.phrases("bylines", "prefixes"), key=len, reverse=True))
_PARTICLES = lexicon.words("bylines", "particles")
_AGENCIES = lexicon.words("bylines", "agencies")
_NEVER = lexicon.words("bylines", "never")
_WIDE = re.compile(r"[぀-ヿ㐀-䶿一-鿿가-힯฀-๿]")
_CASELESS = re.compile(r"[\u0590-\u1cff\u3040-\ud7ff]")
_CODE = re.compile(r"\s*[(\[][^()\[\]]{0,40}[)\]]")
_TAIL = re.compile(r"\s*(?:記者|기자|特派員|[@#].*|\S+@\S+|https?://\S+)\s*$")
META = (
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
_AUTHOR_LINK = re.compile(
    r"/(?:authors?|auth|autor|autoren|autores|auteurs?|autore|skribent|journalist)s?[/=]|[?&]author="
)
_LONGEST_NAME = 5
_LONGEST_LINE = 200

Found = tuple[tuple[str, ...], str]


def find(page: Page, head: Metadata, url: str = "", window: tuple[int, int] | None = None) -> Found:
    """Names in the order of the byline, and where they were read.

    `window` are the orders of the runs between headline and text, where a byline may stand.
    """
    sites = title.site_names(head, url)
    told = _told(head)
    for value, origin in told:
        people = _people(value, sites)
        if people:
            return people, origin
    if printed := _printed(page, sites, window):
        return printed
    for value, origin in told:
        whole = tuple(dict.fromkeys(_clean(text) for text in value if _clean(text)))
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
        values = [v for v in head.meta.get(name, ()) if v and "http" not in v and len(v) < 300]  # noqa: PLR2004
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


def _clean(text: str) -> str:
    text = _CODE.sub("", text).strip(" \t\n,;:|-–—•·*.") or text
    low = text[:_LONGEST_LINE].lower()
    if not low.startswith(_PREFIXES):
        return text
    for prefix in _PREFIXES:
        if low.startswith(prefix):
            rest = text[len(prefix) :]
            if not rest[:1].isalpha() and rest.strip(" :"):
                return rest.strip(" :,|-–—\u00a0")
    return text


def _people(texts: list[str], sites: set[str]) -> tuple[str, ...]:
    """The people (and agencies beside them) in texts such as "A and B, dpa"."""
    people: dict[str, None] = {}
    agencies: dict[str, None] = {}
    for text in texts:
        for part in _SPLIT.split(_clean(text)):
            name = _TAIL.sub("", _clean(part)).strip(" ,")
            if not name or title.norm(name) in sites or name.lower() in _PREFIXES:
                continue
            if name.lower() in _AGENCIES:
                agencies[name] = None
                people.setdefault(name)
            elif is_name(name) and not (people and title.is_site(name, sites)):
                people[name] = None
            elif people:
                break
    return tuple(people) if len(people) > len(agencies) or (len(texts) == 1 and people) else ()


def is_name(text: str) -> bool:
    """True for what looks like the name of a person or a desk: a few words, all capitalised but
    for particles, or a few letters of a script without capitals."""
    words = text.split()
    if not words or len(words) > _LONGEST_NAME or any(c.isdigit() for c in text):
        return False
    low = text.lower()
    if any(w in _NEVER for w in low.split()) or ("." in text.rstrip(".") and "www" in low):
        return False
    if _WIDE.search(text):
        return len(text) <= 12  # noqa: PLR2004  letters
    if _CASELESS.search(text):
        return len(words) >= 2  # noqa: PLR2004
    capital = [w for w in words if w.lower().strip("'’.") not in _PARTICLES]
    return bool(capital) and all(w[:1].isupper() or w[1:2] in "'’" for w in capital)


def _printed(page: Page, sites: set[str], window: tuple[int, int] | None) -> Found | None:
    """The byline as readers see it."""
    if window is None:
        return None
    people: dict[str, None] = {}
    for run in page.runs[max(0, window[0]) : window[1]]:
        if not run.text or len(run.text) > _LONGEST_LINE:
            continue
        texts = _marked(run)
        if not texts and (_box_speaks(run) or _has_prefix(run.text)):
            texts = _pieces(run) or [run.text]
        for name in _people(texts, sites):
            people[name] = None
    found = tuple(people)[:8] or _alone(page.runs[max(0, window[0]) : window[1]], sites)
    return (found, "byline") if found else None


def _alone(runs: list[Run], sites: set[str]) -> tuple[str, ...]:
    """A name that stands alone on an emphasised line."""
    for run in runs:
        emphasised = any(
            tag in ("strong", "b", "em", "i") and chars > 0.9 * run.length
            for tag, _, chars, _ in run.marks
        )
        if emphasised and " " in run.text and run.box.tag not in HEADINGS:
            people = _people([run.text], sites)
            if people and sum(map(len, people)) > 0.7 * len(run.text):
                return people
    return ()


def _marked(run: Run) -> list[str]:
    """The parts of a line that the markup calls an author's."""
    texts = []
    for tag, node, _, _ in run.marks:
        if tag not in ("a", "span", "strong", "b"):
            continue
        attributes = node.attributes
        if not attributes:
            continue
        flags = names.flags_of(names_of(attributes))
        link = attributes.get("href") or ""
        if link.endswith((".jpg", ".png")):
            continue
        if flags & names.BYLINE or attributes.get("rel") == "author" or _AUTHOR_LINK.search(link):
            texts.append(" ".join(node.text().split()))
    return [text for text in dict.fromkeys(texts) if 1 < len(text) < _LONGEST_LINE]


def _pieces(run: Run) -> list[str]:
    """The inline elements of a line, if each of them is a name and they are most of it."""
    texts = [
        (" ".join(node.text().split()), chars)
        for tag, node, chars, _ in run.marks
        if tag in ("a", "span") and chars < run.length
    ]
    people = [(text, chars) for text, chars in texts if is_name(_clean(text))]
    if sum(chars for _, chars in people) < 0.6 * run.length:
        return []
    return [text for text, _ in people]


def _box_speaks(run: Run) -> bool:
    """True if the boxes right around the line call it an author's."""
    flags = prose.flags_of(run.box)
    return bool(flags & (names.BYLINE | names.BIO)) and not flags & names.COMMENTS


def _has_prefix(text: str) -> bool:
    low = text[:_LONGEST_LINE].lower()
    if not low.startswith(_PREFIXES):
        return False
    for prefix in _PREFIXES:
        if low.startswith(prefix) and len(prefix) > 1:
            rest = text[len(prefix) :]
            return (
                rest[:1] in " :\u00a0"
                and rest.strip(" :\u00a0")[:1].isupper()
                and len(text.split()) < 2 * _LONGEST_NAME
            )
    return False
