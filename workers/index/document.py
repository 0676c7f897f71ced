"""The document that Elasticsearch keeps of an article."""

import re
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

import msgspec

from schemas.article import BODY_KINDS, Article, make_aware
from schemas.events import ArticleClustered
from workers import clock
from workers.annotate.names import find_names
from workers.annotate.places import find_places
from workers.annotate.statements import find_statements

MAX_SUGGESTION_LENGTH = 120
MAX_DELAY = timedelta(days=7)
# Elasticsearch reserves three of them, and refuses a suggestion that contains one.
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f]+")


def document_version(clustered: ArticleClustered) -> int:
    """Return the document's version, in milliseconds since 1970: of two writes of one article the
    later fetch wins."""
    return clock.to_milliseconds(clustered.fetched_at)


def build_document(
    clustered: ArticleClustered, country: str, indexed_at: datetime
) -> dict[str, Any]:
    """Return the fields of `schemas.index.mapping.ARTICLE_FIELDS`, ready for JSON; empty ones are
    left out."""
    article = clustered.article
    fields = {
        **_identity_fields(clustered, country),
        **_facet_fields(article),
        **_annotations(article, country),
        **_text_fields(article),
        **_time_fields(clustered, indexed_at),
        "images": msgspec.to_builtins(article.images),
        "related": msgspec.to_builtins(article.related),
        "suggest": _collect_suggestions(article),
        "content_hash": content_hash(article),
    }
    return {name: value for name, value in fields.items() if value not in (None, "", [], ())}


def content_hash(article: Article) -> str:
    """Return 16 hex digits that change when a reader would see another story."""
    visible = (article.title, article.subtitle, article.body, article.authors)
    return blake2b(msgspec.json.encode(visible), digest_size=8).hexdigest()


def _identity_fields(clustered: ArticleClustered, country: str) -> dict[str, Any]:
    """Return what identifies the article: ids, addresses, outlet, cluster."""
    article = clustered.article
    return {
        "document_id": clustered.document_id,
        "page_id": clustered.page_id,
        "archive_key": clustered.archive_key,
        "url": article.url,
        "canonical_url": article.canonical_url,
        "outlet": clustered.outlet,
        "country": country,
        "cluster_id": clustered.cluster_id,
        "role": clustered.role.value,
        "shared": clustered.overlap,
        "judged_at": clustered.clustered_at or None,
        "event_id": clustered.news_event_id,
        "related_at": clustered.related_at or None,
    }


def _facet_fields(article: Article) -> dict[str, Any]:
    """Return the fields by which results are filtered and counted."""
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


def _annotations(article: Article, country: str) -> dict[str, Any]:
    """Return what the text tells: its places, its names, and who says what."""
    places = find_places(article.title, article.body, article.dateline, article.language, country)
    paragraphs = [block.text for block in article.blocks if block.kind in BODY_KINDS]
    return {
        "place_countries": places.countries,
        "places": places.cities,
        "names": find_names(article.title, article.body, article.language),
        "statements": msgspec.to_builtins(find_statements(paragraphs, article.language)),
    }


def _text_fields(article: Article) -> dict[str, Any]:
    """Return the texts that are searched, and their measures."""
    captions = [image.caption for image in article.images if image.caption]
    return {
        "title": article.title,
        "subtitle": article.subtitle,
        "body": article.body,
        "quotes": [block.text for block in article.blocks if block.kind == "quote"],
        "captions": captions,
        "words": len(article.body.split()),
        "outline": {"kinds": [block.kind for block in article.blocks if block.kind in BODY_KINDS]},
    }


def _time_fields(clustered: ArticleClustered, indexed_at: datetime) -> dict[str, Any]:
    """Return the document's times. `time`, which results are sorted by, is when the article was
    published or, if that is unknown or later, fetched: a date in the future would stay on top of
    every search."""
    article, fetched_at = clustered.article, clustered.fetched_at
    published = article.plausible_published(fetched_at)
    is_ahead = published is None or make_aware(published) > fetched_at
    return {
        "time": _isoformat(fetched_at if is_ahead else published),
        "published": _isoformat(article.published),
        "modified": _isoformat(article.modified),
        "fetched_at": _isoformat(fetched_at),
        "indexed_at": _isoformat(indexed_at),
        "delay_seconds": _delay_seconds(article.published, indexed_at),
    }


def _delay_seconds(published: datetime | None, indexed_at: datetime) -> int | None:
    """Return the seconds from publication to index, or None for an old page or a wrong date."""
    if published is None:
        return None
    delay = indexed_at - make_aware(published)
    return int(delay.total_seconds()) if timedelta(0) <= delay <= MAX_DELAY else None


def _isoformat(value: datetime | None) -> str | None:
    """Return the moment in ISO 8601, or None."""
    return value.isoformat() if value else None


def _collect_suggestions(article: Article) -> list[str]:
    """Return what the search box offers for this article: its title, and the names that stand for
    it."""
    names = (article.title, *article.authors, article.section, *article.tags)
    cleaned = (_CONTROL_CHARACTERS.sub(" ", name or "").strip() for name in names)
    return list(dict.fromkeys(name[:MAX_SUGGESTION_LENGTH] for name in cleaned if name))
