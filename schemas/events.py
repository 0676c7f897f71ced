"""The messages on the broker, as JSON: one class for each arrow of the README's picture."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

import msgspec
from msgspec import Struct

from schemas.article import Article
from schemas.reasons import Reason

VERSION = 1
MIN_VERSION = 1
# of a page that a backfill found: every other page is fetched first
PRIORITY_BACKFILL = 9
# so many moved articles one ClusterChanged or NewsEventChanged tells of
MAX_MOVED = 50


class Event(Struct, frozen=True, tag_field="event", omit_defaults=True, kw_only=True):
    """The envelope. `page_id` is the stable id of the page (see `workers.urls.page_id`);
    for a feed it is the feed's own. `traceparent` (W3C) names the span that the event came of;
    empty while tracing is off."""

    page_id: str
    outlet: str
    url: str
    v: int = VERSION
    traceparent: str = ""


class FeedDue(Event, frozen=True, tag="FeedDue"):
    """beat → discover: it is time to poll this feed, sitemap or section."""

    kind: Literal["feed", "sitemap", "section"] = "feed"


class PageFound(Event, frozen=True, tag="PageFound"):
    """discover → frontier. Priority 0 is breaking news, 8 what was announced long ago, 9 what
    a backfill found; `visits` is how often the
    page has been fetched before. `title` and `published` are what its announcement says of it, and
    `modified` is the last date that it gives."""

    found_in: str
    priority: int = 5
    visits: int = 0
    title: str = ""
    published: datetime | None = None
    modified: datetime | None = None


class HostLeased(Event, frozen=True, tag="HostLeased"):
    """frontier → fetch: these pages of one host belong to the worker until the lease ends."""

    host: str
    lease: str
    pages: tuple[PageFound, ...]


class PageFetched(Event, frozen=True, tag="PageFetched"):
    """fetch, or render → parse. `archive_key` names the WARC record; `url` is where the page was
    found, `final_url` where the redirects ended. `form` says how the bytes are to be read;
    `announced_published` and `announced_title` are what feed or sitemap gave, for a page that
    names none."""

    archive_key: str
    final_url: str
    fetched_at: datetime
    content_type: str = "text/html"
    form: Literal["html", "flattened", "rendered"] = "html"
    announced_published: datetime | None = None
    announced_title: str = ""


class RenderDue(PageFetched, frozen=True, tag="RenderDue"):
    """fetch, or parse → render: only a script draws the text of this page. Render gives a
    PageFetched whose `form` is "rendered" and whose record holds what the browser had drawn."""


class ArticleParsed(Event, frozen=True, tag="ArticleParsed"):
    """parse → dedupe."""

    archive_key: str
    fetched_at: datetime
    article: Article


class Role(StrEnum):
    """What an article is to its cluster."""

    ORIGINAL = "original"
    REPRINT = "reprint"
    EXCERPT = "excerpt"
    UPDATE = "update"


class ArticleClustered(Event, frozen=True, tag="ArticleJudged"):
    """dedupe, or relate → index.

    `document_id` is the identity under which the article is indexed. `overlap` is the part (0..1)
    of its text that is also in the cluster's original. `clustered_at` (milliseconds since 1970)
    rises with every result of the stage: of two results about one article the later one counts.
    On the wire the event and two of its fields have their first names: ArticleJudged, `shared`,
    `judged_at`. `news_event_id` is the event in the news that the article tells, the document id of
    the first article that told it, and `related_at` rises as `clustered_at` does; both are empty
    where the stage relate is off.
    """

    archive_key: str
    fetched_at: datetime
    article: Article
    document_id: str
    cluster_id: str
    role: Role = Role.ORIGINAL
    overlap: float = msgspec.field(default=0.0, name="shared")
    clustered_at: int = msgspec.field(default=0, name="judged_at")
    news_event_id: str = ""
    related_at: int = 0


class RelateDue(ArticleClustered, frozen=True, tag="RelateDue"):
    """dedupe → relate, where that stage is on: which event in the news does this article tell?"""


class ClusterChanged(Event, frozen=True, tag="ClusterChanged"):
    """dedupe → index: a later article moved these articles to another cluster or role. Each member
    is (document id, cluster id, role, overlap); `clustered_at` as in ArticleClustered."""

    members: tuple[tuple[str, str, Role, float], ...]
    clustered_at: int = msgspec.field(default=0, name="judged_at")

    @property
    def moved_at(self) -> int:
        """Return the moment of the move (milliseconds since 1970)."""
        return self.clustered_at


class NewsEventChanged(Event, frozen=True, tag="NewsEventChanged"):
    """relate → index: a later article moved these articles (document ids) to another event in the
    news; `related_at` as in ArticleClustered."""

    news_event_id: str
    members: tuple[str, ...]
    related_at: int

    @property
    def moved_at(self) -> int:
        """Return the moment of the move (milliseconds since 1970)."""
        return self.related_at


class ArticleIndexed(Event, frozen=True, tag="ArticleIndexed"):
    """index → ledger: Elasticsearch confirmed the document."""

    document_id: str


class PageRejected(Event, frozen=True, tag="PageRejected"):
    """Any step → ledger: the page ends here, for an expected reason, and is counted."""

    step: str
    reason: Reason
    detail: str = ""


AnyEvent = (
    FeedDue
    | PageFound
    | HostLeased
    | PageFetched
    | RenderDue
    | ArticleParsed
    | ArticleClustered
    | RelateDue
    | ClusterChanged
    | NewsEventChanged
    | ArticleIndexed
    | PageRejected
)


def moves_in(brought: Iterable[Sequence[Event]]) -> set[tuple[str, int]]:
    """Return for which documents others were moved, and when (milliseconds since 1970), of what
    dedupe or relate has `brought` for each event: an article, then the changes of others' labels.
    """
    return {
        (article.document_id, change.moved_at)
        for article, *changes in brought
        if isinstance(article, ArticleClustered)
        for change in changes
        if isinstance(change, ClusterChanged | NewsEventChanged)
    }


def encode(event: Event) -> bytes:
    """Return the event as JSON."""
    return msgspec.json.encode(event)


def messages_in(content: object) -> list[Any]:
    """Return the messages, one for each event, in the `content` of a broker's message: a list of
    them or, from the version before, one by itself."""
    return content if isinstance(content, list) else [content]


def decode(message: object) -> Event:
    """Return the event in `message`: JSON (bytes) or parsed already.

    Raises:
        msgspec.ValidationError: the event or a field's type is unknown, the envelope is newer than
            this program, or it is nested beyond all measure.
    """
    try:
        if isinstance(message, bytes):
            event: Event = msgspec.json.decode(message, type=AnyEvent)
        else:
            event = msgspec.convert(message, AnyEvent)
    except RecursionError as error:
        raise msgspec.ValidationError("the message is nested too deep") from error
    if not MIN_VERSION <= event.v <= VERSION:
        known = f"{MIN_VERSION} to {VERSION}"
        raise msgspec.ValidationError(f"envelope version {event.v} is unknown; known: {known}")
    return event
