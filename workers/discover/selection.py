"""Which links are the outlet's own, which are foreign, advertisements, or no web addresses."""

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, urljoin, urlsplit

from schemas.outlet import Outlet
from workers import urls

_ADVERTISEMENT = re.compile(
    r"(^|\.)(doubleclick|googlesyndication|taboola|outbrain)\.|^(ads?|adserver|click|sponsored)\.|"
    r"/(sponsored|advertorial|adclick|adserver|partner-content|paid-post|branded-content)(/|$)",
    re.IGNORECASE,
)
_TARGET_PARAMETERS = ("url", "u", "target", "redirect", "dest", "to")


def own_domains(outlet: Outlet) -> frozenset[str]:
    """Return the registrable domains on which the outlet publishes: those of its home and its
    sections. Feeds and sitemaps may be hosted elsewhere and prove nothing."""
    hosts = [urls.host_of(url) for url in (outlet.home, *outlet.sections)]
    return frozenset(urls.registrable_domain(host) for host in hosts)


def to_absolute(link: str, base: str) -> str:
    """Return `link` as an absolute web address in canonical form, or an empty string if it is not
    one."""
    try:
        url = urls.canonical_url(urljoin(base, link.strip()))
    except ValueError:
        return ""
    return "" if urls.url_error(url) else url


def unwrap_redirect(url: str, domains: Iterable[str]) -> str:
    """Return the outlet's own address that a tracking redirect carries in its query, or `url`."""
    for name, value in parse_qsl(urlsplit(url).query):
        if (
            name.lower() in _TARGET_PARAMETERS
            and value.startswith("http")
            and is_own(value, domains)
        ):
            return urls.canonical_url(value)
    return url


def is_own(url: str, domains: Iterable[str]) -> bool:
    """Return whether `url` is on one of the `domains`."""
    return urls.registrable_domain(urls.host_of(url)) in domains


def is_advertisement(url: str) -> bool:
    """Return whether host or path show that the link is paid for."""
    parts = urlsplit(url)
    return bool(_ADVERTISEMENT.search(parts.hostname or "") or _ADVERTISEMENT.search(parts.path))
