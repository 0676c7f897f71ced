"""What is wrong with the place of the archive: no page is to blame, so it costs none an attempt."""

from workers.exceptions import TryAgain

WAIT_SECONDS = 30.0


def unavailable(detail: object, after: float | None = None) -> TryAgain:
    """Nothing can be stored or read for now."""
    wait = WAIT_SECONDS if after is None else after
    return TryAgain(f"archive: {detail}", wait, counts_as_attempt=False)
