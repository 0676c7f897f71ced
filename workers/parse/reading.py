"""What reading a page gives: the article, and where each field came from."""

from msgspec import Struct

from schemas.article import Article


class Dropped(Struct, frozen=True):
    """A piece of the page that is not the story; `text` is its beginning."""

    reason: str
    text: str


class Reading(Struct, frozen=True):
    """`origins` says for each field of the article where it was read, for an operator's eyes."""

    article: Article
    origins: dict[str, str]
    dropped: tuple[Dropped, ...] = ()
