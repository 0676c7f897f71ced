"""Decoding and encoding one ArticleParsed of 600 words: msgspec beside pydantic, in one run."""

import json
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
from pydantic import BaseModel

from schemas.article import Article, Block, Image
from schemas.events import ArticleParsed, decode, encode

ROUNDS = 2000


class PydanticBlock(BaseModel):
    kind: str
    text: str
    url: str | None = None


class PydanticImage(BaseModel):
    url: str | None = None
    caption: str | None = None
    credit: str | None = None
    is_lead: bool = False


class PydanticArticle(BaseModel):
    url: str
    title: str
    blocks: tuple[PydanticBlock, ...]
    kind: str = "article"
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    language: str | None = None
    images: tuple[PydanticImage, ...] = ()


class PydanticParsed(BaseModel):
    event: str
    page_id: str
    outlet: str
    url: str
    archive_key: str
    fetched_at: datetime
    article: PydanticArticle
    v: int = 1


def an_event() -> ArticleParsed:
    paragraph = "The council met on Tuesday to discuss the new harbour bridge and its cost. " * 4
    moment = datetime(2026, 5, 31, 10, 0, tzinfo=UTC)
    article = Article(
        url="https://gazette.example/harbour",
        title="Council backs the harbour bridge",
        blocks=tuple(Block("paragraph", paragraph) for _ in range(11)),
        authors=("Ada Lind",),
        published=moment,
        language="en",
        images=(Image("https://gazette.example/a.jpg", "The harbour", "A. Lind", is_lead=True),),
    )
    return ArticleParsed(
        page_id="0123456789abcdef",
        outlet="gazette",
        url=article.url,
        archive_key="a/b.warc.gz:0:100",
        fetched_at=moment,
        article=article,
    )


def microseconds(work: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return 1e6 * statistics.median(times)


def main() -> None:
    event = an_event()
    raw = encode(event)
    body = json.loads(raw)  # Celery has parsed the message already
    theirs = PydanticParsed.model_validate(body)
    rows = {
        "bytes → event": (
            lambda: decode(raw),
            lambda: PydanticParsed.model_validate_json(raw),
        ),
        "parsed → event": (
            lambda: decode(body),
            lambda: PydanticParsed.model_validate(body),
        ),
        "event → parsed": (
            lambda: msgspec.to_builtins(event),
            lambda: theirs.model_dump(mode="json", exclude_defaults=True),
        ),
        "event → bytes": (
            lambda: encode(event),
            lambda: theirs.model_dump_json(exclude_defaults=True),
        ),
    }
    print(f"{'':16}{'msgspec':>10}{'pydantic':>10}{'ratio':>8}   µs, median; {len(raw)} bytes")
    for name, (ours, peer) in rows.items():
        a, b = microseconds(ours), microseconds(peer)
        print(f"{name:16}{a:10.1f}{b:10.1f}{b / a:8.1f}")


if __name__ == "__main__":
    main()
