"""Section, tags and site name."""

import re
from typing import Final

from workers.parse.fields import title
from workers.parse.html import jsonld
from workers.parse.html.metadata import Metadata
from workers.parse.text import lexicon

_COMMA: Final = re.compile(r"\s*[,;|、，]\s*")
_SECTION: Final = (
    "article:section",
    "section",
    "articlesection",
    "parsely-section",
    "sailthru.section",
    "dc.subject",
)
_TAGS: Final = ("article:tag", "parsely-tags", "news_keywords", "keywords", "sailthru.tags")
_MOST: Final = 40
_LONGEST: Final = 60
# What publishing systems write before a tag, and what they tell other systems among the tags.
_KEYS: Final = frozenset("category keyword section subject tag topic".split())
_FOR_SYSTEMS: Final = frozenset(
    "article type,day,language,nlp category,nlp entity tokens,page type,partner,time,wc".split(",")
)
_HOME: Final = lexicon.words("vocabulary", "home")
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PLACEHOLDER: Final = re.compile(r"https?:|\{")

Found = tuple[str | None, str]


def section(head: Metadata, url: str) -> Found:
    """The department under which the story ran, and where it was read."""
    for node in head.articles:
        found = jsonld.text_of(node.get("articleSection"))
        if len(found) > _LONGEST:  # all the sections of the story, or its tags
            found = _COMMA.split(found)[0][:_LONGEST]
        if found:
            return found, "json-ld articleSection"
    if (told := head.first(*_SECTION)) and len(told[0]) <= _LONGEST:
        return told[0], f"meta {told[1]}"
    return _from_breadcrumbs(head, url)


def _from_breadcrumbs(head: Metadata, url: str) -> Found:
    sites = title.site_names(head, url) | _HOME
    for node in head.nodes:
        if "BreadcrumbList" not in jsonld.types_of(node):
            continue
        items = node.get("itemListElement")
        names = [_crumb(item) for item in items] if isinstance(items, list) else []
        names = [name for name in names[:-1] if name and title.norm(name) not in sites]
        if names:
            return names[-1], "json-ld breadcrumbs"
    return None, ""


def _crumb(item: object) -> str:
    if not isinstance(item, dict):
        return ""
    inner = item.get("item")
    return jsonld.text_of(item.get("name")) or (
        jsonld.text_of(inner.get("name")) if isinstance(inner, dict) else ""
    )


def tags(head: Metadata) -> tuple[tuple[str, ...], str]:
    """The story's keywords and where they were read; none twice."""
    for name in _TAGS[:2]:
        if values := head.meta.get(name):
            return _unique(values), f"meta {name}"
    for node in head.articles:
        value = node.get("keywords")
        values = (
            [jsonld.text_of(one) for one in value]
            if isinstance(value, list)
            else [jsonld.text_of(value)]
        )
        if any(values):
            return _unique(values), "json-ld keywords"
    for name in _TAGS[2:]:
        if values := head.meta.get(name):
            return _unique(values), f"meta {name}"
    return (), ""


def _unique(values: list[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for value in values:
        for part in _COMMA.split(value):
            tag = _said(part)
            if tag and len(tag) <= _LONGEST:
                found.setdefault(tag.lower(), tag)
    return tuple(found.values())[:_MOST]


def _said(tag: str) -> str:
    """The tag without a key before it; empty for one that only speaks to other systems."""
    key, colon, value = tag.partition(": ")
    if (colon and key.lower() in _FOR_SYSTEMS) or _UUID.fullmatch(tag):
        return ""
    return value if colon and key.lower() in _KEYS else tag


def site_name(head: Metadata) -> Found:
    """What the site calls itself."""
    told = head.first("og:site_name", "application-name")
    if told and not _PLACEHOLDER.match(told[0]):
        return told[0], f"meta {told[1]}"
    for node in head.articles:
        found = jsonld.text_of(node.get("publisher"))
        if found and not _PLACEHOLDER.match(found):
            return found, "json-ld publisher"
    return None, ""


def is_paywalled(head: Metadata) -> tuple[bool | None, str]:
    """True or False as the page says; None if it says nothing."""
    for node in head.articles:
        value = node.get("isAccessibleForFree")
        if isinstance(value, list):
            value = value[0] if value else None
        if value is not None:
            return str(value).strip().lower() in ("false", "0", "no"), "json-ld isAccessibleForFree"
    told = head.first("article:content_tier", "access", "contenttier")
    if told and told[0].lower() in ("metered", "locked", "paid", "premium", "subscriber", "free"):
        return told[0].lower() not in ("free", "metered"), f"meta {told[1]}"
    return None, ""
