"""The headline of the story: what the sources agree on, freed from the site's name."""

import re
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from workers.parse.fields import title_vote
from workers.parse.html import jsonld
from workers.parse.html.metadata import Metadata
from workers.parse.html.tree import BlockElement, PageTree

_SEPARATOR: Final = re.compile(r"\s+[|\-–—•·»›/:«]+\s+|\s*[|｜：]\s*|\s+-(?=\S)|(?<=\S)-\s+")
_LETTERS: Final = re.compile(r"\W+")
_SOURCES: Final = ("dc.title", "title", "headline", "parsely-title", "sailthru.title", "hdl")
_EDGES: Final = " |»›·•⋆"
_LONGEST: Final = 400

Candidate = title_vote.Candidate


@lru_cache(maxsize=1_000)
def norm(text: str) -> str:
    """For comparison: letters and digits, in lower case. The same few texts of a page are compared
    again and again."""
    return _LETTERS.sub("", text.lower())


def find(page: PageTree, head: Metadata, url: str = "") -> Candidate:
    """The headline and where it was read; both empty if there is none."""
    found = candidates(page, head, url)
    return title_vote.choose(found) if found else _last_resort(page, head)


def candidates(page: PageTree, head: Metadata, url: str) -> title_vote.Ballot:
    """All that the page calls its headline, freed from the site's name, with who says so."""
    told = _told(head)
    printed = [run.text[:_LONGEST] for run in page.runs if run.box.tag == "h1" and run.text][:6]
    names = site_names(head, url)
    cleaned = _cleaned(told, {norm(text) for text in printed}, names)
    if heading := _best_heading(printed, [text for text, _ in cleaned], names):
        cleaned.append((heading, "h1"))
    keyed = [(norm(text), text, origin) for text, origin in cleaned]
    if name := next((jsonld.text_of(node.get("name")) for node in _headed(head)), ""):
        keyed.append((norm(name), name, "json-ld name"))
    return title_vote.count([one for one in keyed if one[0] and one[0] not in names])


def _headed(head: Metadata) -> list[jsonld.Node]:
    """The first article of the JSON-LD that has a headline."""
    return [node for node in head.articles if jsonld.text_of(node.get("headline"))][:1]


def _told(head: Metadata) -> list[Candidate]:
    """What the head of the page says, best source first."""
    social = head.value("og:title")
    found = [(social, "meta og:title")] if social else []
    found += [(jsonld.text_of(node["headline"]), "json-ld headline") for node in _headed(head)]
    for names in (("twitter:title",), _SOURCES):
        if (other := head.first(*names)) is not None:
            found.append((other[0], f"meta {other[1]}"))
    if head.title:
        is_copy = norm(head.title) == norm(social)
        found.append((head.title, "title tag as og:title" if is_copy else "title tag"))
    return [(text[:_LONGEST], origin) for text, origin in found]


def _cleaned(told: list[Candidate], printed: set[str], names: set[str]) -> list[Candidate]:
    """`told` without the site's name, nor what else a source has glued to the headline.

    What is printed on the page as it stands is whole, and so is a text on which og:title and
    JSON-LD agree.
    """
    known = printed | {norm(text) for text, _ in told}
    own = {
        text: text if norm(text) in printed else strip_site(text, names, set())
        for text in {text for text, _ in told}
    }
    bare = [(own[text], origin) for text, origin in told]
    by_origin = {origin: norm(text) for text, origin in bare}
    ours, theirs = by_origin.get("json-ld headline", ""), by_origin.get("meta og:title", "")
    found = []
    for text, origin in bare:
        agreed = theirs if origin == "json-ld headline" else ours
        is_whole = norm(text) in printed or norm(text) == agreed
        found.append((text if is_whole else strip_site(text, names, known), origin))
    return [(text.strip(_EDGES).removesuffix(" -"), origin) for text, origin in found]


def site_names(head: Metadata, url: str) -> set[str]:
    """Names of the site, as `norm` writes them."""
    if head.sites is None:
        head.sites = _site_names(head, url)
    return head.sites


def _site_names(head: Metadata, url: str) -> set[str]:
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    names = {norm(host), norm(host.rpartition(".")[0]), norm(host.partition(".")[0])}
    names.add(norm(head.value("og:site_name", "application-name", "twitter:site", "publisher")))
    for node in head.articles[:1]:
        names.add(norm(jsonld.text_of(node.get("publisher"))))
    return {name for name in names if len(name) > 1}


def strip_site(text: str, names: set[str], known: set[str]) -> str:
    """`text` without the site's name before or behind it.

    A part is the site's if it is one of `names` or resembles it, or if what is left is `known`
    from another source.
    """
    for _ in range(3):
        cuts = list(_SEPARATOR.finditer(text))
        shorter = next(
            (part for cut in reversed(cuts) if (part := _cut(text, cut, names, known))), ""
        )
        if not shorter:
            break
        text = shorter
    return text


def _cut(text: str, cut: re.Match[str], names: set[str], known: set[str]) -> str:
    before, after = text[: cut.start()].strip(), text[cut.end() :].strip()
    if norm(before) in known and len(before) >= 0.4 * len(text):
        return before
    if norm(after) in known and len(after) >= 0.4 * len(text):
        return after
    if before and is_site(after, names):
        return before
    if after and is_site(before, names):
        return after
    return ""


def is_site(part: str, names: set[str]) -> bool:
    """True if `part` is one of the site's `names`, or has much of one in it."""
    name = norm(part)
    if len(name) < 2 or len(part) > 60:  # noqa: PLR2004  no name of a site
        return False
    first = norm(part.split(maxsplit=1)[0])
    return any(
        own in (name, first if len(first) > 2 else name)  # noqa: PLR2004
        or (len(own) > 2 and name.startswith(own) and len(own) < len(name) < 3 * len(own))  # noqa: PLR2004
        or (len(own) > 3 and own in name and len(own) > 0.5 * len(name))  # noqa: PLR2004
        or (len(name) > 3 and name in own)  # noqa: PLR2004
        for own in names
    )


def _words(text: str) -> set[str]:
    return set(_LETTERS.sub(" ", text.lower()).split())


def _best_heading(printed: list[str], told: list[str], names: set[str]) -> str:
    """The h1 that is most like what the head says."""
    best, most = "", 0.0
    for text in printed:
        own = _words(text)
        if not own or norm(text) in names:
            continue
        alike = max(
            (len(own & w) / (min(len(own), len(w)) or 1) for w in map(_words, told)), default=1.0
        )
        if alike > most:
            best, most = text, alike
    return best if most >= 0.3 or (len(printed) == 1 and best) else ""  # noqa: PLR2004  some words


def _last_resort(page: PageTree, head: Metadata) -> Candidate:
    if head.title:
        return head.title[:_LONGEST], "title tag"
    for run in page.runs:
        if run.box.tag in ("h1", "h2") and run.text:
            return run.text[:_LONGEST], run.box.tag
    return "", ""


def box_of(page: PageTree, headline: str) -> BlockElement | None:
    """Where the headline stands in the body."""
    wanted = norm(headline)
    first = None
    for run in page.runs:
        tag = run.box.tag
        if tag in ("h1", "h2") and run.text and norm(run.text) == wanted:
            return run.box
        if tag == "h1" and first is None:
            first = run.box
    return first
