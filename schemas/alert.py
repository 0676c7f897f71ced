"""An alert: the new articles of a saved search, for one receiver."""

from datetime import datetime

from msgspec import Struct

from schemas.saved_search import Digest


class AlsoPrinted(Struct, frozen=True, omit_defaults=True):
    """Another printing of an alert's story."""

    outlet: str
    url: str


class AlertArticle(Struct, frozen=True, omit_defaults=True):
    """An article as an alert shows it. Where an alert tells of stories, it is the first printing,
    `also` are others, and `more` counts those that are not listed."""

    id: str
    title: str
    url: str
    outlet: str = ""
    time: str = ""
    language: str = ""
    authors: tuple[str, ...] = ()
    cluster_id: str = ""
    also: tuple[AlsoPrinted, ...] = ()
    more: int = 0


class Alert(Struct, frozen=True, omit_defaults=True):
    """New hits of one saved search for one receiver (`https://…` or `mailto:…`). `id` is the same
    whenever it is sent again. `digest` says by which hour they were collected, if they were. `zone`
    is the one that the search was saved with."""

    id: str
    search_id: str
    search_name: str
    target: str
    at: datetime
    articles: tuple[AlertArticle, ...]
    attempts: int = 0
    digest: Digest | None = None
    zone: str = "UTC"
