"""Which of the lines before the text is the headline of the story."""

import re

from msgspec import Struct

from workers.parse.fields import title
from workers.parse.plaintext.line_classifier import ClassifiedLine, LineKind

_FEWEST_WORDS, _USUAL_WORDS, _MOST_WORDS = 3, 5, 30
_LONGEST = 300
_LOOKED_AT = 60
_BEFORE_PROSE = 3
_PREFIX = 5
_FAR = 0.02
_OF_A_SENTENCE = 0.5
_WORD = re.compile(r"[^\W\d_]+")
_PARTS = re.compile(r"\s+[|\-–—·•:]{1,2}\s+")
_LEADS = frozenset(
    (
        LineKind.CREDIT,
        LineKind.PICTURE,
        LineKind.BYLINE,
        LineKind.DATED,
        LineKind.SHARE,
        LineKind.PROSE,
    )
)


class Headline(Struct, frozen=True):
    """`at` is the order of its line, `site` what the page's own title calls the outlet."""

    text: str
    at: int
    site: str = ""


def find(page: list[ClassifiedLine], text_at: int = 0) -> Headline | None:
    """The line that most looks like a headline of the text, which begins at `text_at`; None if
    none does."""
    told = set().union(*(_stems(one.text) for one in page if one.kind is LineKind.PROSE))
    first = max(0, text_at - _LOOKED_AT)
    scored = [
        (_score(page, at, told) - _FAR * max(0, text_at - at), -at)
        for at in range(first, min(len(page), _third_sentence(page, text_at)))
        if _may_be(page[at])
    ]
    if not scored:
        return None
    at = -max(scored)[1]
    text, site = _bare_title(page, at)
    if not site:
        site = next((s for one in page[:_LOOKED_AT] if (s := _site_in(one.text, text))), "")
    return Headline(text, at, site)


def _third_sentence(page: list[ClassifiedLine], text_at: int) -> int:
    """Its order behind `text_at`: a headline stands before it."""
    prose = [n for n in range(text_at, len(page)) if page[n].kind is LineKind.PROSE]
    return prose[min(len(prose), _BEFORE_PROSE) - 1] + 1 if prose else 0


def _may_be(seen: ClassifiedLine) -> bool:
    if seen.line.mark in ("title", "heading"):
        return seen.kind in (LineKind.SHORT, LineKind.PROSE)
    words = len(seen.text.split())
    if len(seen.text) > _LONGEST or words > _MOST_WORDS:
        return False
    return seen.kind in (LineKind.SHORT, LineKind.PROSE, LineKind.CRUMBS) and any(
        map(str.isalpha, seen.text)
    )


def _score(page: list[ClassifiedLine], at: int, told: set[str]) -> float:
    text, site = _bare_title(page, at)
    seen = page[at]
    words = len(text.split())
    score = {"title": 4.0, "heading": 1.0}.get(seen.line.mark, 0.0)
    score += 1.5 if site else 0.0
    score += 1.0 if seen.line.is_apart else 0.0
    score += 3.0 * _told_again(seen, text, told)
    score -= 1.5 if seen.kind is LineKind.PROSE else 0.0
    score -= 1.0 if seen.kind is LineKind.CRUMBS else 0.0
    score += 1.0 if words >= _USUAL_WORDS else 0.0 if words >= _FEWEST_WORDS else -1.5
    after = next((one.kind for one in page[at + 1 :] if one.text != text), None)
    score += 1.0 if after in _LEADS else 0.0
    score -= 2.0 * sum(one.kind is LineKind.PROSE for one in page[max(0, at - _LOOKED_AT) : at])
    return score


def _told_again(seen: ClassifiedLine, text: str, told: set[str]) -> float:
    """The part (0..1) of the headline's words that occur in the text, by their first letters."""
    own = _stems(text)
    if not own or seen.kind is LineKind.PROSE:
        return _OF_A_SENTENCE if own else 0.0
    return len(own & told) / len(own)


def _stems(text: str) -> set[str]:
    """First letters of the longer words; pairs of letters where words are not parted."""
    found: set[str] = set()
    for word in _WORD.findall(text.lower()):
        if word[0] >= "\u3040":
            found.update(word[n : n + 2] for n in range(len(word) - 1))
        elif len(word) > 3:  # noqa: PLR2004  not "the" and "von"
            found.add(word[:_PREFIX])
    return found


def _bare_title(page: list[ClassifiedLine], at: int) -> tuple[str, str]:
    """The headline at `at` without the outlet's name, and that name."""
    text = page[at].text
    cuts = list(_PARTS.finditer(text))
    known = {title.norm(s.text) for n, s in enumerate(page[:_LOOKED_AT]) if n != at}
    for cut in reversed(cuts):
        before, after = text[: cut.start()].strip(), text[cut.end() :].strip()
        if title.norm(before) in known and before:
            return before, after
    sites = {title.norm(s.picture.site) for s in page if s.picture and s.picture.site}
    bare = title.strip_site(text, sites, set()) if sites else text
    return bare, ""


def _site_in(text: str, headline: str) -> str:
    """What stands behind the headline in another line, as in "Headline | Outlet"."""
    rest = text.removeprefix(headline)
    match = _PARTS.match(rest) if rest != text else None
    return rest[match.end() :].strip() if match else ""
