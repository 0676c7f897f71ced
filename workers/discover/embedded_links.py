"""Links that a page names in its scripts: lists in JSON-LD, and the state of a script framework."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from selectolax.lexbor import LexborHTMLParser

MAX_SCRIPT_CHARACTERS = 5_000_000
MAX_ADDRESS_LENGTH = 2_000
MAX_OBJECTS = 200_000
MAX_STATES_IN_A_SCRIPT = 20
_ADDRESS_FIELDS = (
    "url canonicalUrl canonical_url canonicalURL permalink link href webUrl web_url articleUrl "
    "article_url fullUrl full_url shareUrl share_url uri path urlPath pathname"
).split()
_TITLE_FIELDS = "headline title name heading shortTitle seoTitle linkText text".split()
_STORY_FIELD = re.compile(
    r"headline|publi[sc]|dat(e|um)$|created|updated|byline|author|teaser|summary|excerpt|standfirst"
    r"|lead$|section$",
    re.IGNORECASE,
)
# lists of these are the site's, not the news'
_NAVIGATION = {"BreadcrumbList", "SiteNavigationElement", "WebSite", "Organization", "Person"}
_STATE = re.compile(r"=\s*(?=[{\[])|JSON\.parse\(\s*(?=[\"'])")
_QUOTED = re.compile(r"'((?:\\.|[^'\\])*+)'", re.DOTALL)
_PAIR = re.compile(
    r'"(?:{})"\s*:\s*("(?:\\.|[^"\\\n])*+")'.format("|".join(_ADDRESS_FIELDS)), re.DOTALL
)


class EmbeddedLink(NamedTuple):
    """An address as it is written, with its title if there is one. `is_listed` tells that it is
    named as a story: as an item of a list of JSON-LD, or with fields that stories have."""

    address: str
    title: str
    is_listed: bool = False


def find_embedded_links(tree: LexborHTMLParser) -> Iterator[EmbeddedLink]:
    """Yield the links in the scripts of a page."""
    for node in tree.css("script"):
        text = node.text(deep=True)[:MAX_SCRIPT_CHARACTERS].strip()
        kind = (node.attributes.get("type") or "").partition(";")[0].strip().lower()
        if kind == "application/ld+json":
            yield from _read_json_ld(_decode(text))
        elif kind in {"application/json", "text/json"} or text[:1] in {"{", "["}:
            yield from _read_state(_decode(text), text)
        elif kind in {"", "text/javascript", "application/javascript", "module"}:
            yield from _read_script(text)


def _read_json_ld(value: Any) -> Iterator[EmbeddedLink]:  # noqa: ANN401  any JSON
    """Yield the items of lists, and articles that the page names."""
    for each in _objects_in(value):
        types = _types_of(each)
        if types & _NAVIGATION:
            continue
        elements = each.get("itemListElement")
        if "ItemList" in types and elements:
            yield from map(_read_list_item, _as_list(elements))
        elif any(name.endswith(("Article", "Posting")) for name in types):
            yield EmbeddedLink(_address_of(each), _title_of(each), is_listed=True)


def _read_list_item(element: Any) -> EmbeddedLink:  # noqa: ANN401  any JSON
    """Return the link of an element of an ItemList: an address, a ListItem, or the item itself."""
    if isinstance(element, str):
        return EmbeddedLink(element, "", is_listed=True)
    if not isinstance(element, dict):
        return EmbeddedLink("", "")
    item = element.get("item")
    if isinstance(item, str):
        return EmbeddedLink(item, _title_of(element), is_listed=True)
    inner = item if isinstance(item, dict) else {}
    if _types_of(inner) & _NAVIGATION or _types_of(element) & _NAVIGATION:
        return EmbeddedLink("", "")
    address = _address_of(inner) or _address_of(element)
    return EmbeddedLink(address, _title_of(inner) or _title_of(element), is_listed=True)


def _read_script(text: str) -> Iterator[EmbeddedLink]:
    """Yield the links in the objects that a script assigns (`window.STATE = {…}`), and in such as
    are no JSON because there is an `undefined` in them."""
    decoder = json.JSONDecoder(strict=False)
    position = 0
    has_failed = False
    for _ in range(MAX_STATES_IN_A_SCRIPT):
        found = _STATE.search(text, position)
        if not found:
            break
        position = found.end()
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            value = _read_quoted(text, position)
            has_failed = True
        yield from _read_state(_decode(value) if isinstance(value, str) else value, "")
    if has_failed:
        yield from _read_pairs(text)


def _read_quoted(text: str, position: int) -> str | None:
    """Return the string in single quotes that begins at `position`, or None."""
    found = _QUOTED.match(text, position)
    if not found:
        return None
    value = _decode('"{}"'.format(found[1].replace('"', '\\"').replace("\\'", "'")))
    return value if isinstance(value, str) else None


def _read_state(value: Any, text: str) -> Iterator[EmbeddedLink]:  # noqa: ANN401  any JSON
    """Yield the links of objects in a state; of `text`, if it is no JSON."""
    if value is None:
        yield from _read_pairs(text)
        return
    for each in _objects_in(value):
        if address := _address_of(each):
            title = _title_of(each)
            yield EmbeddedLink(address, title, is_listed=bool(title) and _is_story(each))


def _read_pairs(text: str) -> Iterator[EmbeddedLink]:
    """Yield the addresses that stand beside the name of an address field."""
    for raw in _PAIR.findall(text):
        address = _decode(raw)
        if isinstance(address, str):
            yield EmbeddedLink(address, "")


def _objects_in(value: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401  any JSON
    """Yield the objects in `value` at any depth, in the order of the text."""
    waiting = [value]
    for _ in range(MAX_OBJECTS):
        if not waiting:
            return
        each = waiting.pop()
        if isinstance(each, dict):
            yield each
            waiting.extend(reversed(list(each.values())))
        elif isinstance(each, list):
            waiting.extend(reversed(each))


def _is_story(each: dict[str, Any]) -> bool:
    """Return whether an object has fields that stories have and entries of a menu have not."""
    return any(_STORY_FIELD.search(name) for name in each)


def _decode(text: str) -> Any:  # noqa: ANN401  any JSON
    """Return what the JSON in `text` says, or None if it is none."""
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _address_of(each: dict[str, Any]) -> str:
    """Return the first address of an object, or an empty string."""
    for name in (*_ADDRESS_FIELDS, "@id"):
        text = each.get(name)
        if isinstance(text, str) and len(text) <= MAX_ADDRESS_LENGTH:
            address = text.strip()
            if address.startswith(("http://", "https://", "/")):
                return address
    return ""


def _title_of(each: dict[str, Any]) -> str:
    """Return the title of an object, or an empty string."""
    for name in _TITLE_FIELDS:
        value = each.get(name)
        if isinstance(value, dict):  # WordPress: {"rendered": "…"}
            value = value.get("rendered")
        if isinstance(value, str) and value.strip():
            return " ".join(value.split())[:500]
    return ""


def _types_of(each: dict[str, Any]) -> set[str]:
    """Return the types of an object of JSON-LD, without the address of the vocabulary."""
    types = _as_list(each.get("@type"))
    return {name.rpartition("/")[2] for name in types if isinstance(name, str)}


def _as_list(value: Any) -> list[Any]:  # noqa: ANN401  any JSON
    if isinstance(value, list):
        return value
    return [] if value is None else [value]
