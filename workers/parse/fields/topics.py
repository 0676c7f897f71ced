"""Finds section, tags, site name, and whether the page is behind a paywall."""

import re
from typing import Final
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from workers.parse.fields import headings, title
from workers.parse.html import jsonld
from workers.parse.html.markup import text_of
from workers.parse.html.metadata import Metadata
from workers.parse.html.tree import PageTree
from workers.parse.text import lexicon

_SEPARATOR: Final = re.compile(r"\s*[,;|、，]\s*")
_SECTION_META: Final = (
    "article:section",
    "section",
    "articlesection",
    "parsely-section",
    "sailthru.section",
    "dc.subject",
)
_TAGS_META: Final = ("article:tag", "parsely-tags")
# Less trusted than the keywords of JSON-LD.
_KEYWORDS_META: Final = ("news_keywords", "keywords", "sailthru.tags")
_TIER_META: Final = ("article:content_tier", "access", "contenttier")
_FREE_TIERS: Final = ("free", "metered")
_TIERS: Final = (*_FREE_TIERS, "locked", "paid", "premium", "subscriber")
_BREADCRUMBS: Final = (
    "[class*=breadcrumb i], [id*=breadcrumb i], [aria-label*=breadcrumb i], [class*=brotkrume i]"
)
_FOLDER: Final = re.compile(r"[a-z][a-z-]{2,24}")
# Folders that are of all stories.
_NO_SECTIONS: Final = frozenset(
    "news article articles story stories post posts blog archive archives content artikel "
    "nachrichten noticias noticia notizie nouvelles actualites amp index node page pages wiki web "
    "author tag".split()
)
_MAX_TAGS: Final = 40
_MAX_CHARS: Final = 60
# What publishing systems write before a tag, and their internal keys among the tags.
_TAG_KEYS: Final = frozenset("category keyword section subject tag topic".split())
_INTERNAL_KEYS: Final = frozenset(
    "article type,day,language,nlp category,nlp entity tokens,page type,partner,time,wc".split(",")
)
_HOME_NAMES: Final = lexicon.words("vocabulary", "home")
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PLACEHOLDER: Final = re.compile(r"https?:|\{")

SourcedText = tuple[str | None, str]
"""A text and where it was read; None and empty if there is none."""


def find_section(head: Metadata, url: str) -> SourcedText:
    """Return the section in which the story was published, and where it was read."""
    for node in head.article_nodes:
        section = jsonld.text_of(node.get("articleSection"))
        if len(section) > _MAX_CHARS:  # all the sections of the story, or its tags
            section = _SEPARATOR.split(section)[0][:_MAX_CHARS]
        if section:
            return section, "json-ld articleSection"
    if (meta := head.find(*_SECTION_META)) and len(meta[0]) <= _MAX_CHARS:
        return meta[0], f"meta {meta[1]}"
    return _find_in_breadcrumbs(head, url)


def _find_in_breadcrumbs(head: Metadata, url: str) -> SourcedText:
    """Return the last breadcrumb before the page itself that is not the site's front page."""
    front_page_names = title.site_names(head, url) | _HOME_NAMES
    for node in head.nodes:
        if "BreadcrumbList" not in jsonld.types_of(node):
            continue
        items = node.get("itemListElement")
        names = [_breadcrumb_name(item) for item in items] if isinstance(items, list) else []
        sections = [
            name for name in names[:-1] if name and headings.normalize(name) not in front_page_names
        ]
        if sections:
            return sections[-1], "json-ld breadcrumbs"
    return None, ""


def _breadcrumb_name(item: object) -> str:
    if not isinstance(item, dict):
        return ""
    inner = item.get("item")
    return jsonld.text_of(item.get("name")) or (
        jsonld.text_of(inner.get("name")) if isinstance(inner, dict) else ""
    )


def find_tags(head: Metadata) -> tuple[tuple[str, ...], str]:
    """Return the story's tags without duplicates, and where they were read."""
    for name in _TAGS_META:
        if values := head.meta.get(name):
            return _clean_tags(values), f"meta {name}"
    for node in head.article_nodes:
        value = node.get("keywords")
        values = (
            [jsonld.text_of(keyword) for keyword in value]
            if isinstance(value, list)
            else [jsonld.text_of(value)]
        )
        if any(values):
            return _clean_tags(values), "json-ld keywords"
    for name in _KEYWORDS_META:
        if values := head.meta.get(name):
            return _clean_tags(values), f"meta {name}"
    return (), ""


def _clean_tags(values: list[str]) -> tuple[str, ...]:
    """Return the tags in lists of tags, without duplicates, keys and internal ones."""
    tags: dict[str, str] = {}
    for value in values:
        for part in _SEPARATOR.split(value):
            tag = _strip_key(part)
            if tag and len(tag) <= _MAX_CHARS:
                tags.setdefault(tag.lower(), tag)
    return tuple(tags.values())[:_MAX_TAGS]


def _strip_key(tag: str) -> str:
    """Return the tag without a key before it; empty for one that is internal to a system."""
    key, colon, value = tag.partition(": ")
    if (colon and key.lower() in _INTERNAL_KEYS) or _UUID.fullmatch(tag):
        return ""
    return value if colon and key.lower() in _TAG_KEYS else tag


def find_site_name(head: Metadata) -> SourcedText:
    """Return the name of the site as it declares it, and where it was read."""
    meta = head.find("og:site_name", "application-name")
    if meta and not _PLACEHOLDER.match(meta[0]):
        return meta[0], f"meta {meta[1]}"
    for node in head.article_nodes:
        name = jsonld.text_of(node.get("publisher"))
        if name and not _PLACEHOLDER.match(name):
            return name, "json-ld publisher"
    return None, ""


def find_paywall(head: Metadata) -> tuple[bool | None, str]:
    """Return whether the page declares a paywall, and where; None if it declares nothing."""
    for node in head.article_nodes:
        value = node.get("isAccessibleForFree")
        if isinstance(value, list):
            value = value[0] if value else None
        if value is not None:
            return _means_no(value), "json-ld isAccessibleForFree"
    for node in head.article_nodes:
        parts = node.get("hasPart")
        for part in parts if isinstance(parts, list) else [parts]:
            if isinstance(part, dict) and _means_no(part.get("isAccessibleForFree", True)):
                return True, "json-ld hasPart"
    meta = head.find(*_TIER_META)
    if meta and meta[0].lower() in _TIERS:
        return meta[0].lower() not in _FREE_TIERS, f"meta {meta[1]}"
    return None, ""


def _means_no(value: object) -> bool:
    return str(value).strip().lower() in ("false", "0", "no")


def find_printed_tags(page: PageTree) -> tuple[str, ...]:
    """Return the texts of the links that are marked as tags of the story."""
    texts = [
        text_of(node)
        for run in page.runs
        for tag, node, _, _ in run.spans
        if tag == "a" and "tag" in (node.attributes.get("rel") or "").split()
    ]
    return _clean_tags([text.lstrip("#") for text in texts])


def find_printed_section(document: LexborHTMLParser, headline: str) -> str:
    """Return the last breadcrumb that readers see before the page itself; empty without one."""
    for box in document.css(_BREADCRUMBS)[:1]:
        names = [" ".join(link.text().split()) for link in box.css("a")]
        names = [
            name
            for name in names
            if 1 < len(name) <= _MAX_CHARS
            and headings.normalize(name) not in _HOME_NAMES
            and name != headline
        ]
        if names:
            return names[-1]
    return ""


def find_section_of_url(url: str) -> str:
    """Return the first folder of the address that is a name and not of all stories; else empty."""
    names = [name for name in urlsplit(url).path.split("/") if name]
    folders = names[:-1]
    return next(
        (name for name in folders if _FOLDER.fullmatch(name) and name not in _NO_SECTIONS), ""
    )
