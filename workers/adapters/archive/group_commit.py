"""Records of several threads that become one object: who comes while another is sent waits for the
next."""

from collections.abc import Callable
from threading import BoundedSemaphore, Event, Lock

from msgspec import Struct, field

from workers import clock
from workers.adapters.archive.cdxj import IndexEntry, format_entry
from workers.adapters.archive.keys import Names, RecordLocation
from workers.exceptions import TryAgain

# one under way, one that gathers what comes meanwhile goes next
UPLOADS_AT_ONCE = 2


class Batch(Struct):
    """The records of one object to be."""

    name: str
    size: int = 0
    parts: list[bytes] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)
    is_taken: bool = False
    error: Exception | None = None
    done: Event = field(default_factory=Event)

    def add(
        self, member: bytes, describe: Callable[[RecordLocation], IndexEntry]
    ) -> RecordLocation:
        """Append a record.

        Returns:
            its location.
        """
        location = RecordLocation(self.name, self.size, len(member))
        self.lines.append(format_entry(describe(location)))
        self.parts.append(member)
        self.size += len(member)
        return location


class GroupCommit:
    """`upload(batch)` stores an object, and raises what went wrong."""

    def __init__(self, names: Names, upload: Callable[[Batch], None]) -> None:
        self._names = names
        self._upload = upload
        self._lock = Lock()
        self._upload_slots = BoundedSemaphore(UPLOADS_AT_ONCE)
        self._gathering: dict[str, Batch] = {}

    def put(
        self, folder: str, member: bytes, describe: Callable[[RecordLocation], IndexEntry]
    ) -> RecordLocation:
        """Store a record together with those of other threads.

        Returns:
            its location, once it is stored.

        Raises:
            TryAgain: it cannot be stored for now.
        """
        with self._lock:
            if folder not in self._gathering:
                self._gathering[folder] = Batch(self._names.new(folder, clock.now()))
            batch = self._gathering[folder]
            location = batch.add(member, describe)
        with self._upload_slots:
            if self._take(folder, batch):
                self._send(batch)
        batch.done.wait()
        error = batch.error
        if isinstance(error, TryAgain):  # every thread has to raise its own
            raise TryAgain(
                str(error), error.after, counts_as_attempt=error.counts_as_attempt
            ) from error
        if error is not None:
            raise TryAgain(f"archive: {error!r}") from error
        return location

    def _take(self, folder: str, batch: Batch) -> bool:
        """Return True to the one thread that sends `batch`; nobody adds to it from then on."""
        with self._lock:
            if batch.is_taken:
                return False
            batch.is_taken = True
            del self._gathering[folder]
            return True

    def _send(self, batch: Batch) -> None:
        try:
            self._upload(batch)
        except Exception as error:  # noqa: BLE001  every thread of the batch must hear of it
            batch.error = error
        finally:
            batch.done.set()
