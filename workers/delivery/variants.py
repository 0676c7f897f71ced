"""Pages that are another address of one that is known: fetched once, under the first of them.

`www.` and `m.` of a page are one document whatever is fetched (docs/identity.md). Their page ids
differ, so each is found and queued for itself; the second is spared when its turn comes.
"""

import time
from collections.abc import Sequence

from schemas.events import PageFound
from workers import url_parts, urls
from workers.adapters.redis.page_ledger import LedgerRow, PageLedger

INDEXED = "indexed"
# so long an answer counts: a fast lease asks once a second, a slow one once a page
FRESH_SECONDS = 1.0


class VariantFinder:
    """Answers for the pages of one lease, whose rows are read together."""

    def __init__(self, ledger: PageLedger, pages: Sequence[PageFound]) -> None:
        self._ledger = ledger
        self._names = {page.page_id: _names_of(page) for page in pages}
        self._rows: dict[str, LedgerRow] = {}
        self._read_at = float("-inf")

    def find(self, page: PageFound) -> LedgerRow | None:
        """Return the row of another address of `page` that stands for it: one that is indexed, or
        under way, so that it may be. None if the page has to be fetched. Pages are asked about in
        the lease's order."""
        names = self._names[page.page_id]
        if names and time.monotonic() - self._read_at >= FRESH_SECONDS:
            self._read_from(page.page_id)
        return choose_variant(page, [self._rows[name] for name in names if name in self._rows])

    def _read_from(self, page_id: str) -> None:
        """Read the rows of this page and of those after it."""
        left = list(self._names)
        wanted = [name for each in left[left.index(page_id) :] for name in self._names[each]]
        self._rows = {row.page_id: row for row in self._ledger.rows(list(dict.fromkeys(wanted)))}
        self._read_at = time.monotonic()


def choose_variant(page: PageFound, rows: Sequence[LedgerRow]) -> LedgerRow | None:
    """Return the one of `rows` that stands for `page`, an indexed one before others, or None. It is
    of the same outlet, and its page has not changed since by the date of the announcement. A page
    that is indexed itself is fetched again because a person asks for it."""
    if any(row.page_id == page.page_id and row.state == INDEXED for row in rows):
        return None
    candidates = [
        row
        for row in rows
        if row.page_id != page.page_id
        and row.outlet == page.outlet
        and (row.state == INDEXED or not row.final)
        and (page.modified is None or page.modified <= row.at)
    ]
    return min(candidates, key=lambda row: row.state != INDEXED, default=None)


def _names_of(page: PageFound) -> tuple[str, ...]:
    """Return the page ids to ask for: its own and those of its variants; none for a revisit."""
    others = [] if page.visits else [urls.page_id(url) for url in url_parts.variants_of(page.url)]
    return (page.page_id, *others) if others else ()
