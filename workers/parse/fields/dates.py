"""Finds when the story was published, and when it was last changed."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Final

from msgspec import Struct

from schemas.article import make_aware
from workers.parse.html import class_names, jsonld, jsonld_ownership
from workers.parse.html.markup import Attributes, collect_names, text_of
from workers.parse.html.metadata import Metadata
from workers.parse.html.tree import PageTree, TextRun
from workers.parse.layout import text_density
from workers.parse.text import date_parsing, phrases
from workers.parse.text.date_parsing import DateSpan

PUBLISHED_META: Final = (
    "article:published_time datepublished article:published og:published_time publishdate "
    "publish-date published_time publication_date parsely-pub-date sailthru.date dc.date.issued "
    "dcterms.issued dcterms.created dc.date.created dc.date pubdate publish_date article.published "
    "citation_publication_date citation_date cxenseparse:recs:publishtime date_published "
    "last-published originalpublicationdate rnews:datepublished displaydate eomportal-lastupdate "
    "article:post_date vr:published_time dcterms.date date datecreated created"
).split()
MODIFIED_META: Final = (
    "article:modified_time datemodified og:updated_time article:modified last-modified "
    "dcterms.modified dc.date.modified lastmod revised updated_time"
).split()
# Inline elements that may have a machine-written date, and the attributes that have it.
_DATED_TAGS: Final = frozenset(("time", "abbr", "span", "i", "b", "em", "small", "data"))
_DATE_ATTRIBUTES: Final = (
    "datetime content title value data-datetime data-date data-time data-timestamp data-utime "
    "data-published data-epoch"
).split()
_URL_DATE: Final = re.compile(
    r"[/_-]((?:19|20)\d{2})[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?!\d)"
)
_MAX_LINE_CHARS: Final = 299
_MAX_DATED_LINE_WORDS: Final = 24
_MIN_DATE_SHARE: Final = 0.4
_MIN_SPAN_CHARS, _MAX_SPAN_CHARS, _MIN_SPAN_SHARE = 6, 30, 0.7
# How far a day in the address may be from a printed one: that of an editor in another time zone.
_MAX_SHIFT: Final = timedelta(days=1)
# Zones are whole quarters of an hour from UTC.
_MIN_OFFSET, _MAX_OFFSET = timedelta(hours=-11), timedelta(hours=14)
_OFFSET_STEP: Final = timedelta(minutes=15)
_MIDNIGHT_OFFSETS: Final = tuple(timedelta(hours=hours) for hours in (1, 2, 3))
_MAX_CLOCK_LINE_CHARS: Final = 120
_DIGIT: Final = re.compile(r"\d")
# Ranks of printed dates: of any, of one whose class names say so, and what else counts.
_BARE_RANK, _NAMED_RANK = 1, 3
_RELATED_PENALTY: Final = 2
_TIME_TAG_BONUS: Final = 3
_CHANGED_TIME_TAG_BONUS: Final = 1

SourcedDate = tuple[datetime | None, str]
"""A date and where it was read; the latter is empty without a date."""
Window = tuple[int, int]
"""Orders of the first run of some lines, and of the first one after them."""


class PrintedDate(Struct, frozen=True):
    """A date that readers see; `is_change` if it is that of the last change."""

    rank: int
    date: datetime
    origin: str
    is_change: bool


def find_published(
    page: PageTree,
    head: Metadata,
    url: str,
    windows: tuple[Window, ...],
    now: datetime | None = None,
) -> SourcedDate:
    """Return the date of first publication and where it was read; never one after `now`.

    `windows` are where a date may be printed, the likelier place first.
    """
    declared = _read_head(head, "datePublished", PUBLISHED_META)
    declared += _read_head(head, "dateCreated", ())
    past = [sourced for sourced in declared if date_parsing.is_past(sourced[0], now)]
    language = head.language or ""
    if past and _has_time(past[0]):
        return _with_printed_zone(past[0], page, language, windows)
    in_windows = (_find_printed(page, language, window, now) for window in windows)
    printed = next((date for date in in_windows if date), None)
    day = past[0] if past else _read_url(url, now)
    if exact := _find_time_of_day(day, printed, past):
        return exact
    if printed is None and not day[0]:
        return _read_jsonld_words(head, "datePublished", now)
    if printed is None or past:
        return day
    is_weak = (
        printed.rank <= _BARE_RANK
        or printed.is_change
        or (day[0] is not None and abs(day[0].date() - printed.date.date()) > _MAX_SHIFT)
    )
    return day if day[0] and is_weak else (printed.date, printed.origin)


def _with_printed_zone(
    sourced: SourcedDate, page: PageTree, language: str, windows: tuple[Window, ...]
) -> SourcedDate:
    """Return a moment declared in UTC in the zone that the page prints it in, if it does.

    The day of the outlet is that of its readers: 01:06 UTC of the 24th is 17:06 of the 23rd.
    """
    moment, origin = sourced
    if moment is None or moment.utcoffset() != timedelta() or not windows:
        return sourced
    first, last = windows[0]
    for run in page.runs[max(0, first) : max(0, last)]:
        if len(run.text) <= _MAX_CLOCK_LINE_CHARS and _DIGIT.search(run.text):
            for date in _dates_of_line(run, language):
                if offset := _find_offset(moment, date):
                    return moment.astimezone(timezone(offset)), origin
    return sourced


def _dates_of_line(run: TextRun, language: str) -> Iterator[datetime]:
    """Yield the dates of a line: those of its elements and that of its words."""
    for tag, node, _, _ in run.spans:
        if tag == "time":
            texts = (node.attributes.get("datetime") or "", text_of(node))
            yield from filter(None, (date_parsing.find_date(text, language) for text in texts))
    if date := date_parsing.find_date(run.text, language):
        yield date


def _find_offset(moment: datetime, printed: datetime) -> timedelta | None:
    """Return how far a printed date is from UTC if it can be the same `moment`; else None.

    A date without a time of day can, if the moment is the midnight before it in Europe.
    """
    utc = moment.replace(tzinfo=None, second=0, microsecond=0)
    offset = printed.replace(tzinfo=None, second=0, microsecond=0) - utc
    is_zone = offset and _MIN_OFFSET <= offset <= _MAX_OFFSET and not offset % _OFFSET_STEP
    if not (printed.hour or printed.minute):
        is_zone = offset in _MIDNIGHT_OFFSETS and not moment.second
    is_other = printed.tzinfo is not None and printed.utcoffset() != offset
    return offset if is_zone and not is_other else None


def _find_time_of_day(
    day: SourcedDate, printed: PrintedDate | None, declared: list[SourcedDate]
) -> SourcedDate | None:
    """Return a date on the same day that has a time, for a head or an address without one."""
    dates: list[SourcedDate] = []
    if printed and not printed.is_change:
        dates.append((printed.date, printed.origin))
    dates += [sourced for sourced in declared if sourced[0] and sourced[0].tzinfo]
    return next((other for other in dates if _is_same_day(day, other) and _has_time(other)), None)


def find_modified(
    head: Metadata, published: datetime | None, now: datetime | None = None
) -> SourcedDate:
    """Return the date of the last change and where it was read.

    It is never after `now`, nor before `published`.
    """
    for date, origin in _read_head(head, "dateModified", MODIFIED_META):
        if (
            date
            and date_parsing.is_past(date, now)
            and (published is None or make_aware(date) >= make_aware(published))
        ):
            return date, origin
    return None, ""


def _read_head(
    head: Metadata, key: str, meta_names: list[str] | tuple[str, ...]
) -> list[SourcedDate]:
    """Return the dates of the article's JSON-LD and the meta tags, best first; those of the page's
    JSON-LD if there are none."""
    dates = _read_jsonld(head.article_nodes, key, f"json-ld {key}")
    for name in meta_names:
        if name in head.meta:
            dates += _read_meta(head, name)
    page_nodes = jsonld_ownership.page_nodes
    return dates or _read_jsonld(page_nodes(head.own_nodes), key, f"json-ld {key} of the page")


def _read_jsonld(nodes: list[jsonld.Node], key: str, origin: str) -> list[SourcedDate]:
    dates = map(date_parsing.parse_timestamp, _jsonld_texts(nodes, key))
    first = next((date for date in dates if date), None)
    return [(first, origin)] if first else []


def _jsonld_texts(nodes: list[jsonld.Node], key: str) -> list[str]:
    values = [node[key] for node in nodes if key in node]
    return [
        str(value) if type(value) in {int, float} else jsonld.text_of(value) for value in values
    ]


def _read_jsonld_words(head: Metadata, key: str, now: datetime | None) -> SourcedDate:
    """Return a date that JSON-LD has in words for readers, such as "March 12, 2024".

    It is less sure than a printed one: systems that write so often put that of a change there.
    """
    for text in _jsonld_texts(head.article_nodes, key):
        date = date_parsing.find_date(text, head.language or "")
        if date_parsing.is_past(date, now):
            return date, f"json-ld {key}"
    return None, ""


def _read_meta(head: Metadata, name: str) -> list[SourcedDate]:
    language = head.language or ""
    dates = (
        date_parsing.parse_timestamp(value) or date_parsing.find_date(value, language)
        for value in head.meta[name]
    )
    first = next((date for date in dates if date), None)
    return [(first, f"meta {name}")] if first else []


def _has_time(sourced: SourcedDate) -> bool:
    return sourced[0] is not None and bool(sourced[0].hour or sourced[0].minute)


def _is_same_day(one: SourcedDate, other: SourcedDate) -> bool:
    return one[0] is not None and other[0] is not None and one[0].date() == other[0].date()


def _find_printed(
    page: PageTree, language: str, window: Window, now: datetime | None
) -> PrintedDate | None:
    """Return the date with the highest rank in the lines of a window, the first of equals."""
    best: PrintedDate | None = None
    for run in page.runs[max(0, window[0]) : max(0, window[1])]:
        if run.text and len(run.text) <= _MAX_LINE_CHARS:
            for printed in _read_line(run, language):
                if (best is None or printed.rank > best.rank) and date_parsing.is_past(
                    printed.date, now
                ):
                    best = printed
    return best


def _read_line(run: TextRun, language: str) -> list[PrintedDate]:
    """Return the dates of one line with their ranks."""
    flags = text_density.nearby_flags(run.block)
    if flags & class_names.COMMENTS:
        return []
    rank = _NAMED_RANK if flags & class_names.DATE else _BARE_RANK
    if flags & class_names.RELATED:
        rank -= _RELATED_PENALTY
    change_at = date_parsing.find_change_marker(run.text)
    dates = _read_time_tags(run, language, rank, change_at)
    if not dates and len(run.text.split()) <= _MAX_DATED_LINE_WORDS:
        printed = _read_words(run, language, rank, change_at) or _read_spans(run, language, rank)
        return [printed] if printed else []
    return dates


def _read_spans(run: TextRun, language: str, rank: int) -> PrintedDate | None:
    """Return the date that is all of an inline element, glued to what follows it."""
    for tag, node, chars, _ in run.spans:
        if tag in _DATED_TAGS and _MIN_SPAN_CHARS <= chars <= _MAX_SPAN_CHARS:
            span = date_parsing.find_date_span(text_of(node), language)
            if span is not None and span[2] - span[1] > _MIN_SPAN_SHARE * chars:
                return PrintedDate(rank, span[0], "printed date", is_change=False)
    return None


def _read_words(
    run: TextRun, language: str, rank: int, change_at: int | None
) -> PrintedDate | None:
    """Return the date of a line without a time tag, if it has one.

    `change_at` is where the line mentions a change: the date before counts, if there is one.
    """
    text = run.text
    first = date_parsing.find_date_span(text[:change_at], language) if change_at else None
    if first is None and change_at is not None:
        first = _find_first_print(text, change_at, language)
    span = first or date_parsing.find_date_span(text, language)
    if span is None:
        return None
    is_change = change_at is not None and first is None
    date, start, end = span
    if is_change:
        rank -= 1
    elif phrases.flags_of(text) & phrases.DATED:
        rank += 1
    elif (
        rank <= _BARE_RANK
        and end - start < _MIN_DATE_SHARE * len(text)
        and text_density.measure_run(run).is_sentence
    ):
        return None  # the story mentions that day
    return PrintedDate(rank, date, "printed date", is_change)


def _find_first_print(text: str, change_at: int, language: str) -> DateSpan | None:
    """Return the date behind words for the first print that follow those for a change; else None.

    "Updated: 7 February | First published: 6 February"
    """
    published_at = date_parsing.find_published_marker(text, change_at)
    if published_at is None:
        return None
    span = date_parsing.find_date_span(text[published_at:], language)
    return (span[0], span[1] + published_at, span[2] + published_at) if span else None


def _read_time_tags(
    run: TextRun, language: str, rank: int, change_at: int | None
) -> list[PrintedDate]:
    """Return the dates of the line's <time> elements, and of others with a machine-written one."""
    dates: list[PrintedDate] = []
    for tag, node, _, before in run.spans:
        if tag not in _DATED_TAGS:
            continue
        attributes = node.attributes
        date = _read_attributes(attributes, tag, language)
        if date:
            names = collect_names(attributes)
            is_named = "ublish" not in names and ("pdate" in names or "odif" in names)
            is_announced = (
                change_at is not None
                and change_at <= before
                and not _is_first_print(run.text, change_at, before)
            )
            bonus = _CHANGED_TIME_TAG_BONUS if is_named else _TIME_TAG_BONUS
            own_rank = rank + bonus - is_announced
            is_change = is_named or is_announced
            dates.append(PrintedDate(own_rank, date, "time tag", is_change))
    return dates


def _is_first_print(text: str, change_at: int, before: int) -> bool:
    """Return True if words for the first print are the last before a position, behind a change."""
    published_at = date_parsing.find_published_marker(text, change_at)
    return published_at is not None and published_at <= before


def _read_attributes(attributes: Attributes, tag: str, language: str) -> datetime | None:
    """Return the date in an inline element's attributes; only a <time> may have it in words."""
    if tag == "time":
        value = attributes.get("datetime") or attributes.get("content") or ""
        return date_parsing.parse_timestamp(value) or date_parsing.find_date(value, language)
    values = (attributes.get(name) or "" for name in _DATE_ATTRIBUTES)
    dates = (date_parsing.parse_timestamp(value) for value in values if value)
    return next((date for date in dates if date), None)


def _read_url(url: str, now: datetime | None) -> SourcedDate:
    if match := _URL_DATE.search(url):
        date = date_parsing.parse_timestamp("-".join(match.groups()))
        if date_parsing.is_past(date, now):
            return date, "address"
    return None, ""
