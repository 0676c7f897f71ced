"""A search that a user keeps: to run it again, to share it, or to be notified of new hits."""

from datetime import datetime

from msgspec import Struct


class SavedSearch(Struct, frozen=True, omit_defaults=True):
    """`query` is the whole search in the query language, filters and all. `notify` lists where
    new hits are sent: `https://…` (webhook) or `mailto:…`. Whoever has `feed_token` may read the
    search's feed without signing in."""

    id: str
    name: str
    query: str
    owner: str
    created: datetime
    notify: tuple[str, ...] = ()
    feed_token: str = ""
