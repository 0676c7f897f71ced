"""What became of every page: the account that must come out even."""

from collections import Counter

from schemas.events import PageFound
from workers import urls


def found(page, outlet):
    return PageFound(
        page_id=urls.page_id(page.url),
        outlet=outlet,
        url=urls.canonical_url(page.url),
        found_in="test",
    )


def ends(tools, pages):
    """How each page ended; "under way" for those that did not."""
    answer = {}
    for page in pages:
        row = tools.ledger.row(urls.page_id(page.url))
        answer[page.url] = row.state if row and row.final else "under way"
    return answer


def summary(tools, pages):
    return Counter(ends(tools, pages).values())


def unexplained(tools, pages):
    """The pages that did not end as they must, with how they did; those in quarantine with a
    reason are explained."""
    reached = ends(tools, pages)
    wrong = [page for page in pages if reached[page.url] != page.end]
    kept = {entry.url for entry in tools.quarantine.entries() if entry.reason}
    return {
        page.url: reached[page.url]
        for page in wrong
        if not (reached[page.url] == "quarantined" and urls.canonical_url(page.url) in kept)
    }


def titles(tools, outlets):
    """The titles of all documents."""
    tools.search.refresh()
    seen = []
    for outlet in outlets:
        request = {"size": 5000, "query": {"term": {"outlet": outlet}}, "_source": ["title"]}
        hits = tools.search.search(request)["hits"]["hits"]
        seen += [hit["_source"]["title"] for hit in hits]
    return sorted(seen)
