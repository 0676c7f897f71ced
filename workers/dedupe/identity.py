"""Which addresses are one article.

Two addresses are one article only on evidence: a canonical link that is believed, equal addresses
once the marks of a variant (scheme, www, AMP, print, tracking) are off, or the same story number
*and* the same text. A number alone is none: papers count sections, columnists, days and videos
too (docs/identity.md has the schemes).
"""

import re
from collections.abc import Iterator
from hashlib import blake2b
from urllib.parse import urlsplit

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
# A number that may be the story's: five digits or more, as shorter ones occur in headlines.
_NUMBER = re.compile(r"(?<!\d)\d{5,}(?!\d)")
_DATE = re.compile(r"^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-3]\d)?$")
_OPAQUE_ID = re.compile(
    r"(?:^|[-_.])([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{24,40})$"
)
_EXTENSION = re.compile(r"\.(?:html?|php|aspx?|jsp|cms|ece|story|amp)$", re.IGNORECASE)
MAX_STORY_KEYS = 4
# What says that a segment names one story: a number, or a headline of so many words or letters.
MIN_HEADLINE_WORDS, MIN_HEADLINE_LENGTH = 3, 20
_WORD_BREAK = re.compile(r"[-_+,.~]|%20")


# Names of pages that list stories, in the languages of the outlets that were looked at.
LISTING_NAMES = frozenset(
    """
    home homepage index default main start startseite inicio portada accueil principal hauptseite
    frontpage welcome news noticias nachrichten actualites actualidad aktuell aktuelles notizie
    nieuws nyheter uutiset wiadomosci zpravy haberler berita latest archive archives blog stories
    articles article artikel world politics sport sports business opinion local culture
    """.split()
)
_LANGUAGE = re.compile(r"^[a-z]{2}(?:[-_][a-z]{2})?$")


def document_id(url: str, canonical: str | None) -> str:
    """Return 16 hex digits that are the same for every variant of one address: what an article is
    named after, unless its text shows that it is known under another one (`resolve_document`)."""
    return _hash(_address(own_url(url, canonical)))


def document_id_of_key(url: str, key: str) -> str:
    """Return the id of an article whose outlet says in its file what the addresses of one story
    have in common: the `key`."""
    return _hash(f"{_host(urlsplit(url).netloc)}#story {key}")


def story_keys(url: str) -> tuple[str, ...]:
    """Return a key (16 hex digits) for each number in the address that may be the story's; two
    addresses of one article whose slug was moved have one in common. At most `MAX_STORY_KEYS`.

    The version before named documents by such a key, so the key of an address is also the id under
    which that version may have indexed it.
    """
    parts = urlsplit(urls.canonical_url(_unwrap_amp_cache(url)))
    host = _host(parts.netloc)
    numbers = (*_story_numbers(_segments(parts.geturl())), *_query_numbers(parts.query))
    return tuple(_hash(f"{host}#{number}") for number in dict.fromkeys(numbers))[:MAX_STORY_KEYS]


def own_url(url: str, canonical: str | None) -> str:
    """Return the address that an article is known by: its page's canonical link if it is believed,
    else the page's own."""
    return canonical if canonical and is_believed(canonical, url) else url


def _hash(address: str) -> str:
    return blake2b(address.encode(), digest_size=8).hexdigest()


def is_believed(canonical: str, url: str) -> bool:
    """Return whether the canonical link of the page at `url` is believed.

    It counts within its own site only, and not where it names a page above the story (a home page,
    a language, a section) or another story: all stories that carry it would become one.
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
    if _names_listing(target, target_path, page_path):
        return False
    numbers = set(_story_numbers(target_path)), set(_story_numbers(page_path))
    return not all(numbers) or bool(numbers[0] & numbers[1])


def _names_listing(target: str, target_path: list[str], page_path: list[str]) -> bool:
    """Return whether a canonical link looks like a page of many stories, for a page that does
    not: its last segment is no headline and no number, and not the page's own either."""
    last, own = (
        _EXTENSION.sub("", path[-1].lower()) if path else "" for path in (target_path, page_path)
    )
    if _names_story(last) or urlsplit(target).query:
        return False
    if last in LISTING_NAMES or _LANGUAGE.match(last):
        return last != own
    if set(_words(last)) <= set(_words(own)):
        return False  # the beginning of its headline
    return len(target_path) < len(page_path) or _names_story(own)


def _words(segment: str) -> list[str]:
    return [word for word in _WORD_BREAK.split(segment) if word]


def _names_story(segment: str) -> bool:
    """Return whether a path's last segment names one story: it has the length of a headline, or a
    number or an opaque id."""
    return (
        len(_words(segment)) >= MIN_HEADLINE_WORDS
        or len(segment) >= MIN_HEADLINE_LENGTH
        or next(_story_numbers([segment]), None) is not None
    )


def _address(url: str) -> str:
    """Return the canonical address without scheme and marks of a variant."""
    parts = urlsplit(urls.canonical_url(_unwrap_amp_cache(url)))
    segments = _segments(parts.geturl())
    query = [
        pair
        for pair in parts.query.split("&")
        if pair and not (VARIANT_PARAMETERS.match(pair.removesuffix("=")) and segments)
    ]
    state = f"#{parts.fragment}" if parts.fragment else ""
    return f"{_host(parts.netloc)}/{'/'.join(segments)}?{'&'.join(query)}{state}"


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


def _story_numbers(segments: list[str]) -> Iterator[str]:
    """Yield the numbers and opaque ids in the last two segments that may be the story's own, the
    last ones first; dates are left out."""
    for segment in reversed(segments[-2:]):
        bare = _EXTENSION.sub("", segment.lower())
        if opaque := _OPAQUE_ID.search(bare):
            yield opaque[1]
            continue
        for digits in reversed(_NUMBER.findall(bare)):
            if not _DATE.match(digits):
                yield digits


def _query_numbers(query: str) -> Iterator[str]:
    for pair in query.split("&"):
        value = pair.partition("=")[2] or pair
        if _NUMBER.fullmatch(value) and not _DATE.match(value):
            yield value
