"""What a crawl of the newsstand is to leave: articles, clusters, rejections."""

from collections.abc import Iterable

from msgspec import Struct

from schemas.events import Reason
from workers.local.newsstand.edition import Edition, EditionPage

_ENDS = {
    "advertisement": ("discover", Reason.FOREIGN_LINK),
    "missing": ("fetch", Reason.NOT_FOUND),
    "disallowed": ("fetch", Reason.ROBOTS),
    "gallery": ("parse", Reason.NOT_AN_ARTICLE),
}


class Expected(Struct, frozen=True):
    """`articles` by address; `clusters` are the addresses of one story each (stories that one
    outlet alone prints are none); `rejected` says for an address in which step and why."""

    articles: dict[str, EditionPage]
    clusters: tuple[frozenset[str], ...]
    rejected: dict[str, tuple[str, Reason]]


def expected(editions: Iterable[Edition]) -> Expected:
    """Return what a crawl of all feeds, sitemaps and sections of `editions` must bring."""
    given = list(editions)
    pages = [page for each in given for page in each.pages]
    wires = sorted({page.wire for page in pages if page.wire})
    return Expected(
        articles={page.url: page for page in pages},
        clusters=tuple(
            frozenset(page.url for page in pages if page.wire == wire) for wire in wires
        ),
        rejected={url: _ENDS[extra.kind] for each in given for extra, url in each.extras},
    )
