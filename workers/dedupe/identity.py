"""Which article is it? One id for all addresses of one article: twins, moved slugs, canonical."""

import re
from hashlib import blake2b
from urllib.parse import parse_qsl, urlencode, urlsplit

from workers import urls

# First labels of a host that serve the same pages in another dress.
TWIN_LABELS = frozenset("www www2 www3 m mobile mobil amp touch wap print lite edition".split())
# Path segments and query parameters that ask for another dress of the page.
TWIN_SEGMENTS = frozenset("amp print printable mobile singlepage fullpage".split())
TWIN_ENDINGS = re.compile(r"(?:[.\-_](?:amp|print)(?=\.\w+$|$)|(?<=.)/index\.\w+$|\.(?:amp)$)")
TWIN_PARAMETERS = re.compile(
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

# A story's number in its path: a segment of its own, or the first or last word of one. Six digits
# and more, as shorter ones stand in headlines; no date, and no round number of people or money.
_NUMBER = re.compile(
    r"^(?:[a-z]{0,4}[-_.]?)?(\d{6,})(?=[-_.]|$)|(?:^|[-_.,~])[a-z]{0,3}(\d{6,})(?:\.\w{2,5})?$"
)
_SHORT_NUMBER = re.compile(r"^(?:[a-z]{0,4}[-_])?(\d{5})$")
_DATE = re.compile(r"^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-3]\d)?$")
_OPAQUE = re.compile(r"(?:^|[-_.])([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{24,40})$")
_EXTENSION = re.compile(r"\.(?:html?|php|aspx?|jsp|cms|ece|story|amp)$", re.IGNORECASE)


def document_id(url: str, canonical: str | None) -> str:
    """Return the article's id: 16 hex digits, the same for every address of one article."""
    address = _address(canonical if canonical and is_believed(canonical, url) else url)
    return blake2b(address.encode(), digest_size=8).hexdigest()


def is_believed(canonical: str, url: str) -> bool:
    """Return whether a canonical link counts: it does within its own site, unless it names a home
    page, a section above the article, or another story."""
    there, here = _unwrapped(canonical), _unwrapped(url)
    if not there.lower().startswith(("http://", "https://")) or _site(there) != _site(here):
        return False
    above, path = _segments(there), _segments(here)
    if not above:
        return not path and not urlsplit(here).query.strip()
    if len(above) < len(path) and above == path[: len(above)]:
        return bool(urlsplit(there).query) or _is_tail(path[len(above) :])
    numbers = _story_number(above), _story_number(path)
    return None in numbers or numbers[0] == numbers[1]


def _address(url: str) -> str:
    """Return the canonical address without scheme and variant labels; if it has a story number,
    only the site and that number."""
    parts = urlsplit(urls.canonical_url(_unwrapped(url)))
    segments = _segments(parts.geturl())
    host = _host(parts.netloc)
    number = _story_number(segments)
    if number:
        return f"{host}#{number}"
    query = [
        pair
        for pair in parse_qsl(parts.query, keep_blank_values=True)
        if not TWIN_PARAMETERS.match("=".join(pair).removesuffix("="))
    ]
    return f"{host}/{'/'.join(segments)}?{urlencode(query)}"


def _unwrapped(url: str) -> str:
    """Return the address inside one of an AMP cache, or `url` itself."""
    cached = AMP_CACHES.match(url.strip())
    if not cached:
        return url.strip()
    return f"http{'s' if cached[1] else ''}://{cached[2]}"


def _site(url: str) -> str:
    return urls.registrable_domain(urls.host_of(url))


def _host(netloc: str) -> str:
    """Return the host without its port and without leading labels such as www, m and amp, as long
    as a site is left."""
    host = netloc.lower().rpartition("@")[2].removesuffix(":80").removesuffix(":443")
    site = urls.registrable_domain(host)
    while host != site and host.partition(".")[0] in TWIN_LABELS:
        host = host.partition(".")[2]
    return host


def _segments(url: str) -> list[str]:
    """Return the path's segments that say which article it is."""
    path = TWIN_ENDINGS.sub("", urlsplit(url).path.rstrip("/"))
    found = [segment for segment in path.split("/") if segment]
    kept = [s for at, s in enumerate(found) if not (_is_edge(at, found) and s in TWIN_SEGMENTS)]
    return kept or found


def _is_edge(at: int, segments: list[str]) -> bool:
    return at in {0, len(segments) - 1}


def _is_tail(rest: list[str]) -> bool:
    """Return whether `rest` may follow an article's own address: the number of a page or
    picture."""
    return all(segment.isdigit() and len(segment) < 4 for segment in rest)  # noqa: PLR2004


def _story_number(segments: list[str]) -> str | None:
    """Return the story's number from one of the last two segments, or None."""
    for segment in reversed(segments[-2:]):
        bare = _EXTENSION.sub("", segment.lower())
        if opaque := _OPAQUE.search(bare):
            return opaque[1]
        number = _NUMBER.search(bare) or (_SHORT_NUMBER.match(bare) if len(segments) > 1 else None)
        digits = next((group for group in number.groups() if group), "") if number else ""
        if digits and not _DATE.match(digits) and not digits.endswith("000"):
            return digits
    return None
