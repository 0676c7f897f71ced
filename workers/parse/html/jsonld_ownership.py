"""Decides which objects of a page's JSON-LD describe the page itself, and which other stories."""

import re
from typing import Final
from urllib.parse import unquote, urlsplit

from workers.parse.html.jsonld import Node, iter_objects, types_of

PageKey = tuple[str, frozenset[str]]
"""Path and query of an address, without what differs between variants (amp, mobile, .html)."""

ARTICLE_TYPE: Final[re.Pattern[str]] = re.compile(
    r"(?:Article|BlogPosting|LiveBlogPosting|NewsPosting|Review|Report|ScholarlyArticle)$"
)
# Other types of a whole page. Objects on a page (pictures, videos) have none of them, so their
# dates are not taken for the page's.
PAGE_TYPE: Final[re.Pattern[str]] = re.compile(
    r"(?:Page|Posting|CreativeWork|Recipe|Episode|HowTo)$"
)
# Objects below these keys are other stories, unless their address is that of the page.
_OTHER_STORY_KEYS: Final = frozenset(
    "itemListElement hasPart blogPost mentions isRelatedTo relatedLink significantLink citation "
    "isBasedOn isPartOf".split()
)
# Objects below these keys (readers' comments, entries of a live blog) have the address of the page
# but do not describe it.
_REPLY_KEYS: Final = frozenset("comment comments review reviews liveBlogUpdate".split())
# Ranks of an object: its address is that of the page, it has none, it has that of another page.
_SAME_PAGE, _NO_PAGE, _OTHER_PAGE = 0, 1, 2
_VARIANT_SEGMENTS: Final = frozenset("amp m mobile index".split())
_EXTENSION: Final = re.compile(r"(?:\.amp)?(?:\.html?|\.php|\.aspx?)?$")
_SHORT_LINK_PATH: Final = re.compile(r"[\w-]{0,10}")
_MIN_UNIQUE_SLUG_CHARS: Final = 16
_MAX_ADDRESS_CHARS: Final = 2_000


def page_keys(addresses: list[str | None]) -> list[PageKey]:
    """Return the keys of all addresses of one page, without those that identify no page."""
    keys = (_page_key(address) for address in addresses)
    return [key for key in keys if key is not None]


def own_nodes(nodes: list[Node], own_keys: list[PageKey]) -> list[Node]:
    """Return the objects that describe the page, without comments and other stories."""
    replies = _ids_below(nodes, _REPLY_KEYS)
    others = _ids_below(nodes, _OTHER_STORY_KEYS)
    if not replies and not others:
        return nodes
    return [
        node
        for node in nodes
        if id(node) not in replies
        and (id(node) not in others or (_is_article(node) and _rank(node, own_keys) == _SAME_PAGE))
    ]


def _ids_below(nodes: list[Node], keys: frozenset[str]) -> set[int]:
    """Return the ids of all objects below one of `keys`."""
    ids: set[int] = set()
    for node in nodes:  # outer before inner, so that none is visited twice
        if id(node) not in ids and not keys.isdisjoint(node):
            ids.update(
                id(inner) for key in keys if key in node for inner in iter_objects(node[key])
            )
    return ids


def article_nodes(nodes: list[Node], own_keys: list[PageKey]) -> list[Node]:
    """Return the objects that describe an article: those with the page's address first, then
    those with a headline.

    Objects with another page's address are included only if there is nothing better.
    """
    articles = [node for node in nodes if _is_article(node)]
    if len(articles) <= 1:  # the usual case
        return articles
    ranked = [
        (_rank(node, own_keys), not _has_content(node), index)
        for index, node in enumerate(articles)
    ]
    ranked.sort()
    rank, is_empty, _ = ranked[0]
    is_better = rank == _SAME_PAGE or (rank == _NO_PAGE and not is_empty)
    return [articles[index] for rank, _, index in ranked if rank != _OTHER_PAGE or not is_better]


def page_nodes(nodes: list[Node]) -> list[Node]:
    """Return the objects that describe the page as something else than an article: by their type,
    or, without a type, by a headline."""
    return [
        node
        for node in nodes
        if any(PAGE_TYPE.search(name) for name in types_of(node))
        or ("@type" not in node and "headline" in node)
    ]


def is_own_item(property_names: str, item_type: str) -> bool:
    """Return True for an item of microdata that describes the page.

    `property_names` are those under which the item belongs to another one (`itemprop`).
    """
    keys = property_names.split()
    if not _REPLY_KEYS.isdisjoint(keys) or not _OTHER_STORY_KEYS.isdisjoint(keys):
        return False
    name = item_type.strip().rpartition("/")[2]
    return not name or bool(ARTICLE_TYPE.search(name) or PAGE_TYPE.search(name))


def _is_article(node: Node) -> bool:
    return any(ARTICLE_TYPE.search(name) for name in types_of(node))


def _has_content(node: Node) -> bool:
    return "headline" in node or "articleBody" in node


def _rank(node: Node, own_keys: list[PageKey]) -> int:
    """Return whether an object has the page's address, none, or that of another page."""
    keys = page_keys([_address(node.get("url")), _address(node.get("mainEntityOfPage"))])
    ids = page_keys([_address(node.get("@id"))])  # may be an identifier that is no address
    if any(_is_same_page(key, own) for key in keys + ids for own in own_keys):
        return _SAME_PAGE
    has_other = any(not _SHORT_LINK_PATH.fullmatch(path) for path, _ in keys)
    return _OTHER_PAGE if has_other else _NO_PAGE


def _address(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("@id") or value.get("url")
    return value if isinstance(value, str) else ""


def _page_key(address: str | None) -> PageKey | None:
    """Return the key of an address; None if it is invalid or that of a front page, which some sites
    declare on every page."""
    try:
        parts = urlsplit((address or "")[:_MAX_ADDRESS_CHARS].strip())
    except ValueError:
        return None
    if parts.scheme not in {"http", "https", ""} or not parts.path.startswith("/"):
        return None
    segments = unquote(parts.path).lower().split("/")
    segments[-1] = _EXTENSION.sub("", segments[-1])
    path = "/".join(name for name in segments if name and name not in _VARIANT_SEGMENTS)
    query = frozenset(part for part in parts.query.split("&") if part)
    return (path, query) if path else None


def _is_same_page(one: PageKey, other: PageKey) -> bool:
    """Return True for the same page on another host, with more parameters, or in another section.

    A long last segment of the path is taken to be unique.
    """
    if one[0] != other[0]:
        slug = one[0].rpartition("/")[2]
        return len(slug) >= _MIN_UNIQUE_SLUG_CHARS and slug == other[0].rpartition("/")[2]
    return one[1] <= other[1] or other[1] <= one[1]
