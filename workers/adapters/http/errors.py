"""Errors on the way to a server, as what they mean: for now or for good, with the reason."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from schemas.reasons import Reason
from workers.adapters.http.body import UnreadableBodyError
from workers.adapters.http.ssrf_guard import UnsafeAddressError
from workers.exceptions import PermanentFailure, TryAgain

# h11 and h2 say only by text whether the server broke off or broke the rules
_BROKEN_OFF = ("disconnected", "closed connection", "connectionterminated", "incomplete chunked")


@contextmanager
def translate_errors(url: str, timeout_seconds: float) -> Iterator[None]:
    """Turn the errors of one request into ours.

    Raises:
        PermanentFailure: another try would end the same way.
        TryAgain: another try may work.
    """
    try:
        yield
    except UnsafeAddressError as error:
        raise PermanentFailure(Reason.UNSAFE_ADDRESS, str(error)) from error
    except (UnreadableBodyError, UnicodeError) as error:
        raise PermanentFailure(Reason.BAD_RESPONSE, f"{url[:200]}: {error}"[:500]) from error
    except (TimeoutError, httpx.ReadTimeout, httpx.WriteTimeout) as error:
        message = f"no complete answer within {timeout_seconds:.0f} s"
        raise TryAgain(message, reason=Reason.TOO_SLOW) from error
    except (httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise TryAgain("no connection in time", reason=Reason.UNREACHABLE) from error
    except httpx.ProtocolError as error:
        outcome = _translate_protocol_error(error)
        raise outcome from error
    except (httpx.NetworkError, httpx.ProxyError, ssl.SSLError, OSError) as error:
        outcome = _translate_network_error(error)
        raise outcome from error


def _translate_protocol_error(error: Exception) -> TryAgain | PermanentFailure:
    text = str(error)
    if any(sign in text.lower() for sign in _BROKEN_OFF):
        return TryAgain(text[:500], reason=Reason.BAD_RESPONSE)
    return PermanentFailure(Reason.BAD_RESPONSE, text[:500])


def _translate_network_error(error: Exception) -> TryAgain | PermanentFailure:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return PermanentFailure(Reason.BAD_TLS, str(cause)[:500])
        cause = cause.__cause__ or cause.__context__
    return TryAgain(str(error)[:500] or type(error).__name__, reason=Reason.UNREACHABLE)
