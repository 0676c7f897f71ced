"""The archive cannot be reached: no page is to blame for that."""

from workers.exceptions import TryAgain

WAIT_SECONDS = 30.0


class ArchiveUnavailableError(TryAgain):
    """Nothing can be stored or read for now; the attempt does not count."""

    def __init__(self, detail: object, after: float | None = None) -> None:
        wait = WAIT_SECONDS if after is None else after
        super().__init__(f"archive: {detail}", wait, counts_as_attempt=False)
