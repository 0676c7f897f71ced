"""What became of every page: the account that must come out even."""

from collections import Counter

from schemas.events import PageFound
from workers import urls


def found(page, outlet):
    return PageFound(
        page_id=urls.page_id(page.url),
        outlet=outlet,
        url=urls.canonicalize(page.url),
        found_in="test",
    )


def ends(services, pages):
    """How each page ended; "under way" for those that did not."""
    answer = {}
    for page in pages:
        row = services.ledger.row(urls.page_id(page.url))
        answer[page.url] = row.state if row and row.final else "under way"
    return answer


def summary(services, pages):
    return Counter(ends(services, pages).values())


def unexplained(services, pages):
    """The pages that did not end as they must, with how they did; those in quarantine with a
    reason are explained."""
    reached = ends(services, pages)
    wrong = [page for page in pages if reached[page.url] != page.end]
    kept = {entry.url for entry in services.quarantine.entries() if entry.reason}
    return {
        page.url: reached[page.url]
        for page in wrong
        if not (reached[page.url] == "quarantined" and urls.canonicalize(page.url) in kept)
    }


def titles(services, outlets):
    """The titles of all documents."""
    services.search.refresh()
    seen = []
    for outlet in outlets:
        request = {"size": 5000, "query": {"term": {"outlet": outlet}}, "_source": ["title"]}
        hits = services.search.search(request)["hits"]["hits"]
        seen += [hit["_source"]["title"] for hit in hits]
    return sorted(seen)
