"""Addresses: the canonical form that discover, parse and dedupe agree on."""

import re
from hashlib import blake2b
from urllib.parse import quote_plus, unquote_to_bytes, urljoin, urlsplit

from publicsuffixlist import PublicSuffixList
from w3lib.url import canonicalize_url, safe_url_string

from workers.tracking_parameters import without_tracking

_DEFAULT_PORT = re.compile(r"^(?:(http://[^/?#]*):80|(https://[^/?#]*):443)(?=[/?#]|$)")
_FINAL_DOT = re.compile(r"^(https?://[^/]*[^/.:])\.(?=(?::\d+)?(?:/|$))")
_INVALID_IN_HOST = re.compile(r"[\s\\]")
_suffixes = PublicSuffixList()


def canonicalize(url: str) -> str:
    """Return the form of `url` that tells pages apart: host in lower case without a final dot, no
    default port, no tracking parameter, query sorted (RFC 3986 section 6). It is compared, never
    fetched (`fetch_url`) and never shown (`clean_url`)."""
    address, _, fragment = url.strip().partition("#")
    base, _, query = address.partition("?")
    base = _FINAL_DOT.sub(r"\1", _DEFAULT_PORT.sub(r"\1\2", str(canonicalize_url(base))))
    kept = _canonical_query(query)
    state = f"#{fragment}" if fragment.startswith("!") else ""
    return f"{base}?{kept}{state}" if kept else f"{base}{state}"


def fetch_url(url: str) -> str:
    """Return the form of `url` that is fetched: as it was announced, with what may not stand in an
    address percent-encoded, less its fragment. The fragment of a page that a script draws
    (`#!/story/1`) says which page it is, and stays.

    Raises:
        ValueError: it is no address.
    """
    address, mark, fragment = str(safe_url_string(url.strip())).partition("#")
    return f"{address}{mark}{fragment}" if fragment.startswith("!") else address


def clean_url(url: str) -> str:
    """Return `url` without parameters that tell where a reader came from, and else as it is: the
    form that readers get."""
    address, mark, fragment = url.partition("#")
    base, question_mark, query = address.partition("?")
    kept = "&".join(without_tracking(query))
    return f"{base}{question_mark if kept else ''}{kept}{mark}{fragment}"


def _canonical_query(query: str) -> str:
    """Return the parameters that say which page it is, sorted. A name that occurs twice stays
    twice, and one without a value (`?12345`) stays without."""
    pairs = sorted(
        tuple(unquote_to_bytes(part.replace("+", " ")) for part in pair.split("=", 1))
        for pair in without_tracking(query)
    )
    return "&".join("=".join(map(quote_plus, pair)) for pair in pairs)


def join(base: str, address: str) -> str:
    """Return the absolute form of an `address` that a page at `base` names, or an empty string if
    it is none, such as `http://[x`."""
    try:
        return urljoin(base, address.strip())
    except ValueError:
        return ""


def page_id(url: str) -> str:
    """Return the stable id of the page at `url`: 16 hex digits of its canonical form without
    scheme."""
    address = canonicalize(url).partition("://")[2]
    return blake2b(address.encode(), digest_size=8).hexdigest()


def url_error(url: str) -> str:
    """Return why `url` is not an address on the web, or an empty string if it is one. Every check
    of an address begins here; whether its host may be dialed is for the SSRF guard."""
    try:
        url.encode()
        parts = urlsplit(url)
        port = parts.port
    except UnicodeEncodeError:
        return "it holds what is no character"
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
    """Return the host in lower case and in ASCII, with its port if one is given."""
    return _to_ascii(urlsplit(url).netloc.rpartition("@")[2].lower())


def registrable_domain(host: str) -> str:
    """Return the registrable domain in ASCII: `news.example.co.uk` → `example.co.uk`. IP addresses
    and bare suffixes stay as they are."""
    name = _to_ascii(host.partition(":")[0])
    if name.rpartition(".")[2].isdigit():
        return name
    return _suffixes.privatesuffix(name) or name


def domain_of(url: str) -> str:
    """Return the registrable domain of an address; see `registrable_domain`."""
    return registrable_domain(host_of(url))


def _to_ascii(host: str) -> str:
    """Return a host with its labels in Punycode, or as it is if that cannot be: a host in other
    letters has two forms."""
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")  # as the canonical form of addresses does
    except UnicodeError:
        return host
