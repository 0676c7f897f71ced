"""The headline of the story: what the sources agree on, freed from the site's name."""

import re
from urllib.parse import urlsplit

from workers.parse import jsonld
from workers.parse.metadata import Metadata
from workers.parse.tree import Box, Page

_SEPARATOR = re.compile(r"\s+[|\-–—•·»›/:«]+\s+|\s*[|｜：]\s*|\s+-(?=\S)|(?<=\S)-\s+")
_LETTERS = re.compile(r"\W+")
_PLAIN = str.maketrans("‘’‚‛`´“”„‟«»‐‑‒–—―−\u00a0", "''''''\"\"\"\"\"\"------- ")
WEIGHTS = {"json-ld headline": 0.5, "h1": 1.0, "meta og:title": 2.0, "title tag": 0.3}
OTHER_WEIGHT = 0.5
_SOURCES = ("twitter:title", "dc.title", "headline", "parsely-title", "sailthru.title", "hdl")

# Where the head tells no more than this, one field of an editing form filled both of its tags;
# the heading is the other one.
_ONE_VOICE = {"meta og:title", "title tag", "h1"}
_LONGEST = 400

Candidate = tuple[str, str]


def norm(text: str) -> str:
    """For comparison: letters and digits, in lower case."""
    return _LETTERS.sub("", text.lower())


def find(page: Page, head: Metadata, url: str = "") -> Candidate:
    """The headline and where it was read; both empty if there is none."""
    told = _told(head)
    printed = [run.text[:_LONGEST] for run in page.runs if run.box.tag == "h1" and run.text][:6]
    names = site_names(head, url)
    known = {norm(text) for text, _ in told} | {norm(text) for text in printed}
    cleaned = [(strip_site(text, names, known), origin) for text, origin in told]
    heading = _best_heading(printed, [text for text, _ in cleaned], names)
    if heading:
        cleaned.append((heading, "h1"))
    cleaned = [(text, origin) for text, origin in cleaned if norm(text) and norm(text) not in names]
    if not cleaned:
        return _last_resort(page, head)
    return _vote(cleaned)


def _told(head: Metadata) -> list[Candidate]:
    """What the head of the page says, best source first."""
    found = []
    for node in head.articles:
        if text := jsonld.text_of(node.get("headline")):
            found.append((text, "json-ld headline"))
            break
    if text := head.value("og:title"):
        found.append((text, "meta og:title"))
    if (other := head.first(*_SOURCES)) is not None:
        found.append((other[0], f"meta {other[1]}"))
    if head.title:
        found.append((head.title, "title tag"))
    return [(text[:_LONGEST], origin) for text, origin in found]


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


def _vote(found: list[Candidate]) -> Candidate:
    by_origin = {origin: (norm(text), text) for text, origin in found}
    if by_origin.keys() == _ONE_VOICE:
        told, printed = by_origin["meta og:title"], by_origin["h1"]
        # a heading that holds all of it and more has a kicker or a date glued to it
        if told[0] == by_origin["title tag"][0] and told[0] not in printed[0]:
            return printed[1], "h1"
    votes: dict[str, float] = {}
    for text, origin in found:
        key = norm(text)
        votes[key] = votes.get(key, 0.0) + WEIGHTS.get(origin, OTHER_WEIGHT)
    best = max(votes, key=lambda key: votes[key])
    alike = [(text, origin) for text, origin in found if norm(text) == best]
    return max(alike, key=lambda one: WEIGHTS.get(one[1], OTHER_WEIGHT))


def _last_resort(page: Page, head: Metadata) -> Candidate:
    if head.title:
        return head.title[:_LONGEST], "title tag"
    for run in page.runs:
        if run.box.tag in ("h1", "h2") and run.text:
            return run.text[:_LONGEST], run.box.tag
    return "", ""


def box_of(page: Page, headline: str) -> Box | None:
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
