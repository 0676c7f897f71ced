"""One id for all addresses of one article: mobile and AMP variants, moved slugs, canonical."""

import re
from hashlib import blake2b
from urllib.parse import parse_qsl, urlencode, urlsplit

from workers import urls

# First labels of hosts that serve variants of the same pages.
VARIANT_LABELS = frozenset("www www2 www3 m mobile mobil amp touch wap print lite edition".split())
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

MAX_PAGE_DIGITS = 3
# A story's number in its path: a segment of its own, or the first or last word of one. It has six
# digits or more, as shorter numbers occur in headlines, and is no date or round number (of people,
# of money).
_NUMBER = re.compile(
    r"^(?:[a-z]{0,4}[-_.]?)?(\d{6,})(?=[-_.]|$)|(?:^|[-_.,~])[a-z]{0,3}(\d{6,})(?:\.\w{2,5})?$"
)
_SHORT_NUMBER = re.compile(r"^(?:[a-z]{0,4}[-_])?(\d{5})$")
_DATE = re.compile(r"^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-3]\d)?$")
_OPAQUE_ID = re.compile(
    r"(?:^|[-_.])([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{24,40})$"
)
_EXTENSION = re.compile(r"\.(?:html?|php|aspx?|jsp|cms|ece|story|amp)$", re.IGNORECASE)


def document_id(url: str, canonical: str | None) -> str:
    """Return 16 hex digits that are the same for every address of one article."""
    address = _address(canonical if canonical and is_believed(canonical, url) else url)
    return blake2b(address.encode(), digest_size=8).hexdigest()


def is_believed(canonical: str, url: str) -> bool:
    """Return whether the canonical link of the page at `url` is believed.

    It counts within its own site only, and not where it names a home page, a section above the
    article, or another story.
    """
    target, page = _unwrap_amp_cache(canonical), _unwrap_amp_cache(url)
    is_web = target.lower().startswith(("http://", "https://"))
    if not is_web or _site(target) != _site(page):
        return False
    target_path, page_path = _segments(target), _segments(page)
    if not target_path:
        return not page_path and not urlsplit(page).query.strip()
    depth = len(target_path)
    if depth < len(page_path) and target_path == page_path[:depth]:
        return bool(urlsplit(target).query) or _is_page_suffix(page_path[depth:])
    numbers = _story_number(target_path), _story_number(page_path)
    return None in numbers or numbers[0] == numbers[1]


def _address(url: str) -> str:
    """Return the canonical address without scheme and marks of a variant; of an address with a
    story number, only host and number."""
    parts = urlsplit(urls.canonical_url(_unwrap_amp_cache(url)))
    segments = _segments(parts.geturl())
    host = _host(parts.netloc)
    number = _story_number(segments)
    if number:
        return f"{host}#{number}"
    query = [
        pair
        for pair in parse_qsl(parts.query, keep_blank_values=True)
        if not VARIANT_PARAMETERS.match("=".join(pair).removesuffix("="))
    ]
    return f"{host}/{'/'.join(segments)}?{urlencode(query)}"


def _unwrap_amp_cache(url: str) -> str:
    """Return the address that an address of an AMP cache contains, or else `url` itself."""
    cached = AMP_CACHES.match(url.strip())
    if not cached:
        return url.strip()
    return f"http{'s' if cached[1] else ''}://{cached[2]}"


def _site(url: str) -> str:
    """Return the registrable domain of an address."""
    return urls.registrable_domain(urls.host_of(url))


def _host(netloc: str) -> str:
    """Return the host without port and first labels of variants, at least its registrable
    domain."""
    host = netloc.lower().rpartition("@")[2].removesuffix(":80").removesuffix(":443")
    site = urls.registrable_domain(host)
    while host != site and host.partition(".")[0] in VARIANT_LABELS:
        host = host.partition(".")[2]
    return host


def _segments(url: str) -> list[str]:
    """Return the path's segments that say which article it is."""
    path = VARIANT_ENDINGS.sub("", urlsplit(url).path.rstrip("/"))
    segments = [segment for segment in path.split("/") if segment]
    ends = {0, len(segments) - 1}
    kept = [s for at, s in enumerate(segments) if at not in ends or s not in VARIANT_SEGMENTS]
    return kept or segments


def _is_page_suffix(rest: list[str]) -> bool:
    """Return whether `rest`, after an article's own path, is only the number of a page or
    picture."""
    return all(segment.isdigit() and len(segment) <= MAX_PAGE_DIGITS for segment in rest)


def _story_number(segments: list[str]) -> str | None:
    """Return the story's own number, in one of the last two segments, or None."""
    for segment in reversed(segments[-2:]):
        bare = _EXTENSION.sub("", segment.lower())
        if opaque := _OPAQUE_ID.search(bare):
            return opaque[1]
        number = _NUMBER.search(bare) or (_SHORT_NUMBER.match(bare) if len(segments) > 1 else None)
        digits = next((group for group in number.groups() if group), "") if number else ""
        if digits and not _DATE.match(digits) and not digits.endswith("000"):
            return digits
    return None
