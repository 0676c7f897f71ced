"""Errors on the way to a server, as what they mean: for now or for good, with the reason."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import h11
import httpx

from schemas.reasons import Reason
from workers.adapters.content_coding import UnreadableBodyError
from workers.adapters.http.ssrf_guard import UnsafeAddressError
from workers.exceptions import PermanentFailure, Refusal, TryAgain

NONSENSE_SECONDS = 300.0  # doubled with each attempt, five of them outlast an hour
# X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED: somebody will renew it
_DATE_ERRORS = frozenset({9, 10})


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
    """Return what the error means: a server may break off, refuse a stream (RFC 9113 section 8.7)
    or talk nonsense today and not tomorrow. Lasting is only what h11 will not send for us."""
    text = str(error)[:500] or type(error).__name__
    source = error.__cause__.args[0] if error.__cause__ and error.__cause__.args else None
    if isinstance(source, h11.LocalProtocolError):
        return PermanentFailure(Reason.BAD_RESPONSE, text)
    return TryAgain(text, NONSENSE_SECONDS, Reason.BAD_RESPONSE)


def _translate_network_error(error: Exception) -> TryAgain | PermanentFailure:
    tls_error = _find_tls_error(error)
    if tls_error is None:
        return TryAgain(str(error)[:500] or type(error).__name__, reason=Reason.UNREACHABLE)
    text = str(tls_error)[:500] or type(tls_error).__name__
    if not isinstance(tls_error, ssl.SSLCertVerificationError):  # the handshake was broken off
        return TryAgain(text, reason=Reason.BAD_TLS)
    if tls_error.verify_code in _DATE_ERRORS:
        return Refusal(Reason.BAD_TLS, text)
    return PermanentFailure(Reason.BAD_TLS, text)


def _find_tls_error(error: Exception) -> ssl.SSLError | None:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return cause
        cause = cause.__cause__ or cause.__context__
    return None
