"""The life of one page: what each part of the system knows of it, in the order of its way."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import ValidationError

from schemas.events import Event, PageFetched, PageFound, decode
from schemas.json import Json
from workers.adapters.redis.page_ledger import LedgerRow
from workers.adapters.redis.quarantine import QuarantineEntry, entry_id
from workers.exceptions import PermanentFailure, TryAgain
from workers.pipeline import STAGES
from workers.services import Services

Line = tuple[str, str]
MAX_REVISIONS_SHOWN = 10


def tell(services: Services, page_id: str) -> list[Line]:
    """Return what is known of a page, as names and words; nothing if it was never seen."""
    row, place = services.ledger.row(page_id), services.frontier.place_of(page_id)
    entries = list(_entries(services, page_id))
    if row is None and place is None and not entries:
        return []
    lines: list[Line] = [("page", page_id)]
    if row is not None:
        lines += [("url", row.url), ("outlet", row.outlet)]
    lines += _found(services, page_id, entries)
    if place:
        lines.append(("frontier", place))
    if row is not None:
        lines += [*_fetched(services, row), *_ledger(row)]
    lines += [line for entry in entries for line in _failed(entry)]
    if row is not None and row.document_id:
        lines += _document(services, row.document_id)
    return lines


def _entries(services: Services, page_id: str) -> Iterator[QuarantineEntry]:
    """Yield what is kept of the page's failures and of its rejection, each once."""
    for store in (services.quarantine, services.rejected):
        for stage in STAGES:
            entry = store.get(entry_id(page_id, stage.name))
            if entry is not None:
                yield entry


def _found(services: Services, page_id: str, entries: list[QuarantineEntry]) -> Iterator[Line]:
    """Yield where the page was discovered; it is kept until the page has been fetched, and with
    its failures."""
    events = [services.frontier.page(page_id), *(_event_of(entry) for entry in entries)]
    for event in events:
        if isinstance(event, PageFound):
            dated = f", published {moment(event.published)}" if event.published else ""
            visit = f", visit {event.visits + 1}" if event.visits else ""
            yield "found in", f"{event.found_in}, priority {event.priority}{dated}{visit}"
            return


def _event_of(entry: QuarantineEntry) -> Event | None:
    try:
        return decode(entry.event)
    except ValidationError:
        return None


def _fetched(services: Services, row: LedgerRow) -> Iterator[Line]:
    """Yield status, time and archive key of the last fetch."""
    if not row.restart:
        return
    try:
        fetched = decode(row.restart)
        if not isinstance(fetched, PageFetched):
            return
        yield "archive key", fetched.archive_key
        page = services.archive.read(fetched.archive_key)
    except (ValidationError, PermanentFailure, TryAgain) as error:
        yield "archived page", f"cannot be read: {error}"
        return
    size = f"{len(page.body):,} bytes, {fetched.content_type}, as {fetched.form}"
    yield "fetched", f"{moment(fetched.fetched_at)}: status {page.status}, {size}"
    if fetched.final_url != row.url:
        yield "redirected to", fetched.final_url


def _ledger(row: LedgerRow) -> Iterator[Line]:
    yield "state", row.state if row.final else f"under way: {row.state}"
    yield "since", moment(row.at)
    yield "attempts", ", ".join(f"{k} {v}" for k, v in row.attempts.items()) or "none"
    for name in ("reason", "detail", "document_id"):
        if value := getattr(row, name):
            yield name, value


def _failed(entry: QuarantineEntry) -> Iterator[Line]:
    where = f"{entry.step}, {moment(entry.at)}: {entry.reason}, {entry.attempts} attempts"
    yield "kept failure", f"{where}; presswire quarantine show {entry.id}"


def _document(services: Services, document_id: str) -> Iterator[Line]:
    """Yield what the index has of the page: title, times, cluster, earlier versions."""
    try:
        document = services.search.get(document_id)
        if document is None:
            yield "document", "the index has none of this id"
            return
        revisions = services.search.revisions(document_id)
    except TryAgain as error:
        yield "document", f"not known now: {error}"
        return
    yield "title", str(document.get("title", ""))
    yield "published", str(document.get("published", "not said"))
    yield "indexed", str(document.get("indexed_at", ""))
    yield "cluster", f"{document.get('cluster_id')}, as {document.get('role')}"
    if document.get("archive_key"):
        yield "indexed from", document["archive_key"]
    for revision in list(revisions)[-MAX_REVISIONS_SHOWN:]:
        yield "earlier version", _revision(revision)


def _revision(revision: Json) -> str:
    return f"{revision.get('fetched_at', '')}: {revision.get('title', '')}"


def moment(at: datetime) -> str:
    """Return a moment to the second."""
    return at.isoformat(" ", "seconds")
