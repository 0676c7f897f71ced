"""Addresses: the canonical form that discover, parse and dedupe agree on."""

import re
from hashlib import blake2b
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList
from w3lib.url import canonicalize_url, url_query_cleaner

# Query parameters that say where a reader came from, never which page this is.
TRACKING_PARAMETERS = (
    "utm_source utm_medium utm_campaign utm_term utm_content utm_id utm_name utm_reader "
    "fbclid gclid dclid gclsrc msclkid yclid igshid mc_cid mc_eid _ga ocid cmpid ito "
    "ns_mchannel ns_source ns_campaign ns_linkname ns_fee at_medium at_campaign at_custom1 "
    "__twitter_impression smid smtyp wt_mc xtor ref_src ncid"
).split()

_DEFAULT_PORT = re.compile(r"^(?:(http://[^/?#]*):80|(https://[^/?#]*):443)(?=[/?#]|$)")
_INVALID_IN_HOST = re.compile(r"[\s\\]")
_suffixes = PublicSuffixList()


def canonical_url(url: str) -> str:
    """Return the canonical form of `url`: host in lower case, no default port, tracking parameter
    or fragment, query sorted (RFC 3986 section 6)."""
    cleaned = url_query_cleaner(url.strip(), TRACKING_PARAMETERS, remove=True)
    return _DEFAULT_PORT.sub(r"\1\2", str(canonicalize_url(cleaned)))


def page_id(url: str) -> str:
    """Return the stable id of the page at `url`: 16 hex digits of its canonical form without
    scheme."""
    address = canonical_url(url).partition("://")[2]
    return blake2b(address.encode(), digest_size=8).hexdigest()


def url_error(url: str) -> str:
    """Return why `url` is not an address on the web, or an empty string if it is one. Every check
    of an address begins here; whether its host may be dialed is for the SSRF guard."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        return str(error)
    if parts.scheme not in {"http", "https"}:
        return "it does not begin with http:// or https://"
    if not parts.hostname or _INVALID_IN_HOST.search(parts.netloc):
        return "it names no host"
    return "its port is 0" if port == 0 else ""


def has_credentials(url: str) -> bool:
    """Return whether `url`, which has no `url_error`, names a user: `https://user@host/`."""
    return "@" in urlsplit(url).netloc


def host_of(url: str) -> str:
    """Return the host in lower case, with its port if one is given."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def registrable_domain(host: str) -> str:
    """Return the registrable domain: `news.example.co.uk` → `example.co.uk`. IP addresses and bare
    suffixes stay as they are."""
    name = host.partition(":")[0]
    if name.rpartition(".")[2].isdigit():
        return name
    return _suffixes.privatesuffix(name) or name
