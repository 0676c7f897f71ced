"""What can go wrong on the way to a server, told apart: passing or for good, with its reason."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import httpcore
import httpx

from schemas.events import Reason
from workers.adapters.http.body import UnreadableBodyError
from workers.adapters.http.ssrf_guard import UnsafeAddressError
from workers.exceptions import PermanentFailure, TryAgain

# h11 and h2 tell by text only whether the server broke off or broke the rules
_BROKEN_OFF = ("disconnected", "closed connection", "connectionterminated", "incomplete chunked")


@contextmanager
def troubles_as_outcomes(url: str, seconds: float) -> Iterator[None]:
    """Turns the exceptions of one request into TryAgain and GiveUp."""
    try:
        yield
    except UnsafeAddressError as error:
        raise PermanentFailure(Reason.UNSAFE_ADDRESS, str(error)) from error
    except (UnreadableBodyError, httpx.InvalidURL, UnicodeError) as error:
        raise PermanentFailure(Reason.BAD_RESPONSE, f"{url[:200]}: {error}"[:500]) from error
    except (TimeoutError, httpcore.ReadTimeout, httpcore.WriteTimeout) as error:
        detail = f"no complete answer within {seconds:.0f} s"
        raise TryAgain(detail, reason=Reason.TOO_SLOW) from error
    except (httpcore.ConnectTimeout, httpcore.PoolTimeout) as error:
        raise TryAgain("no connection in time", reason=Reason.UNREACHABLE) from error
    except httpcore.ProtocolError as error:
        raise _of_protocol(error) from error
    except (httpcore.NetworkError, httpcore.ProxyError, ssl.SSLError, OSError) as error:
        raise _of_network(error) from error


def _of_protocol(error: Exception) -> TryAgain | PermanentFailure:
    text = str(error)
    if any(sign in text.lower() for sign in _BROKEN_OFF):
        return TryAgain(text[:500], reason=Reason.BAD_RESPONSE)
    return PermanentFailure(Reason.BAD_RESPONSE, text[:500])


def _of_network(error: Exception) -> TryAgain | PermanentFailure:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return PermanentFailure(Reason.BAD_TLS, str(cause)[:500])
        cause = cause.__cause__ or cause.__context__
    return TryAgain(str(error)[:500] or type(error).__name__, reason=Reason.UNREACHABLE)
