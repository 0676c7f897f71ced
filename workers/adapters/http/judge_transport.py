"""Responses that ask us to come back later: an end if the caller's judge says so, else TryAgain."""

from http import HTTPStatus

import httpx

from schemas.reasons import Reason
from workers import urls
from workers.adapters.http.messages import body_of, first_headers, options_of
from workers.adapters.http.politeness_transport import retry_after_of
from workers.exceptions import TryAgain

MAX_PAGE_SECONDS = 60.0
_MESSAGES: dict[int, str] = {
    HTTPStatus.TOO_MANY_REQUESTS: "too many requests",
    HTTPStatus.SERVICE_UNAVAILABLE: "service unavailable",
}


class JudgeTransport(httpx.BaseTransport):
    """Passes on every response but those for which the throttle has paused the host."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the response to `request`.

        Raises:
            PermanentFailure: the judge's, such as a bot challenge that comes with 429 or 503.
            TryAgain: the host asks us to come back later.
        """
        response = self._inner.handle_request(request)
        seconds = retry_after_of(response)
        if seconds is None:
            return response
        options = options_of(request)
        if options.judge:
            # the host's clock holds the page back as well, and each further attempt doubles this
            seconds = min(seconds, MAX_PAGE_SECONDS)
            headers = first_headers(response)
            options.judge.check_challenge(response.status_code, headers, body_of(response))
        message = _MESSAGES.get(response.status_code, f"status {response.status_code}")
        raise TryAgain(f"{urls.host_of(options.url)}: {message}", seconds, Reason.UNREACHABLE)
