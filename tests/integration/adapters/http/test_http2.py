"""HTTP/2 over TLS, with a real server: pages come, and what RFC 9113 (section 8.7) lets pass is
tried again."""

import asyncio
import ssl

import h2.config
import h2.connection
import h2.events
import pytest
from h2.errors import ErrorCodes

from tests.integration.adapters.http.hostile import PARAGRAPH
from tests.integration.adapters.http.test_refusals import found, later

BODY = b"<title>News</title>" + 20 * PARAGRAPH
OK = [(":status", "200"), ("content-type", "text/html")]


class Http2Host:
    """Answers every path with a page, or as `error` says: a stream's error code, or `goaway`."""

    def __init__(self, loop, certificate):
        self.asked = []
        self.error = None
        self.goaway = False
        self._loop = loop
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        context.set_alpn_protocols(["h2"])
        start = asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context)
        self._server = asyncio.run_coroutine_threadsafe(start, loop).result()
        self.home = f"https://localhost:{self._server.sockets[0].getsockname()[1]}"

    async def _serve(self, reader, writer):
        wire = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        wire.initiate_connection()
        writer.write(wire.data_to_send())
        try:
            while received := await reader.read(65_536):
                for event in wire.receive_data(received):
                    if isinstance(event, h2.events.RequestReceived):
                        self._answer(wire, event)
                writer.write(wire.data_to_send())
                await writer.drain()
        except (ConnectionError, ssl.SSLError):
            pass
        finally:
            writer.close()

    def _answer(self, wire, event):
        headers = {name.decode(): value.decode() for name, value in event.headers}
        path = headers[":path"]
        self.asked.append((path, headers))
        if path == "/robots.txt":
            wire.send_headers(event.stream_id, [(":status", "404")], end_stream=True)
        elif self.goaway:
            wire.close_connection(ErrorCodes.ENHANCE_YOUR_CALM, last_stream_id=0)
        elif self.error is not None:
            wire.reset_stream(event.stream_id, self.error)
        else:
            wire.send_headers(event.stream_id, OK)
            wire.send_data(event.stream_id, BODY, end_stream=True)

    def stop(self):
        self._loop.call_soon_threadsafe(self._server.close)


@pytest.fixture
def http2_host(server_loop, authority):
    host = Http2Host(server_loop, authority.issue_cert("localhost"))
    yield host
    host.stop()


@pytest.fixture
def given(station, http2_host):
    return station(max_attempts=3, allow_networks="127.0.0.1/32,::1/128").knows(http2_host)


def test_pages_come_by_http_2(given, http2_host):
    for n in range(3):
        assert given.fetch(f"{http2_host.home}/{n}")[0] == "parse"
    assert [path for path, _ in http2_host.asked] == ["/robots.txt", "/0", "/1", "/2"]
    assert given.services.archive.read(given.sent[0][1].archive_key).body == BODY


@pytest.mark.parametrize(
    "error",
    [
        ErrorCodes.REFUSED_STREAM,
        ErrorCodes.CANCEL,
        ErrorCodes.INTERNAL_ERROR,
        ErrorCodes.ENHANCE_YOUR_CALM,
        ErrorCodes.PROTOCOL_ERROR,
    ],
)
def test_a_stream_that_is_reset_is_tried_again(error, given, http2_host):
    http2_host.error = error
    assert given.fetch(f"{http2_host.home}/x") == ("", "")
    assert given.services.frontier.depth()["later"] == 1
    http2_host.error = None
    later(given, 6)
    assert given.end_of(found(f"{http2_host.home}/x"))[0] == "parse"


def test_a_connection_that_is_given_up_is_opened_again(given, http2_host):
    http2_host.goaway = True
    assert given.fetch(f"{http2_host.home}/x") == ("", "")
    http2_host.goaway = False
    later(given, 6)
    assert given.end_of(found(f"{http2_host.home}/x"))[0] == "parse"
