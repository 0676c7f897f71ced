"""A browser that the operator has to mend: no page is to blame, and all of them wait."""

import logging
import time

from workers.exceptions import TryAgain

log = logging.getLogger(__name__)
AGAIN_SECONDS = 60.0
LOG_SECONDS = 300.0
_logged_at: dict[str, float] = {}


class UnusableBrowserError(TryAgain):
    """There is no browser, or it does not start. The worker's log says so, though not for each of
    the pages that wait."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, AGAIN_SECONDS, counts_as_attempt=False)
        now = time.monotonic()
        if now - _logged_at.get(detail, -LOG_SECONDS) >= LOG_SECONDS:
            _logged_at[detail] = now
            log.error("pages cannot be rendered: %s", detail)
