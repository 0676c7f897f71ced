"""The canonical link of a page: which one is kept, and whether it says which article the page is.

Some sites declare their home page, or that of a language or section, on every page. Such a link is
no story's: all stories that carry it would become one.
"""

import re
from urllib.parse import urlsplit

from workers import urls
from workers.url_parts import segments_of, story_numbers, unwrap_amp_cache, without_extension

MAX_PAGE_DIGITS = 3
# What says that a segment names one story: a number, or a headline of so many words or letters.
MIN_HEADLINE_WORDS, MIN_HEADLINE_LENGTH = 3, 20
_WORD_BREAK = re.compile(r"[-_+,.~]|%20")
# Folders below a story for other forms of it.
STORY_FORMS = frozenset("page comments embed gallery photos live".split())
# Names of pages that list stories, in the languages of the outlets that were looked at.
LISTING_NAMES = frozenset(
    """
    home homepage index default main start startseite inicio portada accueil principal hauptseite
    frontpage welcome news noticias nachrichten actualites actualidad aktuell aktuelles notizie
    nieuws nyheter uutiset wiadomosci zpravy haberler berita latest archive archives blog stories
    articles article artikel world politics sport sports business opinion local culture
    """.split()
)
_LANGUAGE = re.compile(r"^[a-z]{2}(?:[-_][a-z]{2,4})?$")


def choose(declared: str, url: str) -> str | None:
    """Return the absolute address that the page at `url` declares as its own, without parameters
    that tell where a reader came from; None if it names a page of many stories. It may be at
    another site: then it is the original's, and says nothing of which article this is."""
    parts, own = urlsplit(declared), urlsplit(url.strip())
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return None
    if not parts.query and own.path not in {"", "/"} and names_listing(declared, url.strip()):
        return None
    return urls.clean_url(declared)


def own_url(url: str, canonical: str | None) -> str:
    """Return the address that an article is known by: its page's canonical link if it is believed,
    else the page's own."""
    return canonical if canonical and is_believed(canonical, url) else url


def is_believed(canonical: str, url: str) -> bool:
    """Return whether the canonical link of the page at `url` says which article it is: it is within
    the page's own site, and names neither a page of many stories nor another story's number."""
    target, page = unwrap_amp_cache(canonical), unwrap_amp_cache(url)
    is_web = target.lower().startswith(("http://", "https://"))
    if not is_web or urls.domain_of(target) != urls.domain_of(page) or names_listing(target, page):
        return False
    numbers = set(story_numbers(segments_of(target))), set(story_numbers(segments_of(page)))
    return not all(numbers) or bool(numbers[0] & numbers[1])


def names_listing(target: str, page: str) -> bool:
    """Return whether a canonical link looks like a page of many stories, and the address of its
    page does not: the link is a home page, or above the page, or its last segment is no headline
    and no number, and not the page's own either."""
    target_path, page_path = segments_of(target), segments_of(page)
    if not target_path:
        return bool(page_path or urlsplit(page).query.strip())
    depth = len(target_path)
    is_above = depth < len(page_path) and target_path == page_path[:depth]
    if is_above and urls.domain_of(target) == urls.domain_of(page):
        return not (urlsplit(target).query or _is_form_of(target_path[-1], page_path[depth:]))
    last = without_extension(target_path[-1])
    own = without_extension(page_path[-1]) if page_path else ""
    if _names_story(last) or urlsplit(target).query:
        return False
    if last in LISTING_NAMES or _LANGUAGE.match(last):
        return last != own
    if set(_words(last)) <= set(_words(own)):
        return False  # the beginning of its headline
    return depth < len(page_path) or _names_story(own)


def _is_form_of(segment: str, rest: list[str]) -> bool:
    """Return whether `rest`, after an article's own path that ends with `segment`, is only the
    number of a page or picture, or names another form of the article."""
    named = [each for each in rest if not (each.isdigit() and len(each) <= MAX_PAGE_DIGITS)]
    return not named or (STORY_FORMS.issuperset(named) and _names_story(without_extension(segment)))


def _names_story(segment: str) -> bool:
    """Return whether a path's last segment names one story: it has the length of a headline, or a
    number or an opaque id."""
    return (
        len(_words(segment)) >= MIN_HEADLINE_WORDS
        or len(segment) >= MIN_HEADLINE_LENGTH
        or next(story_numbers([segment]), None) is not None
    )


def _words(segment: str) -> list[str]:
    return [word for word in _WORD_BREAK.split(segment) if word]
