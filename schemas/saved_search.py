"""A search that a user keeps: to run it again, to share it, or to be notified of new hits."""

from datetime import datetime
from typing import Literal

from msgspec import Struct


class Digest(Struct, frozen=True, omit_defaults=True):
    """When new hits are sent together: at `hour` (0 to 23) in `zone` (a name of the IANA database),
    every day, or only on `weekday` (0 is Monday)."""

    hour: int
    zone: str
    weekday: int | None = None


class SavedSearch(Struct, frozen=True, omit_defaults=True):
    """`query` is the whole search in the query language, filters and all. `notify` lists where
    new hits are sent: `https://…` (webhook) or `mailto:…`. Whoever has `feed_token` may read the
    search's feed without signing in. It rings once for each story or for each article; without a
    `digest` it does so at once. Days in the query are days in `zone`."""

    id: str
    name: str
    query: str
    owner: str
    created: datetime
    notify: tuple[str, ...] = ()
    feed_token: str = ""
    rings: Literal["story", "article"] = "story"
    digest: Digest | None = None
    zone: str = "UTC"
