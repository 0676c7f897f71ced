"""E-mail out, over SMTP."""

import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from workers.adapters.notify.webhook_client import DeliveryResult
from workers.settings import Settings

ANSWER_SECONDS = 20.0
# well below the lease of an alert, beyond which it is sent again
SESSION_SECONDS = 60.0
PORTS = {"smtp": 587, "smtps": 465}


class SmtpClient:
    """`PRESSWIRE_SMTP_URL`: smtps:// is encrypted from the start, smtp:// as soon as the server
    offers it. A password is never sent in the clear, but to this machine."""

    def __init__(self, settings: Settings) -> None:
        self._url = urlsplit(settings.smtp_url)
        self._ca_file = settings.ca_file or None
        self.sender = settings.mail_from

    def send(
        self, mail: EmailMessage, when_taken: Callable[[], object] = lambda: None
    ) -> DeliveryResult:
        """Hand `mail` to the server. `when_taken` is called as soon as the server has it, before
        anything else is said: what is killed until then does not know, and sends it again.

        Returns:
            the result; an error that may pass is a result too.
        """
        if not self._url.hostname:
            return DeliveryResult("no mail server: PRESSWIRE_SMTP_URL is empty")
        try:
            with self._session() as session:
                session.send_message(mail)
                when_taken()
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            return DeliveryResult(f"{code} {said.decode(errors='replace')}", is_final=code >= 500)  # noqa: PLR2004
        except smtplib.SMTPResponseException as error:
            return DeliveryResult(f"{error.smtp_code} {error.smtp_error!r}")
        except (smtplib.SMTPException, OSError) as error:
            return DeliveryResult(str(error))
        return DeliveryResult()

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        """Open a session that ends in time, however slowly the server answers.

        Yields:
            the session.

        Raises:
            smtplib.SMTPServerDisconnected: the server ended the session.
            TimeoutError: the session took too long.
            OSError: the server cannot be reached.
            smtplib.SMTPException: the server refuses the sender, the receiver or the mail.
        """
        end = time.monotonic() + SESSION_SECONDS
        session, is_over = self._connected(), threading.Event()
        threading.Thread(target=_hang_up, args=(session, end, is_over), daemon=True).start()
        try:
            self._introduce(session)
            yield session
            # what was taken is sent, however the server says goodbye
            with suppress(smtplib.SMTPException, OSError):
                session.quit()
        except smtplib.SMTPServerDisconnected as error:
            if time.monotonic() < end:
                raise
            raise TimeoutError(f"not done within {SESSION_SECONDS:.0f} seconds") from error
        finally:
            is_over.set()
            session.close()

    def _connected(self) -> smtplib.SMTP:
        host, scheme = str(self._url.hostname), self._url.scheme
        port = self._url.port or PORTS.get(scheme, 25)
        if scheme == "smtps":
            return smtplib.SMTP_SSL(host, port, timeout=ANSWER_SECONDS, context=self._tls())
        return smtplib.SMTP(host, port, timeout=ANSWER_SECONDS)

    def _introduce(self, session: smtplib.SMTP) -> None:
        session.ehlo()
        is_encrypted = self._url.scheme == "smtps"
        if not is_encrypted and session.has_extn("starttls"):
            session.starttls(context=self._tls())
            session.ehlo()
            is_encrypted = True
        if not self._url.username:
            return
        if not (is_encrypted or _is_here(str(self._url.hostname))):
            raise smtplib.SMTPNotSupportedError("the mail server offers no TLS for a password")
        session.login(unquote(self._url.username), unquote(self._url.password or ""))

    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._ca_file)


def _hang_up(session: smtplib.SMTP, end: float, is_over: threading.Event) -> None:
    """Each answer has its own time limit, a session of many small ones would have none."""
    if is_over.wait(max(0.0, end - time.monotonic())):
        return
    if session.sock:
        with suppress(OSError):
            # TLS has one of its own, which a thread that reads meanwhile would trip over
            socket.socket.shutdown(session.sock, socket.SHUT_RDWR)


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
