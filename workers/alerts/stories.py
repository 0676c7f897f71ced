"""Articles as stories: one ring for each, whoever prints it and however often."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from schemas.alert import AlertArticle, AlsoPrinted

# An article that was printed before the ones that rang takes over their cluster: its own write is
# seen a refresh (5 s) before theirs at worst.
SETTLE = timedelta(seconds=15)
MAX_ALSO = 20


class News(Struct, frozen=True):
    """What a search has to tell: each story with its printings, first one first. `joined` are the
    articles that belong to stories which were told before, by id, with their clusters."""

    stories: tuple[tuple[AlertArticle, ...], ...]
    joined: Mapping[str, str]

    @property
    def ids(self) -> list[str]:
        """The articles of all stories."""
        return [article.id for story in self.stories for article in story]


def group_stories(articles: Iterable[AlertArticle], told: Iterable[str]) -> News:
    """Return the articles by cluster, in the order of their first printings; `told` are clusters
    that have rung."""
    clusters: dict[str, list[AlertArticle]] = {}
    known, joined = set(told), dict[str, str]()
    for article in articles:
        cluster = article.cluster_id or article.id
        if cluster in known:
            joined[article.id] = cluster
        else:
            clusters.setdefault(cluster, []).append(article)
    stories = (tuple(sorted(each, key=_print_order)) for each in clusters.values())
    return News(tuple(sorted(stories, key=lambda story: _print_order(story[0]))), joined)


def single_articles(articles: Iterable[AlertArticle]) -> News:
    """Return every article as a story of its own, in the given order."""
    return News(tuple((article,) for article in articles), {})


def show_story(printings: tuple[AlertArticle, ...]) -> AlertArticle:
    """Return what an alert shows of a story: its first printing, with the others named."""
    first, *others = printings
    also = tuple(AlsoPrinted(each.outlet, each.url) for each in others[:MAX_ALSO])
    return replace(first, also=also, more=max(0, len(others) - MAX_ALSO))


def _print_order(article: AlertArticle) -> tuple[str, str]:
    return article.time, article.id
