"""A page as it was fetched: what fetch stores in the archive and parse reads from it."""

from datetime import datetime

from msgspec import Struct


class StoredPage(Struct, frozen=True):
    """`body` is decompressed but not decoded; header names are in lower case."""

    url: str
    final_url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: datetime

    def header(self, name: str) -> str:
        """Return the first header called `name` (lower case), or an empty string."""
        return next((value for key, value in self.headers if key == name), "")
