"""Pages that come by hand: into the archive and on to parse, like fetched ones."""

from typing import Literal

from schemas.events import PageFetched
from schemas.page import StoredPage
from workers import urls
from workers.delivery.runner import StageRunner


def ingest_page(
    runner: StageRunner, page: StoredPage, form: Literal["html", "flattened"], outlet: str = ""
) -> PageFetched | None:
    """Archive `page` and send it to parse, even if it has ended before. Without `outlet` its
    address tells which outlet it belongs to.

    Returns:
        the event, or None if a later fetch of the page is known, which takes precedence.
    """
    services = runner.services
    known = services.outlets.by_host(page.final_url)
    domain = urls.domain_of(page.final_url)
    outlet = outlet or (known.id if known else domain) or "unknown"
    fetched = PageFetched(
        page_id=urls.page_id(page.url),
        outlet=outlet,
        url=page.url,
        archive_key=services.archive.write(page, outlet=outlet, form=form),
        final_url=page.final_url,
        fetched_at=page.fetched_at,
        content_type=page.header("content-type"),
        form=form,
    )
    return fetched if runner.restart(fetched) else None
