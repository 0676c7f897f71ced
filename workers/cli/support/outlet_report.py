"""What is read on an outlet's recent pages: its older half against its newer one."""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from schemas.article import INDEXED_KINDS
from schemas.events import PageFetched
from schemas.outlet import Outlet
from schemas.page import StoredPage
from workers.exceptions import PermanentFailure
from workers.parse import quality
from workers.parse.fields.extraction_result import ExtractionResult
from workers.parse.quality import Coverage
from workers.parse.step import read_page

_MIN_UNREAD_INCREASE = 0.25
_MIN_PAGES = 5


class Archive(Protocol):
    def read(self, key: str) -> StoredPage: ...
    def fetched(
        self, start: datetime, end: datetime, outlet: str = ""
    ) -> Iterator[PageFetched]: ...


class OutletReport(Struct, frozen=True):
    """`kinds` counts all pages, the two halves are of articles; `unread` are addresses by
    reason; `worse` is a sentence for each thing that got worse."""

    pages: int
    older: Coverage
    newer: Coverage
    kinds: dict[str, int]
    unread: dict[str, list[str]]
    worse: tuple[str, ...]


class _Half(Struct):
    """The readings of one half."""

    results: list[ExtractionResult]
    unread: list[tuple[str, str]]

    @property
    def articles(self) -> list[ExtractionResult]:
        return [each for each in self.results if each.article.kind in INDEXED_KINDS]

    @property
    def unread_share(self) -> float:
        return len(self.unread) / max(1, len(self.unread) + len(self.results))


def read_recent(
    archive: Archive, outlet: Outlet, now: datetime, newest: tuple[int, int]
) -> OutletReport:
    """Return the report on the outlet's pages of the last days; `newest` is (days, maximum of
    pages)."""
    days, most = newest
    fetched = archive.fetched(now - timedelta(days=days), now + timedelta(minutes=1), outlet.id)
    pages = _newest_pages(fetched, most)
    middle = len(pages) // 2
    older, newer = (_read_half(archive, outlet, half) for half in (pages[:middle], pages[middle:]))
    before, after = (quality.measure_coverage(half.articles) for half in (older, newer))
    kinds = Counter(each.article.kind.value for each in (*older.results, *newer.results))
    unread: dict[str, list[str]] = {}
    for reason, url in (*newer.unread, *older.unread):
        unread.setdefault(reason, []).append(url)
    worse = (*quality.describe_drift(before, after), *_describe_unread(older, newer))
    return OutletReport(len(pages), before, after, dict(kinds), unread, worse)


def _newest_pages(fetched: Iterable[PageFetched], most: int) -> list[PageFetched]:
    """Return the newest fetch of each page, in order of time."""
    last: dict[str, PageFetched] = {}
    for each in fetched:
        known = last.get(each.page_id)
        if known is None or known.fetched_at <= each.fetched_at:
            last[each.page_id] = each
    chosen = heapq.nlargest(most, last.values(), key=lambda each: each.fetched_at)
    return chosen[::-1]


def _read_half(archive: Archive, outlet: Outlet, pages: list[PageFetched]) -> _Half:
    lot = _Half([], [])
    for fetched in pages:
        try:
            page = archive.read(fetched.archive_key)
            lot.results.append(read_page(page, fetched.form, outlet.layouts))
        except PermanentFailure as gave:
            lot.unread.append((gave.reason.value, fetched.final_url))
    return lot


def _describe_unread(older: _Half, newer: _Half) -> Iterator[str]:
    if min(len(lot.unread) + len(lot.results) for lot in (older, newer)) < _MIN_PAGES:
        return
    if newer.unread_share - older.unread_share > _MIN_UNREAD_INCREASE:
        yield (
            f"{older.unread_share:.0%} of the pages could not be read, now {newer.unread_share:.0%}"
        )
