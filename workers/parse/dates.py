"""When the story was published, and when it was last changed."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from workers.parse import jsonld, moments, names, phrases
from workers.parse.body import prose
from workers.parse.markup import names_of
from workers.parse.metadata import Metadata
from workers.parse.tree import Page, Run

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

Found = tuple[datetime | None, str]
Window = tuple[int, int]


def published(
    page: Page,
    head: Metadata,
    url: str,
    windows: tuple[Window, ...],
    now: datetime | None = None,
) -> Found:
    """The date of first publication and where it was read; never one after `now`.

    `windows` are orders of runs where a date may be printed, the likelier place first.
    """
    told = list(_told(head, "datePublished", PUBLISHED)) + list(_told(head, "dateCreated", ()))
    found = next((one for one in told if _is_past(one[0], now)), None)
    if found and found[0] and (found[0].hour or found[0].minute):
        return found
    language = head.language or ""
    places = (_printed(page, language, window) for window in windows)
    printed = next((one for one in places if one), None)
    if printed and _is_past(printed[0], now):
        if not found:
            return printed
        # the head has the day only, the page the minute
        if printed[0] and found[0] and printed[0].date() == found[0].date():
            return printed if printed[0].hour or printed[0].minute else found
    return found or _from_url(url, now)


def modified(head: Metadata, first: datetime | None, now: datetime | None = None) -> Found:
    """The date of the last change and where it was read; never before the first publication."""
    for date, origin in _told(head, "dateModified", MODIFIED):
        if date and _is_past(date, now) and (first is None or _aware(date) >= _aware(first)):
            return date, origin
    return None, ""


def _told(head: Metadata, key: str, metas: list[str] | tuple[str, ...]) -> list[Found]:
    """All that the head tells, best first: the article's JSON-LD, meta tags, the page's JSON-LD."""
    in_articles = _in_json(head.articles, key, f"json-ld {key}")
    present = (name for name in metas if name in head.meta)
    found = in_articles + [one for name in present for one in _in_meta(head, name)]
    return found or _in_json(head.pages, key, f"json-ld {key} of the page")


def _in_json(nodes: list[jsonld.Node], key: str, origin: str) -> list[Found]:
    dates = (moments.parse(jsonld.text_of(node.get(key))) for node in nodes if key in node)
    first = next((date for date in dates if date), None)
    return [(first, origin)] if first else []


def _in_meta(head: Metadata, name: str) -> list[Found]:
    language = head.language or ""
    values = head.meta[name]
    dates = (moments.parse(value) or moments.spotted(value, language) for value in values)
    first = next((date for date in dates if date), None)
    return [(first, f"meta {name}")] if first else []


def _aware(date: datetime) -> datetime:
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _is_past(date: datetime | None, now: datetime | None) -> bool:
    """A day of grace, as zones are often missing."""
    return date is not None and (now is None or _aware(date) <= _aware(now) + timedelta(days=1))


def _printed(page: Page, language: str, window: Window) -> Found | None:
    """The best date of some lines; a time tag is better than plain words."""
    best: tuple[int, Found] | None = None
    for run in page.runs[max(0, window[0]) : max(0, window[1])]:
        if run.text and len(run.text) < 300:  # noqa: PLR2004  characters
            for rank, found in _dates_of(run, language):
                if best is None or rank > best[0]:
                    best = rank, found
    return best[1] if best else None


def _dates_of(run: Run, language: str) -> list[tuple[int, Found]]:
    """The dates of one line with their rank."""
    flags = prose.flags_of(run.box)
    if flags & names.COMMENTS:
        return []
    rank = 3 if flags & names.DATE else 1
    if flags & names.RELATED:
        rank -= 2
    if moments.change_at(run.text) is not None:
        rank -= 1
    elif phrases.flags_of(run.text) & phrases.DATED:
        rank += 1
    found = _time_tags(run, language, rank)
    if (
        not found
        and len(run.text.split()) < _LONG_LINE
        and (date := moments.spotted(run.text, language))
    ):
        found.append((rank, (date, "printed date")))
    return found


def _time_tags(run: Run, language: str, rank: int) -> list[tuple[int, Found]]:
    found: list[tuple[int, Found]] = []
    for tag, node, _, _ in run.marks:
        if tag == "time":
            attributes = node.attributes
            value = attributes.get("datetime") or attributes.get("content") or ""
            if date := moments.parse(value) or moments.spotted(value, language):
                named = names_of(attributes)
                changed = "pdate" in named or "odif" in named
                found.append((rank + (1 if changed else 3), (date, "time tag")))
    return found


def _from_url(url: str, now: datetime | None) -> Found:
    if match := _IN_URL.search(url):
        date = moments.parse("-".join(match.groups()))
        if _is_past(date, now):
            return date, "address"
    return None, ""
