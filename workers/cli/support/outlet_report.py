"""A report on an outlet's recent pages: what was read on the older and on the newer half."""

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
    """Implemented by `workers.adapters.archive.archive.Archive`."""

    def read(self, key: str) -> StoredPage:
        """Return the page under `key`."""

    def fetched(self, start: datetime, end: datetime, outlet: str = "") -> Iterator[PageFetched]:
        """Yield what was fetched from `start` to before `end`, of one outlet or of all."""


class OutletReport(Struct, frozen=True):
    """`kinds` counts all pages; `older` and `newer` are about articles only. `unread` has the
    addresses of pages that could not be read, by reason. `worse` has a sentence for each thing
    that got worse."""

    pages: int
    older: Coverage
    newer: Coverage
    kinds: dict[str, int]
    unread: dict[str, list[str]]
    worse: tuple[str, ...]


class _Half(Struct):
    """The pages of one half: extracted ones, and (reason, address) of those that were not."""

    results: list[ExtractionResult]
    unread: list[tuple[str, str]]

    @property
    def articles(self) -> list[ExtractionResult]:
        """The results of the kinds that are indexed."""
        return [each for each in self.results if each.article.kind in INDEXED_KINDS]

    @property
    def unread_share(self) -> float:
        """The share of pages that could not be read, 0..1."""
        return len(self.unread) / max(1, len(self.unread) + len(self.results))


def read_recent(
    archive: Archive, outlet: Outlet, now: datetime, limits: tuple[int, int]
) -> OutletReport:
    """Return the report on the outlet's newest pages; `limits` are (days, number of pages)."""
    days, max_pages = limits
    fetched = archive.fetched(now - timedelta(days=days), now + timedelta(minutes=1), outlet.id)
    pages = _newest_pages(fetched, max_pages)
    middle = len(pages) // 2
    older, newer = (_read_half(archive, outlet, half) for half in (pages[:middle], pages[middle:]))
    before, after = (quality.measure_coverage(half.articles) for half in (older, newer))
    kinds = Counter(each.article.kind.value for each in (*older.results, *newer.results))
    unread: dict[str, list[str]] = {}
    for reason, url in (*newer.unread, *older.unread):
        unread.setdefault(reason, []).append(url)
    worse = (*quality.describe_drift(before, after), *_describe_unread(older, newer))
    return OutletReport(len(pages), before, after, dict(kinds), unread, worse)


def _newest_pages(fetched: Iterable[PageFetched], max_pages: int) -> list[PageFetched]:
    """Return the newest fetch of each page, of the newest pages, in order of time."""
    newest: dict[str, PageFetched] = {}
    for each in fetched:
        known = newest.get(each.page_id)
        if known is None or known.fetched_at <= each.fetched_at:
            newest[each.page_id] = each
    chosen = heapq.nlargest(max_pages, newest.values(), key=lambda each: each.fetched_at)
    return chosen[::-1]


def _read_half(archive: Archive, outlet: Outlet, pages: list[PageFetched]) -> _Half:
    half = _Half([], [])
    for fetched in pages:
        try:
            page = archive.read(fetched.archive_key)
            half.results.append(read_page(page, fetched.form, outlet.layouts))
        except PermanentFailure as error:
            half.unread.append((error.reason.value, fetched.final_url))
    return half


def _describe_unread(older: _Half, newer: _Half) -> Iterator[str]:
    if min(len(half.unread) + len(half.results) for half in (older, newer)) < _MIN_PAGES:
        return
    if newer.unread_share - older.unread_share > _MIN_UNREAD_INCREASE:
        yield (
            f"{older.unread_share:.0%} of the pages could not be read, now {newer.unread_share:.0%}"
        )
