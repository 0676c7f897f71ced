"""Archive pages by patterns such as `https://x.example/archive/{year}/{month}/{day}`, and the pages
that they are continued on."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from workers import url_rules, urls
from workers.discover.history.window import HistoryWindow

MAX_NUMBER = 200  # pages of one archive page that are followed
_NEXT_CLASS = re.compile(r"(^|[\s_-])(next|older)([\s_-]|$)", re.IGNORECASE)
_NEXT_TEXT = re.compile(
    r"(next|older|next page|older (posts|stories|articles|entries)|weiter|nächste( seite)?"
    r"|suivante?|page suivante|siguiente|seguinte|successiva|volgende|далее|следующая|次へ"
    r"|次のページ|下一页)?"
    r"[\s\u00bb\u203a>\u2192]*",
    re.IGNORECASE,
)
_PAGE_NUMBER = re.compile(r"(?:[?&](?:page|p|pg|paged|seite)=|/(?:page|seite|p)[/-]?)(\d{1,4})\b")


def expand(pattern: str, window: HistoryWindow) -> Iterator[tuple[str, datetime]]:
    """Yield the addresses that `pattern` stands for in `window`, the newest first, each with the
    day on which its time begins; one without fields is yielded once."""
    last = ""
    day = (window.until - timedelta(microseconds=1)).astimezone(UTC).date()
    first = window.since.astimezone(UTC).date()
    has_fields = bool(url_rules.ARCHIVE_FIELD.search(pattern))
    while day >= first:
        address = url_rules.fill_archive(pattern, day)
        if address != last:
            yield address, datetime(day.year, day.month, day.day, tzinfo=UTC)
        if not has_fields:
            return
        last = address
        day -= timedelta(days=1)


def is_archive_page(patterns: Iterable[str], url: str) -> bool:
    """Return whether `url` is that of an archive page by one of the `patterns`, or of a page on
    which one goes on."""
    address = _without_number(url)
    return any(_expression_of(pattern).fullmatch(address) for pattern in patterns)


@lru_cache(maxsize=1000)
def _expression_of(pattern: str) -> re.Pattern[str]:
    parts = url_rules.ARCHIVE_FIELD.split(_without_number(pattern))
    return re.compile(r"\d{1,4}".join(re.escape(part) for part in parts[::2]))


def find_next_page(html: str, url: str, number: int) -> str:
    """Return the address of the page that continues page `number` at `url`, or an empty string.
    It is on the same host, and named as such: by `rel`, by its class or text, or by the number that
    follows."""
    tree = LexborHTMLParser(html)
    for node in tree.css('link[rel~="next"][href], a[rel~="next"][href]'):
        if address := _same_host(url, node):
            return address
    anchors = [(node, _same_host(url, node)) for node in tree.css("a[href]")]
    for node, address in anchors:
        if address and _says_next(node):
            return address
    for _, address in anchors:
        if address and _continues(url, address, number):
            return address
    return ""


def _says_next(node: LexborNode) -> bool:
    """Return whether class or text of a link say that it leads on, and its address has a number."""
    href = node.attributes.get("href") or ""
    if not _PAGE_NUMBER.search(href):
        return False
    text = " ".join(node.text(deep=True).split())
    is_called_next = bool(text) and _NEXT_TEXT.fullmatch(text) is not None
    return is_called_next or _NEXT_CLASS.search(node.attributes.get("class") or "") is not None


def _continues(url: str, address: str, number: int) -> bool:
    """Return whether `address` is that of `url` with the number of the next page."""
    found = _PAGE_NUMBER.search(address)
    if found is None or int(found[1]) != number + 1:
        return False
    return _without_number(address) == _without_number(url)


def _without_number(url: str) -> str:
    return _PAGE_NUMBER.sub("", url).rstrip("/?&")


def _same_host(url: str, node: LexborNode) -> str:
    """Return the absolute address of a link, or an empty string if it leads elsewhere."""
    address = urls.join(url, node.attributes.get("href") or "").partition("#")[0]
    if address == url or urls.url_error(address):
        return ""
    return address if urlsplit(address).netloc == urlsplit(url).netloc else ""
