"""The elements and attributes of HTML that decide how a page is read."""

import re
from typing import Final
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborNode

INLINE_ELEMENTS: Final = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rb rp "
    "rt ruby s samp small span strike strong sub sup time tt u var wbr".split()
)
SKIPPED_ELEMENTS: Final = frozenset(
    "script style noscript template svg head link meta title select option datalist input textarea "
    "canvas object applet map base param progress meter math button -comment !doctype".split()
)
# Elements outside the story, by tag or role; read only if the rest of the page has no text.
ASIDE_TAGS: Final = frozenset("nav dialog menu".split())
ASIDE_ROLES: Final = frozenset(
    "navigation contentinfo search dialog alertdialog menu menubar toolbar".split()
)
REPLACED_ELEMENTS: Final = dict.fromkeys(
    "iframe video audio embed amp-iframe amp-youtube amp-video amp-twitter".split(), "embed"
) | {"img": "image", "amp-img": "image"}
METADATA_ELEMENTS: Final = frozenset(("script", "meta", "link", "title"))
# An element without any of these attributes is neither hidden nor an aside by its role.
SIGNIFICANT_ATTRIBUTES: Final = frozenset(("hidden", "aria-hidden", "style", "role"))
NAME_ATTRIBUTES: Final = ("itemprop", "role", "data-testid", "data-component", "data-qa")

_MAX_NAMES_CHARS: Final = 300
_MAX_VALUE_CHARS: Final = 80
_MAX_STYLE_CHARS: Final = 200
_SCREEN_READER_CLASS: Final = re.compile(
    r"(?:^|\s)(?:sr-only|visually-?hidden|screen-reader-text|screenreader-only|offscreen|u-hidden)"
    r"(?:\s|$)"
)
_ABSOLUTE_URL: Final = re.compile(
    r"https?://[\w.-]+/[\w/.~%+,=&@!-]*(?:\?[\w/.~%+,=&@!:-]+)?", re.ASCII
)

_PICTURE_WITHOUT_IMAGE: Final = (
    "[style*='background'][style*='url('], [data-bg], [data-bgset], [data-background-image], "
    "[data-image-src], video[poster]"
)

Attributes = dict[str, str | None]


def collect_names(attributes: Attributes) -> str:
    """Return class, id and `NAME_ATTRIBUTES` of an element, cut at 300 characters."""
    if not attributes:
        return ""
    names = attributes.get("class") or ""
    if len(attributes) == 1 and names:
        return names[:_MAX_NAMES_CHARS]
    element_id = attributes.get("id")
    if element_id:
        names = f"{names} {element_id}"
    if len(attributes) > 2:  # noqa: PLR2004  class and id alone are the usual case
        for key in NAME_ATTRIBUTES:
            if value := attributes.get(key):
                names = f"{names} {value[:_MAX_VALUE_CHARS]}"
    elif "itemprop" in attributes:
        names = f"{names} {attributes['itemprop']}"
    return names[:_MAX_NAMES_CHARS]


def join_url(base: str, address: str) -> str:
    """Return the absolute address, as `urljoin` does, which is slow for addresses that already are
    absolute; empty for an invalid one, such as `http://[x`."""
    if _ABSOLUTE_URL.fullmatch(address):
        return address
    try:
        absolute = urljoin(base, address)
        urlsplit(absolute)  # with a base without a host (file:///a), the host may be invalid
    except ValueError:
        return ""
    return absolute


def is_hidden_inline(attributes: Attributes) -> bool:
    """Return True if an inline element is hidden, or is for screen readers only."""
    if not attributes:
        return False
    if "hidden" in attributes:
        return True
    if "class" in attributes and len(attributes) == 1:  # the usual case
        names = attributes["class"]
        return bool(names) and _SCREEN_READER_CLASS.search(str(names)) is not None
    style = str(attributes.get("style") or "")[:_MAX_STYLE_CHARS].replace(" ", "").lower()
    if "display:none" in style or "visibility:hidden" in style:
        return True
    return _SCREEN_READER_CLASS.search(attributes.get("class") or "") is not None


def is_hidden(attributes: Attributes) -> bool:
    """Return True if the element's own attributes hide it from readers."""
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    if "style" not in attributes:
        return False
    style = attributes["style"]
    return bool(style) and "display:none" in str(style)[:_MAX_STYLE_CHARS].replace(" ", "").lower()


def text_of(node: LexborNode) -> str:
    """Return the text of an element on one line."""
    return " ".join(node.text().split())


def picture_of_figure(figure: LexborNode) -> LexborNode | None:
    """Return the element that shows the picture of a <figure> without an image: an image for
    browsers without scripts, a background, or the poster of a film; None if there is an image or
    nothing of the kind."""
    fallback: LexborNode | None = None
    for image in figure.css("img, amp-img"):
        if not _is_in_noscript(image, figure):
            return None
        fallback = fallback or image
    if fallback is not None:
        return fallback
    return figure.css_first(_PICTURE_WITHOUT_IMAGE)


def _is_in_noscript(node: LexborNode, end: LexborNode) -> bool:
    above = node.parent
    while above is not None and above != end:
        if above.tag == "noscript":
            return True
        above = above.parent
    return False
