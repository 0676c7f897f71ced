"""Chooses the address of a picture: the largest rendition that its markup names, no placeholder."""

import re
from operator import itemgetter
from typing import Final

from selectolax.lexbor import LexborNode

from workers.parse.html.markup import Attributes
from workers.parse.html.tree import TextRun

# Best first: where large renditions are named, then lazy loading, then the plain one.
_LARGE_ATTRIBUTES: Final = (
    "data-full data-full-src data-orig-file data-large-file data-large data-hi-res-src "
    "data-highres data-zoom-image data-src-large data-image"
).split()
_LAZY_ATTRIBUTES: Final = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-url")
_SRCSET_SUFFIX: Final = "srcset"
_PICTURE_FILE: Final = re.compile(r"(?i)\.(?:jpe?g|png|webp|avif|gif)(?:$|[?#])")
_ADDRESS: Final = re.compile(r"https?:[^\s\"'<>\\]+")
_SRCSET_PART: Final = re.compile(r"([^\s,]\S*[^\s,])(?:\s+(\d+(?:\.\d+)?)([wx])|(?=\s*(?:,|$)))")
_BACKGROUND: Final = re.compile(r"background(?:-image)?\s*:[^;]*?url\(\s*['\"]?([^'\")]+)")
# Attributes whose addresses are not the picture's own.
_OTHER_ADDRESSES: Final = frozenset("alt title style class id src href onclick onload".split())
_SMALL: Final = re.compile(r"(?i)small|mobile|thumb|tiny|blur|lqip|preview|low")
_WIDTH_TEMPLATE: Final = re.compile(r"\{(?:width|w)\}|%7Bwidth%7D", re.IGNORECASE)
_SRCSET_DENSITY: Final = re.compile(r"\s\d+(?:\.\d+)?x\s*(?:,|$)")
_ADDRESS_IN_LIST: Final = re.compile(r"(?:https?:)?//[^\s\"'<>\\,\]}]+")
_NUMBER: Final = re.compile(r"\d{2,4}")
_PLACEHOLDER: Final = re.compile(
    r"(?i)(?<![a-z])(?:placeholder|spacer|blank|transparent|loading|loader|lazy(?:load)?|pixel|1x1|"
    r"gr[ea]y|dummy|default-image|no-?image|noimg)(?![a-z])"
)
_USUAL_WIDTH: Final = "1080"
_MAX_SIBLINGS: Final = 4


def source_address(run: TextRun) -> str:
    """Return the address of a picture or an embed; empty if there is none but a placeholder's."""
    if run.kind != "image":
        return _plain_address(run.attributes)
    if run.address is None:
        own = _best_address(run.attributes)
        node = run.node
        run.address = own if node is None else _address_around(node, own) or own
    return run.address


def _address_around(node: LexborNode, own: str) -> str:
    """Return the address in the elements around a picture, if it is better than its `own`."""
    parent = node.parent
    if parent is None:
        return ""
    address = ""
    if parent.tag == "picture":
        if not (own and _has_srcset(node.attributes)):
            address = _largest_of_sources(parent)
        if not address and not own:
            address = _noscript_behind(node) or _noscript_behind(parent)
    elif not own:
        address = _noscript_behind(node)
    elif parent.tag == "a":
        target = (parent.attributes.get("href") or "").strip()
        address = target if _PICTURE_FILE.search(target) and _is_real(target) else ""
    return address


def _noscript_behind(node: LexborNode) -> str:
    """Return the address of the picture in a <noscript> closely behind an element; else empty."""
    sibling = node.next
    for _ in range(_MAX_SIBLINGS):
        if sibling is None:
            break
        if sibling.tag == "noscript" and (image := sibling.css_first("img")) is not None:
            return _best_address(image.attributes)
        sibling = sibling.next
    return ""


def _largest_of_sources(picture: LexborNode) -> str:
    """Return the largest rendition in the <source> elements of a <picture>."""
    found = [_largest_of_attributes(source.attributes) for source in picture.css("source")]
    return max(found, key=itemgetter(1), default=("", 0.0))[0]


def _largest_of_attributes(attributes: Attributes) -> tuple[str, float]:
    """Return address and width of the largest rendition in srcset and its like."""
    found = [
        largest_of_srcset(value)
        for name, value in attributes.items()
        if value and name.endswith(_SRCSET_SUFFIX)
    ]
    return max(filter(itemgetter(0), found), key=itemgetter(1), default=("", 0.0))


def _has_srcset(attributes: Attributes) -> bool:
    return any(name.endswith(_SRCSET_SUFFIX) and value for name, value in attributes.items())


def largest_of_srcset(value: str) -> tuple[str, float]:
    """Return the address with the largest width of a srcset, and that width (0 if none is told).

    Of renditions for screens ("1x, 2x") it is that for the densest one.
    """
    found = []
    for address, number, unit in _SRCSET_PART.findall(value.strip()):
        size = float(number) if number else 1.0
        found.append((size, 1.0, address) if unit == "w" else (0.0, size, address))
    found.sort(key=itemgetter(0, 1), reverse=True)
    for width, _, address in found:
        if _is_real(address):
            return address, width
    return "", 0.0


def _best_address(attributes: Attributes) -> str:
    """Return the best address in an image's own attributes; empty for placeholders only."""
    if poster := (attributes.get("poster") or "").strip():
        return poster
    best, width = _largest_of_attributes(attributes)
    names = [*_LARGE_ATTRIBUTES, *([] if width else [*_LAZY_ATTRIBUTES])]
    if not width:
        names += [name for name in attributes if name[:5] == "data-" and name[-3:] == "src"]
    for name in names:
        if (value := _cleaned(attributes, name)) and _is_real(value):
            return _fill_width(value, attributes)
    source = "" if width else _cleaned(attributes, "src")
    if best and not width and _SRCSET_DENSITY.search(attributes.get("srcset") or ""):
        return best
    if _is_real(source):
        return _fill_width(source, attributes)
    return best or _address_of_script(attributes) or _background_of(attributes)


def _address_of_script(attributes: Attributes) -> str:
    """Return the address of a picture file in whatever attribute a script loads it from, rather a
    large one; empty if there is none."""
    found = [
        (name, address)
        for name in attributes
        if name not in _OTHER_ADDRESSES
        and (address := _last_address(attributes.get(name) or ""))
        and _is_real(address)
    ]
    large = [address for name, address in found if not _SMALL.search(name)]
    return next(iter([*large, *(address for _, address in found)]), "")


def _last_address(value: str) -> str:
    """Return `value` if it is the address of a picture file; of a list or an object of them the
    last one, which is the largest one mostly; else an empty string."""
    if value[:1] in {"{", "["}:
        addresses = _ADDRESS_IN_LIST.findall(value.replace("\\/", "/"))
        return next(filter(_PICTURE_FILE.search, reversed(addresses)), "")
    return value.strip() if _PICTURE_FILE.search(value) and " " not in value.strip() else ""


def _background_of(attributes: Attributes) -> str:
    """Return the address of the picture behind an element, empty if there is none."""
    styled = _BACKGROUND.search(attributes.get("style") or "")
    return styled[1].strip() if styled and _is_real(styled[1].strip()) else ""


def _plain_address(attributes: Attributes) -> str:
    for name in (*_LAZY_ATTRIBUTES, "src"):
        value = (attributes.get(name) or "").strip()
        if value and not value.startswith("data:"):
            return value
    return ""


def _cleaned(attributes: Attributes, name: str) -> str:
    """Return the address in an attribute; of a JSON object with addresses, the last one."""
    value = (attributes.get(name) or "").strip()
    if value[:1] in {"{", "["}:
        addresses = _ADDRESS.findall(value.replace("\\/", "/"))
        return addresses[-1] if addresses else ""
    return value


def _fill_width(address: str, attributes: Attributes) -> str:
    """Return an address in which the script of the page would set the width, with the largest."""
    if "{" not in address and "%7B" not in address:
        return address
    widths = _NUMBER.findall(attributes.get("data-widths") or "")
    return _WIDTH_TEMPLATE.sub(max(widths, key=int) if widths else _USUAL_WIDTH, address)


def _is_real(address: str) -> bool:
    """Return False for embedded data and placeholders."""
    return (
        bool(address)
        and not address.startswith(("data:", "about:", "javascript:", "#"))
        and not _PLACEHOLDER.search(address.rpartition("/")[2])
    )
