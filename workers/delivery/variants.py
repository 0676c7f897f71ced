"""Pages that are another address of one that is known: fetched once, under the first of them.

`www.` and `m.` of a page are one document whatever is fetched (docs/identity.md). Their page ids
differ, so each is found and queued for itself; the second is spared when its turn comes.
"""

from collections.abc import Sequence

from schemas.events import PageFound
from workers import url_parts, urls
from workers.adapters.redis.page_ledger import LedgerRow
from workers.delivery.runner import StageRunner

INDEXED = "indexed"


def find_variant(runner: StageRunner, page: PageFound) -> LedgerRow | None:
    """Return the row of another address of `page` that stands for it: one that is indexed, or under
    way, so that it may be. None if the page has to be fetched."""
    others = [urls.page_id(url) for url in url_parts.variants_of(page.url)]
    if page.visits or not others:
        return None
    return choose_variant(page, runner.services.ledger.rows([page.page_id, *others]))


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
