"""An alert: the new articles of a saved search, for one receiver."""

from datetime import datetime

from msgspec import Struct


class AlertArticle(Struct, frozen=True, omit_defaults=True):
    """An article as an alert shows it."""

    id: str
    title: str
    url: str
    outlet: str = ""
    time: str = ""
    language: str = ""
    authors: tuple[str, ...] = ()
    cluster_id: str = ""


class Alert(Struct, frozen=True, omit_defaults=True):
    """New hits of one saved search for one receiver (`https://…` or `mailto:…`). `id` is the same
    whenever it is sent again."""

    id: str
    search_id: str
    search_name: str
    target: str
    at: datetime
    articles: tuple[AlertArticle, ...]
    attempts: int = 0
