"""What tags and attributes mean to the walk over a page."""

import re
from typing import Final
from urllib.parse import urljoin, urlsplit

INLINE_ELEMENTS: Final = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rb rp "
    "rt ruby s samp small span strike strong sub sup time tt u var wbr".split()
)
SKIPPED_ELEMENTS: Final = frozenset(
    "script style noscript template svg head link meta title select option datalist input textarea "
    "canvas object applet map base param progress meter math button -comment !doctype".split()
)
# What is never the story, by its tag or role; left out unless the page has nothing else.
ASIDE_TAGS: Final = frozenset("nav dialog menu".split())
ASIDE_ROLES: Final = frozenset(
    "navigation contentinfo search dialog alertdialog menu menubar toolbar".split()
)
REPLACED_ELEMENTS: Final = dict.fromkeys(
    "iframe video audio embed amp-iframe amp-youtube amp-video amp-twitter".split(), "embed"
) | {"img": "image", "amp-img": "image"}
METADATA_ELEMENTS: Final = frozenset(("script", "meta", "link", "title"))
# Without one of these, attributes neither hide an element nor put it aside.
SIGNIFICANT_ATTRIBUTES: Final = frozenset(("hidden", "aria-hidden", "style", "role"))
NAMING: Final = ("itemprop", "role", "data-testid", "data-component", "data-qa")

_WHOLE: Final = re.compile(r"https?://[\w.-]+/[\w/.~%+,=&@!-]*(?:\?[\w/.~%+,=&@!:-]+)?", re.ASCII)

Attributes = dict[str, str | None]


def names_of(attributes: Attributes) -> str:
    """Class, id and other telling names of an element, 300 characters at most."""
    if not attributes:
        return ""
    names = attributes.get("class") or ""
    if len(attributes) == 1 and names:
        return names[:300]
    own = attributes.get("id")
    if own:
        names = f"{names} {own}"
    if len(attributes) > 2:  # noqa: PLR2004  class and id alone are the usual case
        for key in NAMING:
            if value := attributes.get(key):
                names = f"{names} {value[:80]}"
    elif "itemprop" in attributes:
        names = f"{names} {attributes['itemprop']}"
    return names[:300]


def join_url(base: str, address: str) -> str:
    """As `urljoin`, which takes its time also over addresses that are whole; empty for what is no
    address at all, as `http://[x`."""
    if _WHOLE.fullmatch(address):
        return address
    try:
        whole = urljoin(base, address)
        urlsplit(whole)  # to a base without a host (file:///a), a join may add a broken one
    except ValueError:
        return ""
    return whole


def is_hidden(attributes: Attributes) -> bool:
    """True where the markup itself hides the element from readers."""
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    if "style" not in attributes:
        return False
    style = attributes["style"]
    return bool(style) and "display:none" in str(style)[:200].replace(" ", "").lower()
