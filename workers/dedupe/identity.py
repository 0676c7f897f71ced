"""Which addresses are one article.

Two addresses are one article only on evidence: a canonical link that is believed, equal addresses
once the marks of a variant (scheme, www, AMP, print, tracking) are off, or the same story number
*and* the same text. A number alone is none: papers count sections, columnists, days and videos
too (docs/identity.md has the schemes).
"""

from hashlib import blake2b
from urllib.parse import urlsplit

from workers import url_parts, urls
from workers.canonical_url import own_url

MAX_STORY_KEYS = 4


def document_id(url: str, canonical: str | None) -> str:
    """Return 16 hex digits that are the same for every variant of one address: what an article is
    named after, unless its text shows that it is known under another one (`resolve_document`)."""
    return _hash(url_parts.without_variant(own_url(url, canonical)))


def document_id_of_key(url: str, key: str) -> str:
    """Return the id of an article whose outlet says in its file what the addresses of one story
    have in common: the `key`."""
    return _hash(f"{url_parts.host_of(urlsplit(url).netloc)}#story {key}")


def story_keys(url: str) -> tuple[str, ...]:
    """Return a key (16 hex digits) for each number in the address that may be the story's; two
    addresses of one article whose slug was moved have one in common. At most `MAX_STORY_KEYS`.

    The version before named documents by such a key, so the key of an address is also the id under
    which that version may have indexed it.
    """
    parts = urlsplit(urls.canonicalize(url_parts.unwrap_amp_cache(url)))
    host = url_parts.host_of(parts.netloc)
    segments = url_parts.segments_of(parts.geturl())
    numbers = (*url_parts.story_numbers(segments), *url_parts.query_numbers(parts.query))
    return tuple(_hash(f"{host}#{number}") for number in dict.fromkeys(numbers))[:MAX_STORY_KEYS]


def _hash(address: str) -> str:
    return blake2b(address.encode(), digest_size=8).hexdigest()
