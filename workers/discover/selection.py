"""Which links are the outlet's own, which are foreign, advertisements, or no web addresses."""

import re
from collections.abc import Collection
from urllib.parse import parse_qsl, urljoin, urlsplit

from workers import urls
from workers.discover.links import Link

_AD_NETWORK = re.compile(r"(^|\.)(doubleclick|googlesyndication|taboola|outbrain)\.", re.IGNORECASE)
_AD_HOST = re.compile(r"^(ads?|adserver|click|sponsored)\.", re.IGNORECASE)
_AD_PATH = re.compile(
    r"/(sponsored|advertorial|adclick|adserver|partner-content|paid-post|branded-content)(/|$)",
    re.IGNORECASE,
)
_TARGET_PARAMETERS = ("url", "u", "target", "redirect", "dest", "to")


def to_absolute(link: str, base: str) -> str:
    """Return `link` as an absolute web address, as it is fetched, or an empty string if it is not
    one."""
    try:
        url = urls.fetch_url(urljoin(base, link.strip()))
    except ValueError:
        return ""
    return "" if urls.url_error(url) else url


def unwrap_redirect(url: str, domains: Collection[str]) -> str:
    """Return the outlet's own address that a tracking redirect carries in its query, or `url`."""
    for name, value in parse_qsl(urlsplit(url).query):
        if (
            name.lower() in _TARGET_PARAMETERS
            and value.startswith("http")
            and is_own(value, domains)
        ):
            return urls.fetch_url(value)
    return url


def choose_address(link: Link, base: str, domains: Collection[str]) -> str:
    """Return the outlet's own one among the addresses of a link, else the first; an empty string if
    that is none."""
    first = unwrap_redirect(to_absolute(link.url, base), domains)
    if first and is_own(first, domains):
        return first
    for each in link.alternates:
        address = unwrap_redirect(to_absolute(each, base), domains)
        if address and is_own(address, domains) and urlsplit(address).path not in {"", "/"}:
            return address
    return first


def is_own(url: str, domains: Collection[str]) -> bool:
    """Return whether `url` is on one of the `domains`."""
    return urls.domain_of(url) in domains


def is_advertisement(url: str) -> bool:
    """Return whether host or path show that the link is paid for. The domain itself may be called
    `ad` or `click`: that is a newspaper's name, not a server's."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    server = host.removesuffix(urls.registrable_domain(host))
    return bool(_AD_NETWORK.search(host) or _AD_HOST.search(server) or _AD_PATH.search(parts.path))
