"""The document that Elasticsearch keeps of an article."""

import re
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

import msgspec

from schemas.article import SPOKEN_KINDS, Article, aware
from schemas.events import ArticleClustered

MAX_SUGGESTION_LENGTH = 120
MAX_DELAY = timedelta(days=7)
# Elasticsearch keeps three of them for itself and refuses a suggestion that holds one.
CONTROLS = re.compile(r"[\x00-\x1f]+")


def version(judged: ArticleClustered) -> int:
    """Return the document's version, in milliseconds since 1970: of two writes of one article the
    later fetch wins."""
    return int(judged.fetched_at.timestamp() * 1000)


def build_document(judged: ArticleClustered, country: str, indexed_at: datetime) -> dict[str, Any]:
    """Return the fields of `schemas.index.mapping.ARTICLE_FIELDS`, ready for JSON; empty ones are
    left out."""
    article = judged.article
    fields = {
        **_identity(judged, country),
        **_facets(article),
        **_texts(article),
        **_times(judged, indexed_at),
        "images": msgspec.to_builtins(article.images),
        "related": msgspec.to_builtins(article.related),
        "suggest": _suggestions(article),
        "content_hash": content_hash(article),
    }
    return {name: value for name, value in fields.items() if value not in (None, "", [], ())}


def content_hash(article: Article) -> str:
    """Return 16 hex digits that change when a reader would see another story."""
    seen = (article.title, article.subtitle, article.body, article.authors)
    return blake2b(msgspec.json.encode(seen), digest_size=8).hexdigest()


def _identity(judged: ArticleClustered, country: str) -> dict[str, Any]:
    article = judged.article
    return {
        "document_id": judged.document_id,
        "page_id": judged.page_id,
        "archive_key": judged.archive_key,
        "url": article.url,
        "canonical_url": article.canonical_url,
        "outlet": judged.outlet,
        "country": country,
        "cluster_id": judged.cluster_id,
        "role": judged.role.value,
        "shared": judged.overlap,
        "judged_at": judged.clustered_at or None,
    }


def _facets(article: Article) -> dict[str, Any]:
    return {
        "site_name": article.site_name,
        "language": article.language,
        "section": article.section,
        "tags": article.tags,
        "authors": article.authors,
        "source": article.source,
        "dateline": article.dateline,
        "kind": article.kind.value,
        "is_paywalled": article.is_paywalled,
        "notes": article.notes,
    }


def _texts(article: Article) -> dict[str, Any]:
    captions = [image.caption for image in article.images if image.caption]
    return {
        "title": article.title,
        "subtitle": article.subtitle,
        "body": article.body,
        "quotes": [block.text for block in article.blocks if block.kind == "quote"],
        "captions": captions,
        "words": len(article.body.split()),
        "outline": {
            "kinds": [block.kind for block in article.blocks if block.kind in SPOKEN_KINDS]
        },
    }


def _times(judged: ArticleClustered, indexed_at: datetime) -> dict[str, Any]:
    """Return the document's times. `time`, which results are sorted by, is when the article was
    published or, if that is unknown, fetched; a date in the future would stay on top of every
    search."""
    article = judged.article
    return {
        "time": _moment(article.printed_before(judged.fetched_at) or judged.fetched_at),
        "published": _moment(article.published),
        "modified": _moment(article.modified),
        "fetched_at": _moment(judged.fetched_at),
        "indexed_at": _moment(indexed_at),
        "delay_seconds": _delay(article.published, indexed_at),
    }


def _delay(printed: datetime | None, indexed_at: datetime) -> int | None:
    """Return the seconds from publication to index, or None for an old page or a wrong date."""
    delay = indexed_at - aware(printed) if printed else None
    is_telling = delay is not None and timedelta(0) <= delay <= MAX_DELAY
    return int(delay.total_seconds()) if delay is not None and is_telling else None


def _moment(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def _suggestions(article: Article) -> list[str]:
    """Return what the search box offers for this article: its title, and the names that stand for
    it."""
    names = (article.title, *article.authors, article.section, *article.tags)
    shown = (CONTROLS.sub(" ", name or "").strip()[:MAX_SUGGESTION_LENGTH] for name in names)
    return list(dict.fromkeys(name for name in shown if name))
