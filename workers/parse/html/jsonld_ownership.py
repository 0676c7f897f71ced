"""Which objects of a page's JSON-LD speak of the page itself, and which of other stories."""

import re
from typing import Final
from urllib.parse import unquote, urlsplit

from workers.parse.html.jsonld import Node, objects, types_of

Place = tuple[str, frozenset[str]]
"""What an address says of the page behind it: path and query, freed from forms of one page."""

ARTICLE_TYPE: Final[re.Pattern[str]] = re.compile(
    r"(?:Article|BlogPosting|LiveBlogPosting|NewsPosting|Review|Report|ScholarlyArticle)$"
)
# What else a page may be that is dated itself; what is on it (pictures, videos) is none of these.
PAGE_TYPE: Final[re.Pattern[str]] = re.compile(
    r"(?:Page|Posting|CreativeWork|Recipe|Episode|HowTo)$"
)
# What stands under these is another story, unless it names the page itself as its address.
_OTHERS: Final = frozenset(
    "itemListElement hasPart blogPost mentions isRelatedTo relatedLink significantLink citation "
    "isBasedOn isPartOf".split()
)
# What readers wrote, and the later entries of a live page: they name the page, and are not it.
_ANSWERS: Final = frozenset("comment comments review reviews liveBlogUpdate".split())
_OWN, _UNNAMED, _ANOTHER = 0, 1, 2
_FORMS: Final = frozenset("amp m mobile index".split())
_ENDING: Final = re.compile(r"(?:\.amp)?(?:\.html?|\.php|\.aspx?)?$")
_SHORT_LINK: Final = re.compile(r"[\w-]{0,10}")
_LONG_NAME: Final = 16
_LONGEST_ADDRESS: Final = 2_000


def places(addresses: list[str | None]) -> list[Place]:
    """Where the page stands, by all the addresses it is known under."""
    found = (_place(address) for address in addresses)
    return [place for place in found if place is not None]


def own(nodes: list[Node], page: list[Place]) -> list[Node]:
    """Those that the page says of itself: not what it lists, mentions or was answered."""
    answers = _held(nodes, _ANSWERS)
    others = _held(nodes, _OTHERS)
    if not answers and not others:
        return nodes
    return [
        node
        for node in nodes
        if id(node) not in answers
        and (id(node) not in others or (_is_article(node) and _rank(node, page) == _OWN))
    ]


def _held(nodes: list[Node], keys: frozenset[str]) -> set[int]:
    """The ids of all objects that stand below one of `keys`."""
    held: set[int] = set()
    for node in nodes:  # outer before inner: none is gone through twice
        if id(node) not in held and not keys.isdisjoint(node):
            held.update(id(one) for key in keys if key in node for one in objects(node[key]))
    return held


def articles(nodes: list[Node], page: list[Place]) -> list[Node]:
    """Those that describe an article: first what names the page, then what has a headline. What
    names another page counts only where there is nothing better."""
    found = [node for node in nodes if _is_article(node)]
    if len(found) < 2:  # noqa: PLR2004  the usual case
        return found
    ranked = [(_rank(node, page), not _tells(node), n) for n, node in enumerate(found)]
    ranked.sort()
    rank, is_mute, _ = ranked[0]
    is_better = rank == _OWN or (rank == _UNNAMED and not is_mute)
    return [found[n] for rank, _, n in ranked if rank != _ANOTHER or not is_better]


def pages(nodes: list[Node]) -> list[Node]:
    """Those that describe the page, or whatever it is with a headline, and call it no article."""
    return [
        node
        for node in nodes
        if any(PAGE_TYPE.search(kind) for kind in types_of(node))
        or ("@type" not in node and "headline" in node)
    ]


def is_own(key: str, kind: str) -> bool:
    """True where microdata speak of the page: `key` is an item's property, `kind` its type."""
    if not _ANSWERS.isdisjoint(key.split()) or not _OTHERS.isdisjoint(key.split()):
        return False
    name = kind.strip().rpartition("/")[2]
    return not name or bool(ARTICLE_TYPE.search(name) or PAGE_TYPE.search(name))


def _is_article(node: Node) -> bool:
    return any(ARTICLE_TYPE.search(kind) for kind in types_of(node))


def _tells(node: Node) -> bool:
    return "headline" in node or "articleBody" in node


def _rank(node: Node, page: list[Place]) -> int:
    """Whether an object names the page, no page, or another one."""
    named = places([_address(node.get("url")), _address(node.get("mainEntityOfPage"))])
    ids = places([_address(node.get("@id"))])  # may be a name that is no page at all
    if any(_is_same(one, other) for one in named + ids for other in page):
        return _OWN
    return _ANOTHER if any(not _SHORT_LINK.fullmatch(path) for path, _ in named) else _UNNAMED


def _address(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("@id") or value.get("url")
    return value if isinstance(value, str) else ""


def _place(address: str | None) -> Place | None:
    """None for what is no address, and for first pages: sites name theirs on every page."""
    try:
        parts = urlsplit((address or "")[:_LONGEST_ADDRESS].strip())
    except ValueError:
        return None
    if parts.scheme not in {"http", "https", ""} or not parts.path.startswith("/"):
        return None
    names = unquote(parts.path).lower().split("/")
    names[-1] = _ENDING.sub("", names[-1])
    path = "/".join(name for name in names if name and name not in _FORMS)
    query = frozenset(part for part in parts.query.split("&") if part)
    return (path, query) if path else None


def _is_same(one: Place, other: Place) -> bool:
    """True for the same page under another host, with parameters more, or in another section."""
    if one[0] != other[0]:
        name = one[0].rpartition("/")[2]
        return len(name) >= _LONG_NAME and name == other[0].rpartition("/")[2]
    return one[1] <= other[1] or other[1] <= one[1]
