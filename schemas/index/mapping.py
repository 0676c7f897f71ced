"""Mappings and templates: how a document is indexed, whatever the server has.

`workers/adapters/elasticsearch/templates.py` puts them into the server.
"""

import json
from collections.abc import Collection
from hashlib import blake2b
from typing import Final

from schemas.index import naming
from schemas.index.analysis import analysis, analyzer_groups
from schemas.json import Json

# Lucene refuses a term of more than 32,766 bytes; four bytes a character is the worst.
MAX_KEYWORD_LENGTH: Final = 8_191
REFRESH: Final = "5s"
FILLING: Final = {"refresh_interval": "-1"}
ROLL_OVER_WHEN: Final = {"max_primary_shard_size": "30gb", "max_age": "90d"}

KEYWORD: Final[Json] = {"type": "keyword", "ignore_above": MAX_KEYWORD_LENGTH}
STORED: Final[Json] = {"type": "keyword", "index": False, "doc_values": False}
DATE: Final[Json] = {"type": "date"}
WHOLE: Final[Json] = {"type": "object", "enabled": False}


def _text(**more: object) -> Json:
    """Return the mapping of a text: stemmed, with the exact words beside it. Offsets let long
    bodies be highlighted without analyzing them again."""
    exact = {"type": "text", "analyzer": "exact", "index_options": "offsets"}
    return {
        "type": "text",
        "analyzer": "stemmed",
        "index_options": "offsets",
        "fields": {"exact": exact, **more},
    }


def _name() -> Json:
    """Return the mapping of a facet that can be searched word by word as well."""
    return {**KEYWORD, "fields": {"words": {"type": "text", "analyzer": "exact", "norms": False}}}


# What an article's latest change was: written beside the article that the index step makes, and
# added to indices of before as they stand.
CHANGE_FIELDS: Final[Json] = {
    "changed_at": DATE,
    "changes": {"type": "integer"},
    "changed_words": {"type": "integer"},
    "changed_in": KEYWORD,
    "changed_after_seconds": {"type": "long"},
}

# Which event in the news an article tells: added in the same way.
EVENT_FIELDS: Final[Json] = {"event_id": KEYWORD}
# What the text itself tells (`workers/annotate/`): added in the same way.
# A statement is a document of its own inside of the article's, so that words and speaker are looked
# for in one and the same.
ANNOTATION_FIELDS: Final[Json] = {
    "place_countries": KEYWORD,
    "places": _name(),
    "names": _name(),
    "statements": {"type": "nested", "properties": {"text": _text(), "speaker": _name()}},
}
_ADDED_FIELDS: Final = frozenset({*CHANGE_FIELDS, *EVENT_FIELDS, *ANNOTATION_FIELDS})

ARTICLE_FIELDS: Final[Json] = {
    "document_id": KEYWORD,
    "page_id": KEYWORD,
    "archive_key": STORED,
    "url": KEYWORD,
    "canonical_url": KEYWORD,
    "outlet": KEYWORD,
    "site_name": KEYWORD,
    "country": KEYWORD,
    "language": KEYWORD,
    "section": _name(),
    "tags": _name(),
    "authors": _name(),
    "source": _name(),
    "dateline": _name(),
    "kind": KEYWORD,
    "cluster_id": KEYWORD,
    "role": KEYWORD,
    "shared": {"type": "float"},
    "is_paywalled": {"type": "boolean"},
    "title": _text(),
    "subtitle": _text(),
    "body": _text(),
    "quotes": _text(),
    "captions": _text(),
    "words": {"type": "integer"},
    "outline": WHOLE,
    "images": {
        "properties": {
            "url": STORED,
            "caption": STORED,
            "credit": KEYWORD,
            "is_lead": {"type": "boolean"},
        }
    },
    "related": {
        "properties": {
            "title": {"type": "text", "analyzer": "stemmed"},
            "url": KEYWORD,
            "section": KEYWORD,
            "caption": STORED,
        }
    },
    "notes": KEYWORD,
    "time": DATE,
    "published": DATE,
    "modified": DATE,
    "fetched_at": DATE,
    "indexed_at": DATE,
    "delay_seconds": {"type": "long"},
    "content_hash": {**KEYWORD, "index": False},
    "suggest": {"type": "completion", "analyzer": "exact", "max_input_length": 80},
    **CHANGE_FIELDS,
    **EVENT_FIELDS,
    **ANNOTATION_FIELDS,
}

REVISION_FIELDS: Final[Json] = {
    "document_id": KEYWORD,
    "fetched_at": DATE,
    "replaced_at": DATE,
    "outlet": KEYWORD,
    "article": WHOLE,
}

QUARANTINE_FIELDS: Final[Json] = {
    "at": DATE,
    "step": KEYWORD,
    "reason": KEYWORD,
    "outlet": KEYWORD,
    "host": KEYWORD,
    "url": KEYWORD,
    "attempts": {"type": "integer"},
    "detail": {"type": "text", "analyzer": "standard"},
}

LABEL_FIELDS: Final[Json] = {
    "cluster_id": KEYWORD,
    "role": KEYWORD,
    "shared": {"type": "float"},
    "event_id": KEYWORD,
    "at": DATE,
}


COLLECTION_FIELDS: Final[Json] = {"outlets": KEYWORD}
# Stands in a request for the index of collections, whose name begins with the deployment's prefix.
COLLECTION_LOOKUP: Final = "<collections>"


def article_mapping() -> Json:
    """Return the mapping of articles. Unknown fields stay in the source and are not indexed: a
    newer worker loses nothing, and no page's key names can fill up the mapping."""
    return {"dynamic": False, "properties": ARTICLE_FIELDS}


def design(analyzers: Collection[str], filters: Collection[str]) -> str:
    """Return a digest that changes when indices of the present design would analyze articles
    differently from those of an earlier design, or of a server with other analyzers."""
    parts = [
        {name: field for name, field in ARTICLE_FIELDS.items() if name not in _ADDED_FIELDS},
        *(analysis(name, filters) for name in analyzer_groups(analyzers)),
    ]
    return blake2b(json.dumps(parts, sort_keys=True).encode(), digest_size=8).hexdigest()


def revision_mapping() -> Json:
    """Return the mapping of earlier versions, which are looked up by article and never searched by
    text."""
    return {"dynamic": False, "properties": REVISION_FIELDS}


def quarantine_mapping() -> Json:
    """Return the mapping of quarantine entries for Kibana; they stay when an entry is retried or
    dropped."""
    return {"dynamic": False, "properties": QUARANTINE_FIELDS}


def collection_mapping() -> Json:
    """Return the mapping of collections of outlets; the name is the document's id."""
    return {"dynamic": False, "properties": COLLECTION_FIELDS}


def label_mapping() -> Json:
    """Return the mapping of an article's latest cluster change."""
    return {"dynamic": False, "properties": LABEL_FIELDS}


def index_settings(shards: int = 1) -> Json:
    """Return the settings that all article indices share."""
    return {"number_of_shards": shards, "refresh_interval": REFRESH}


def fields_component(filters: Collection[str], meta: Json) -> Json:
    """Return the component template of all article indices. It has stand-ins for a group's
    analyzers, because a server accepts no field whose analyzer it does not know."""
    settings = {"index": index_settings(), **analysis(naming.GENERAL, filters)}
    return {"template": {"settings": settings, "mappings": {**article_mapping(), "_meta": meta}}}


def analysis_component(group: str, filters: Collection[str]) -> Json:
    """Return the component template of one analyzer group."""
    return {"template": {"settings": analysis(group, filters)}}


def template(
    prefix: str, group: str, generation: int, *, has_ilm: bool, is_live: bool = True
) -> Json:
    """Return the index template of one analyzer group. Where ILM creates the indices, they must
    come with the reading alias; others get it when they are ready."""
    return {
        "index_patterns": [naming.pattern(prefix, group, generation)],
        "composed_of": [
            naming.fields_component(prefix, generation),
            naming.analysis_component(prefix, group, generation),
        ],
        "template": {
            "aliases": {naming.articles(prefix): {}} if is_live and has_ilm else {},
            "settings": {"index": _life(prefix, group, has_ilm=has_ilm) if is_live else FILLING},
        },
        "allow_auto_create": False,
        "priority": 500,
    }


def _life(prefix: str, group: str, *, has_ilm: bool) -> Json:
    rolled = {
        "lifecycle.name": naming.policy(prefix),
        "lifecycle.rollover_alias": naming.write_alias(prefix, group),
    }
    return rolled if has_ilm else {}


def live_settings(prefix: str, group: str, *, has_ilm: bool) -> Json:
    """Return the settings that an index of a copied generation gets when it goes live."""
    return {"refresh_interval": REFRESH, **_life(prefix, group, has_ilm=has_ilm)}


def guard(prefix: str) -> Json:
    """Return the template that keeps a write from creating an index by its name alone. Where one
    prefix begins another ("news", "news-test"), the longer one's template has the higher rank for
    its own names: equal ranks would be refused."""
    pattern = f"{prefix}-*"
    return {"index_patterns": [pattern], "allow_auto_create": False, "priority": len(prefix)}


def policy() -> Json:
    """Return the life-cycle policy: roll over by size and age; deleting is the operator's
    choice."""
    return {"policy": {"phases": {"hot": {"actions": {"rollover": ROLL_OVER_WHEN}}}}}
