"""The parts of a poll: pages that the polled one names. What cannot be had costs only itself."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Protocol, TypeVar

from schemas.page import StoredPage
from schemas.reasons import Reason
from workers.discover.links import BadFeedError
from workers.discover.poll_log import PollLog
from workers.exceptions import PermanentFailure, TooCostlyError, TryAgain

ResultT = TypeVar("ResultT")

_REASON_BY_STATUS: dict[int, Reason] = {
    HTTPStatus.NOT_FOUND: Reason.NOT_FOUND,
    HTTPStatus.GONE: Reason.GONE,
    HTTPStatus.UNAUTHORIZED: Reason.FORBIDDEN,
    HTTPStatus.FORBIDDEN: Reason.FORBIDDEN,
}


class PollSession(Protocol):
    """Fetches politely and archives; raises TryAgain and PermanentFailure."""

    def get(self, url: str) -> StoredPage:
        """Return the page at `url`, whatever its status."""

    def sitemaps(self, url: str) -> tuple[str, ...]:
        """Return the sitemaps that the robots.txt of `url`'s host names."""


class Runner(Protocol):
    """Runs the functions that read what strangers wrote, and ends what takes too long; raises
    TooCostlyError then."""

    def run(self, function: Callable[..., ResultT], *args: object) -> ResultT:
        """Return `function(*args)`."""


class RunHere:
    """Runs functions in this thread, without a bound."""

    def run(self, function: Callable[..., ResultT], *args: object) -> ResultT:
        """Return `function(*args)`."""
        return function(*args)


class LoggedSession:
    """A session whose poll is noted in `log`."""

    def __init__(self, session: PollSession, log: PollLog) -> None:
        self._session = session
        self.log = log

    def get(self, url: str) -> StoredPage:
        """Return the page at `url`, whatever its status."""
        return self._session.get(url)

    def sitemaps(self, url: str) -> tuple[str, ...]:
        """Return the sitemaps that the robots.txt of `url`'s host names."""
        return self._session.sitemaps(url)


class PartReader:
    """Requests the parts of a poll and notes in `log` which of them could not be had."""

    def __init__(self, session: PollSession, log: PollLog, runner: Runner | None = None) -> None:
        self._session = session
        self._runner = runner or RunHere()
        self.log = log

    def parse(self, function: Callable[..., ResultT], *args: object) -> ResultT:
        """Return `function(*args)`, which reads a part.

        Raises:
            BadFeedError: it cannot be read, or not within the bounds of time and memory.
        """
        try:
            return self._runner.run(function, *args)
        except TooCostlyError as error:
            raise BadFeedError(f"{error} to read, and was given up") from error

    def get(self, url: str, *, is_guess: bool = False) -> StoredPage | None:
        """Return the part at `url`, or None if there is nothing new to read: it has not changed, or
        could not be had. With `is_guess` nobody has said that there is one, so that it is no
        failure if there is none.

        Raises:
            TryAgain: the host permits no request now; the poll goes on from here later.
        """
        self.log.parts_requested += 1
        try:
            page = self._session.get(url)
        except PermanentFailure as failure:
            self.log.add_failure(url, failure.reason, failure.detail)
            return None
        except TryAgain as later:
            if not later.counts_as_attempt:
                raise
            self.log.temporary = later
            self.log.add_failure(url, later.reason, str(later))
            return None
        if page.status == HTTPStatus.NOT_MODIFIED:
            self.log.parts_unchanged += 1
            self.log.unchanged.add(url)
            return None
        if page.status != HTTPStatus.OK and is_guess:
            self.log.parts_requested -= 1
            return None
        if page.status != HTTPStatus.OK:
            self.log.add_failure(url, reason_of(page.status), f"status {page.status}")
            return None
        return page

    def sitemaps(self, url: str) -> tuple[str, ...]:
        """Return the sitemaps that the robots.txt of `url`'s host names; none if it cannot be had.

        Raises:
            TryAgain: the host permits no request now.
        """
        try:
            return self._session.sitemaps(url)
        except PermanentFailure as failure:
            self.log.parts_requested += 1
            self.log.add_failure(url, failure.reason, f"robots.txt: {failure.detail}")
        except TryAgain as later:
            if not later.counts_as_attempt:
                raise
            self.log.parts_requested += 1
            self.log.temporary = later
            self.log.add_failure(url, later.reason, f"robots.txt: {later}")
        return ()


def reason_of(status: int) -> Reason:
    """Return why a response of this status, which is not 200, was not read."""
    return _REASON_BY_STATUS.get(status, Reason.BAD_RESPONSE)
