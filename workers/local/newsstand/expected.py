"""The expected results of a crawl of the newsstand: articles, clusters, rejections."""

from collections.abc import Iterable

from msgspec import Struct

from schemas.reasons import Reason
from workers.local.newsstand.edition import Edition, EditionPage

_REJECTIONS = {
    "advertisement": ("discover", Reason.FOREIGN_LINK),
    "missing": ("fetch", Reason.NOT_FOUND),
    "disallowed": ("fetch", Reason.ROBOTS),
    "gallery": ("parse", Reason.NOT_AN_ARTICLE),
}


class Expected(Struct, frozen=True):
    """`articles` by address; `clusters` are the addresses of one story each, without stories of a
    single outlet; `rejected` has the stage and the reason by address."""

    articles: dict[str, EditionPage]
    clusters: tuple[frozenset[str], ...]
    rejected: dict[str, tuple[str, Reason]]


def build_expected(editions: Iterable[Edition]) -> Expected:
    """Return what a crawl of all feeds, sitemaps and sections of `editions` must bring."""
    all_editions = list(editions)
    pages = [page for each in all_editions for page in each.pages]
    wires = sorted({page.wire for page in pages if page.wire})
    return Expected(
        articles={page.url: page for page in pages},
        clusters=tuple(
            frozenset(page.url for page in pages if page.wire == wire) for wire in wires
        ),
        rejected={
            url: _REJECTIONS[extra.kind] for each in all_editions for extra, url in each.extras
        },
    )
