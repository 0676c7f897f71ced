"""When the story was published, and when it was last changed."""

import re
from datetime import datetime
from typing import Final

from msgspec import Struct

from schemas.article import make_aware
from workers.parse.html import class_names, jsonld, jsonld_ownership
from workers.parse.html.markup import names_of
from workers.parse.html.metadata import Metadata
from workers.parse.html.tree import PageTree, TextRun
from workers.parse.layout import text_density
from workers.parse.text import date_parsing, phrases

PUBLISHED: Final = (
    "article:published_time datepublished article:published og:published_time publishdate "
    "publish-date published_time publication_date parsely-pub-date sailthru.date dc.date.issued "
    "dcterms.issued dcterms.created dc.date.created dc.date pubdate publish_date article.published "
    "citation_publication_date citation_date cxenseparse:recs:publishtime date_published "
    "last-published originalpublicationdate rnews:datepublished displaydate eomportal-lastupdate "
    "article:post_date vr:published_time dcterms.date date datecreated created"
).split()
MODIFIED: Final = (
    "article:modified_time datemodified og:updated_time article:modified last-modified "
    "dcterms.modified dc.date.modified lastmod revised updated_time"
).split()
_IN_URL: Final = re.compile(
    r"[/_-]((?:19|20)\d{2})[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?!\d)"
)

_LONG_LINE: Final = 25
_MOST_OF_IT: Final = 0.4
# Ranks of what is printed: a bare date, one that its box says to be the story's.
_BARE, _SAID = 1, 3

Found = tuple[datetime | None, str]
Window = tuple[int, int]


class Printed(Struct, frozen=True):
    """A date on the page; `is_change` if it is that of the last change."""

    rank: int
    date: datetime
    origin: str
    is_change: bool


def published(
    page: PageTree,
    head: Metadata,
    url: str,
    windows: tuple[Window, ...],
    now: datetime | None = None,
) -> Found:
    """The date of first publication and where it was read; never one after `now`.

    `windows` are orders of runs where a date may be printed, the likelier place first.
    """
    told = list(_told(head, "datePublished", PUBLISHED)) + list(_told(head, "dateCreated", ()))
    past = [one for one in told if date_parsing.is_past(one[0], now)]
    if past and _has_clock(past[0]):
        return past[0]
    language = head.language or ""
    places = (_printed(page, language, window, now) for window in windows)
    printed = next((one for one in places if one), None)
    day = past[0] if past else _from_url(url, now)
    if minute := _minute_of(day, printed, past):
        return minute
    if printed is None or past:
        return day
    is_weak = printed.rank <= _BARE or printed.is_change
    return day if day[0] and is_weak else (printed.date, printed.origin)


def _minute_of(day: Found, printed: Printed | None, told: list[Found]) -> Found | None:
    """The same day with its time, where head or address have the day only."""
    own = [(printed.date, printed.origin)] if printed and not printed.is_change else []
    zoned = [one for one in told if one[0] and one[0].tzinfo]
    return next((one for one in own + zoned if _is_of_day(day, one) and _has_clock(one)), None)


def modified(head: Metadata, first: datetime | None, now: datetime | None = None) -> Found:
    """The date of the last change and where it was read; never before the first publication."""
    for date, origin in _told(head, "dateModified", MODIFIED):
        if (
            date
            and date_parsing.is_past(date, now)
            and (first is None or make_aware(date) >= make_aware(first))
        ):
            return date, origin
    return None, ""


def _told(head: Metadata, key: str, metas: list[str] | tuple[str, ...]) -> list[Found]:
    """All that the head tells, best first: the article's JSON-LD, meta tags, the page's JSON-LD."""
    in_articles = _in_json(head.articles, key, f"json-ld {key}")
    present = (name for name in metas if name in head.meta)
    found = in_articles + [one for name in present for one in _in_meta(head, name)]
    return found or _in_json(jsonld_ownership.pages(head.own), key, f"json-ld {key} of the page")


def _in_json(nodes: list[jsonld.Node], key: str, origin: str) -> list[Found]:
    dates = (date_parsing.parse(jsonld.text_of(node.get(key))) for node in nodes if key in node)
    first = next((date for date in dates if date), None)
    return [(first, origin)] if first else []


def _in_meta(head: Metadata, name: str) -> list[Found]:
    language = head.language or ""
    values = head.meta[name]
    dates = (
        date_parsing.parse(value) or date_parsing.find_date(value, language) for value in values
    )
    first = next((date for date in dates if date), None)
    return [(first, f"meta {name}")] if first else []


def _has_clock(found: Found) -> bool:
    return found[0] is not None and bool(found[0].hour or found[0].minute)


def _is_of_day(found: Found, other: Found) -> bool:
    return found[0] is not None and other[0] is not None and found[0].date() == other[0].date()


def _printed(page: PageTree, language: str, window: Window, now: datetime | None) -> Printed | None:
    """The best date of some lines; a time tag is better than plain words."""
    best: Printed | None = None
    for run in page.runs[max(0, window[0]) : max(0, window[1])]:
        if run.text and len(run.text) < 300:  # noqa: PLR2004  characters
            for found in _dates_of(run, language):
                if (best is None or found.rank > best.rank) and date_parsing.is_past(
                    found.date, now
                ):
                    best = found
    return best


def _dates_of(run: TextRun, language: str) -> list[Printed]:
    """The dates of one line with their rank."""
    flags = text_density.flags_of(run.box)
    if flags & class_names.COMMENTS:
        return []
    rank = _SAID if flags & class_names.DATE else _BARE
    if flags & class_names.RELATED:
        rank -= 2
    at = date_parsing.change_at(run.text)
    found = _time_tags(run, language, rank, at)
    if not found and len(run.text.split()) < _LONG_LINE:
        plain = _in_words(run, language, rank, at)
        return [plain] if plain else []
    return found


def _in_words(run: TextRun, language: str, rank: int, change_at: int | None) -> Printed | None:
    """The date of a line without a time tag; that of the first print, if it has both."""
    text = run.text
    first = date_parsing.find_date_span(text[:change_at], language) if change_at else None
    found = first or date_parsing.find_date_span(text, language)
    if found is None:
        return None
    is_change = change_at is not None and first is None
    date, start, end = found
    if is_change:
        rank -= 1
    elif phrases.flags_of(text) & phrases.DATED:
        rank += 1
    elif (
        rank <= _BARE
        and end - start < _MOST_OF_IT * len(text)
        and text_density.measure(run).is_sentence
    ):
        return None  # the story tells of that day
    return Printed(rank, date, "printed date", is_change)


def _time_tags(run: TextRun, language: str, rank: int, change_at: int | None) -> list[Printed]:
    found: list[Printed] = []
    for tag, node, _, before in run.marks:
        if tag == "time":
            attributes = node.attributes
            value = attributes.get("datetime") or attributes.get("content") or ""
            if date := date_parsing.parse(value) or date_parsing.find_date(value, language):
                named = names_of(attributes)
                is_named = "ublish" not in named and ("pdate" in named or "odif" in named)
                is_told = change_at is not None and change_at <= before
                own = rank + (1 if is_named else 3) - is_told
                found.append(Printed(own, date, "time tag", is_named or is_told))
    return found


def _from_url(url: str, now: datetime | None) -> Found:
    if match := _IN_URL.search(url):
        date = date_parsing.parse("-".join(match.groups()))
        if date_parsing.is_past(date, now):
            return date, "address"
    return None, ""
