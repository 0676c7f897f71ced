"""A page as it was fetched: what fetch stores in the archive and parse reads from it."""

from datetime import datetime

from msgspec import Struct

# longer than a teaser or a note to wait, shorter than an article: with less a page has no text yet
MIN_TEXT_CHARS = 250


class StoredPage(Struct, frozen=True):
    """`body` is decompressed but not decoded; header names are in lower case. Of a page that
    `is_cut` the body is only the beginning: its connection broke off."""

    url: str
    final_url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: datetime
    is_cut: bool = False

    def header(self, name: str) -> str:
        """Return the first header called `name` (lower case), or an empty string."""
        return next((value for key, value in self.headers if key == name), "")


class Announcement(Struct, frozen=True):
    """What a feed or sitemap said of a page, which stands in for what the page does not say."""

    published: datetime | None = None
    title: str = ""


class RenderedPage(Struct, frozen=True):
    """What a browser had drawn: the document as HTML in UTF-8, and how much text a reader sees of
    it. `missed` says which data was not to be had in time, and why; empty if none was missed."""

    html: bytes
    text_chars: int
    requests: int = 0
    missed: str = ""
