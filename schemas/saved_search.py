"""A search that somebody wants to keep: to run again, to share, or to be told of new hits."""

from datetime import datetime

from msgspec import Struct


class SavedSearch(Struct, frozen=True, omit_defaults=True):
    """`query` is the whole search in the query language, filters and all. `notify` lists where
    new hits are told: `https://…` (webhook) or `mailto:…`. Who has `feed_token` may read the
    search's feed without any other leave."""

    id: str
    name: str
    query: str
    owner: str
    created: datetime
    notify: tuple[str, ...] = ()
    feed_token: str = ""
