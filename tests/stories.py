"""Clustered stories of invented outlets, for tests of index and search."""

from datetime import UTC, datetime

from schemas.article import Article, Block
from schemas.events import ArticleClustered, Role

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def clustered_story(  # noqa: PLR0913  a story has many sides
    name: str = "river",
    *,
    title: str = "River rises in Eastmarch",
    paragraphs: tuple[str | Block, ...] = ("The river rose by two metres overnight.",),
    outlet: str = "eastmarch-courier",
    fetched_at: datetime = NOON,
    cluster: str = "",
    role: Role = Role.ORIGINAL,
    overlap: float = 0.0,
    **article: object,
) -> ArticleClustered:
    """A story as dedupe hands it on; `article` are further fields of the article."""
    url = f"https://{outlet}.example/{name}"
    blocks = tuple(
        part if isinstance(part, Block) else Block("paragraph", part) for part in paragraphs
    )
    return ArticleClustered(
        page_id=f"page-{name}",
        outlet=outlet,
        url=url,
        archive_key=f"archive/{name}",
        fetched_at=fetched_at,
        document_id=name,
        cluster_id=cluster or name,
        role=role,
        overlap=overlap,
        article=Article(
            url=url,
            title=title,
            blocks=blocks,
            **{"language": "en", "published": fetched_at, **article},
        ),
    )
