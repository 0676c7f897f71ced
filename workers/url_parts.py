"""The parts of an address that say which story it is: what is left without the marks of a variant,
and the numbers that may be the story's."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from workers import urls

# First labels of hosts that serve variants of the same pages.
VARIANT_LABELS = frozenset("www www2 www3 m mobile mobil amp touch wap print lite edition".split())
# Those under which nearly all of them are.
HOST_LABELS = ("www", "m", "mobile", "amp")
# Path segments, endings and query parameters that ask for a variant of the page.
VARIANT_SEGMENTS = frozenset("amp print printable mobile singlepage fullpage".split())
VARIANT_ENDINGS = re.compile(r"(?:[.\-_](?:amp|print)(?=\.\w+$|$)|(?<=.)/index\.\w+$|\.(?:amp)$)")
VARIANT_PARAMETERS = re.compile(
    r"^(?:amp|print|mobile|printable|singlepage)(?:=.*)?$"
    r"|^(?:output|outputtype|view|format|mode|version|display|type|tmpl|layout)="
    r"(?:amp|print|mobile|printable|full)$"
    r"|^(?:page|p)=(?:1|all|print)$",
    re.IGNORECASE,
)
AMP_CACHES = re.compile(
    r"^https?://(?:[\w-]+\.cdn\.ampproject\.org/[a-z]/|www\.google\.[a-z.]+/amp/)(s/)?(.+)$",
    re.IGNORECASE,
)
# A number that may be the story's: five digits or more, as shorter ones occur in headlines.
_NUMBER = re.compile(r"(?<!\d)\d{5,}(?!\d)")
_DATE = re.compile(r"^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-3]\d)?$")
_OPAQUE_ID = re.compile(
    r"(?:^|[-_.])([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{24,40})$"
)
_EXTENSION = re.compile(r"\.(?:html?|php|aspx?|jsp|cms|ece|story|amp)$", re.IGNORECASE)


def without_variant(url: str) -> str:
    """Return the canonical address without scheme and marks of a variant."""
    parts = urlsplit(urls.canonicalize(unwrap_amp_cache(url)))
    segments = segments_of(parts.geturl())
    query = [
        pair
        for pair in parts.query.split("&")
        if pair and not (VARIANT_PARAMETERS.match(pair.removesuffix("=")) and segments)
    ]
    state = f"#{parts.fragment}" if parts.fragment else ""
    return f"{host_of(parts.netloc)}/{'/'.join(segments)}?{'&'.join(query)}{state}"


def unwrap_amp_cache(url: str) -> str:
    """Return the address that an address of an AMP cache contains, or else `url` itself."""
    cached = AMP_CACHES.match(url.strip())
    if not cached:
        return url.strip()
    return f"http{'s' if cached[1] else ''}://{cached[2]}"


def host_of(netloc: str) -> str:
    """Return the host without port and first labels of variants, at least its registrable
    domain."""
    host = netloc.lower().rpartition("@")[2].removesuffix(":80").removesuffix(":443")
    site = urls.registrable_domain(host)
    while host != site and host.partition(".")[0] in VARIANT_LABELS:
        host = host.partition(".")[2]
    return host


def variants_of(url: str) -> list[str]:
    """Return the addresses of the same page on the other hosts that sites use for variants: the
    bare one, www, m, mobile and amp."""
    parts = urlsplit(url)
    own, _, port = urls.host_of(url).partition(":")
    base = host_of(own)
    if "." not in base or base.rpartition(".")[2].isdigit():
        return []
    hosts = (base, *(f"{label}.{base}" for label in HOST_LABELS))
    ending = f":{port}" if port else ""
    return [parts._replace(netloc=host + ending).geturl() for host in hosts if host != own]


def segments_of(url: str) -> list[str]:
    """Return the path's segments that say which article it is."""
    path = VARIANT_ENDINGS.sub("", urlsplit(url).path.rstrip("/"))
    segments = [segment for segment in path.split("/") if segment]
    ends = {0, len(segments) - 1}
    kept = [s for at, s in enumerate(segments) if at not in ends or s not in VARIANT_SEGMENTS]
    return kept or segments


def without_extension(segment: str) -> str:
    """Return a path's segment in lower case without the extension of a page."""
    return _EXTENSION.sub("", segment.lower())


def story_numbers(segments: list[str]) -> Iterator[str]:
    """Yield the numbers and opaque ids in the last two segments that may be the story's own, the
    last ones first; dates are left out."""
    for segment in reversed(segments[-2:]):
        bare = without_extension(segment)
        if opaque := _OPAQUE_ID.search(bare):
            yield opaque[1]
            continue
        for digits in reversed(_NUMBER.findall(bare)):
            if not _DATE.match(digits):
                yield digits


def query_numbers(query: str) -> Iterator[str]:
    """Yield the values of a query that may be the story's number."""
    for pair in query.split("&"):
        value = pair.partition("=")[2] or pair
        if _NUMBER.fullmatch(value) and not _DATE.match(value):
            yield value
