"""What the readers of feeds, sitemaps and section pages return, and what is kept under a bound."""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from heapq import heappush, heappushpop
from typing import NamedTuple, TypeVar

from msgspec import Struct

from schemas.page import StoredPage

MAX_HEADER_LENGTH = 4_000
_LINK = re.compile(r'<([^<>]*)>((?:[^,"<]|"[^"]*")*)')
_PARAMETER = re.compile(r';\s*([\w*-]+)\s*=\s*("[^"]*"|[^\s;,"]*)')
ItemT = TypeVar("ItemT")


class Link(Struct, frozen=True):
    """An address that may be an article's, as its source names it, with title and date if given.

    `published` is when it last changed, if the source names no other date; else `modified` is that.
    `alternates` are further addresses of the same article, for a `url` that only counts and leads
    on.
    """

    url: str
    title: str | None = None
    published: datetime | None = None
    modified: datetime | None = None
    alternates: tuple[str, ...] = ()

    @property
    def last_date(self) -> datetime | None:
        """The last moment that the source names for it, or None."""
        return max(filter(None, (self.published, self.modified)), default=None)


class BadFeedError(ValueError):
    """The bytes are no feed, sitemap or page of links, or one that is refused."""


class LinkHeader(NamedTuple):
    """A link with its relations and its media type, in lower case; the type may be empty."""

    url: str
    relations: frozenset[str]
    type: str


def read_link_headers(page: StoredPage) -> Iterator[LinkHeader]:
    """Yield the links in the headers of `page`, as they are written."""
    for name, value in page.headers:
        if name == "link":
            for url, parameters in _LINK.findall(value[:MAX_HEADER_LENGTH]):
                values = {
                    key.lower(): text.strip('"') for key, text in _PARAMETER.findall(parameters)
                }
                relations = frozenset(values.get("rel", "").lower().split())
                media_type = values.get("type", "").partition(";")[0].strip().lower()
                yield LinkHeader(url.strip(), relations, media_type)


def order_dates(
    published: datetime | None, modified: datetime | None
) -> tuple[datetime | None, datetime | None]:
    """Return the two dates as a Link has them."""
    if published is None or modified == published:
        return published or modified, None
    return published, modified


class NewestLinks:
    """Keeps `limit` of many links: the newest by their dates; of those without a date the first and
    the last, as nothing tells at which end a source adds."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._dated: list[tuple[float, int, Link]] = []  # a heap: the oldest goes first
        self._head: list[tuple[int, Link]] = []
        self._tail: deque[tuple[int, Link]] = deque(maxlen=limit)
        self.number = 0

    def add(self, link: Link) -> None:
        """Take the next link of the source."""
        number, self.number = self.number, self.number + 1
        date = link.last_date
        if date is None:
            if len(self._head) < self._limit:
                self._head.append((number, link))
            else:
                self._tail.append((number, link))
        elif len(self._dated) < self._limit:
            heappush(self._dated, (date.timestamp(), -number, link))
        else:
            heappushpop(self._dated, (date.timestamp(), -number, link))

    @property
    def links(self) -> tuple[Link, ...]:
        """What is kept, in the order of the source."""
        undated = [*self._head, *self._tail]
        places = max(self._limit - len(self._dated), self._limit // 4)
        undated = pick_both_ends(undated, min(places, self._limit))
        newest = sorted(self._dated, reverse=True)[: self._limit - len(undated)]
        kept = [*undated, *((-negative, link) for _, negative, link in newest)]
        return tuple(link for _, link in sorted(kept, key=lambda each: each[0]))


def pick_both_ends(items: Sequence[ItemT], limit: int) -> list[ItemT]:
    """Return `limit` of the items, half of them from each end, in their order."""
    if len(items) <= limit:
        return list(items)
    first = limit - limit // 2
    return [*items[:first], *items[len(items) - limit // 2 :]]


def keep_newest(links: Iterable[Link], limit: int) -> tuple[tuple[Link, ...], int]:
    """Return `limit` of the links, the newest, and how many were left out."""
    newest = NewestLinks(limit)
    for link in links:
        newest.add(link)
    kept = newest.links
    return kept, newest.number - len(kept)
