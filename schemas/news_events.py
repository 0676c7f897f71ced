"""What the store of news events answers: which articles it knows, and which event each tells."""

from msgspec import Struct


class RelatedArticle(Struct, frozen=True):
    """An article in the store: its number, that of its event, its record as
    `workers.relate.record` encodes it, and its nearest articles (see `encode_neighbours`)."""

    number: int
    event: int
    record: bytes
    neighbours: bytes


class EventClaim(Struct, frozen=True):
    """The registration of an article: its number, the numbers of its own event and of the one that
    its cluster's original tells (0 if that is not known), the articles to compare it with, and
    whether it has moved other articles of which the index may not know."""

    number: int
    event: int
    cluster_event: int
    candidates: tuple[RelatedArticle, ...]
    has_unpublished: bool = False


class EventUpdate(Struct, frozen=True):
    """An event after a change: its number, the document id of its first article, how many articles
    tell it, and the document ids of those that came to it at the moment `at` (milliseconds since
    1970, rising)."""

    at: int
    event: int
    name: str
    size: int
    moved: tuple[str, ...]
