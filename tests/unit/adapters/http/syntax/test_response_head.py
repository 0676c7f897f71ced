"""Malformed heads as browsers and curl read them; h11 is the judge of the result."""

import h11
import pytest

from workers.adapters.http.syntax.response_head import repair, repair_heads

BODY = b"<p>The council votes.\n\nHTTP/1.1 is old.\n\n"
GOOD = [b"Content-Type: text/html", b"Set-Cookie: a=1; Path=/"]


def head(*lines, status=b"HTTP/1.1 200 OK", end=b"\r\n"):
    return end.join([status, *lines, b"Content-Length: %d" % len(BODY), b"", b""])


def read(raw):
    """Status, headers and body as h11 reads them."""
    client = h11.Connection(h11.CLIENT)
    client.send(h11.Request(method="GET", target="/", headers=[("Host", "a")]))
    client.send(h11.EndOfMessage())
    client.receive_data(raw)
    client.receive_data(b"")
    response, parts = None, []
    while not isinstance(event := client.next_event(), h11.EndOfMessage):
        if isinstance(event, h11.Response):
            response = event
        if isinstance(event, h11.Data):
            parts.append(bytes(event.data))
    return response.status_code, dict(response.headers), b"".join(parts)


@pytest.mark.parametrize(
    "line",
    [
        b"no colon at all",
        b"HTTP/1.1 200 OK",
        b"HTTP/1.1 301 Moved: yes",
        b"Two Words: x",
        b": no name",
        b":",
        b"X[1]: y",
        b"X\xe9: y",
        b"<meta name: x>",
        b"no colon\r\n and its continuation: x",
        b" a continuation of nothing",
        b"X-Odd: a\x0bb\x0cc",
        b"X-Lone: a\rb",
        b"X-Lone: a\r\r",
        b"\rX-Lone: a",
    ],
)
@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r\r\n"])
def test_one_malformed_line_costs_only_itself(line, place, end):
    lines = [*GOOD[:place], line, *GOOD[place:]]
    raw = head(*lines, end=end) + BODY
    if line[:1] != b" ":  # which may continue the line before
        with pytest.raises(h11.RemoteProtocolError):
            read(head(*lines) + BODY)
    ready, held, awaits_head = repair_heads(raw)
    status, headers, body = read(ready)
    assert (status, body, held, awaits_head) == (200, BODY, b"", False)
    assert headers[b"content-type"].startswith(b"text/html")
    assert headers[b"set-cookie"].startswith(b"a=1; Path=/")


def test_blanks_before_the_colon_are_nothing():
    _, headers, _ = read(repair(head(b"Content-Type \t: text/html ", b"X-Y:z")) + BODY)
    assert headers[b"content-type"] == b"text/html"
    assert headers[b"x-y"] == b"z"


@pytest.mark.parametrize(
    "status",
    [
        b"HTTP/1.1  200  OK",
        b"HTTP/1.1\t200 OK",
        b"http/1.1 200 OK",
        b"HTTP/1 200 OK",
        b"HTTP/2 200",
        b"HTTP/2.0 200 OK",
        b"HTTP/1.1 200 O\x01K",
        b"HTTP/1.1 200OK",
        b"\r\n\r\nHTTP/1.1 200 OK",
        b"HTTP/1.1 200 OK\r",
    ],
)
def test_a_status_line_is_read_as_it_is_meant(status):
    ready, _, _ = repair_heads(head(*GOOD, status=status) + BODY)
    assert read(ready)[0] == 200


@pytest.mark.parametrize(
    "raw",
    [
        head(*GOOD),
        head(),
        head(b"X-Empty:", b"X-Latin: \xe9", status=b"HTTP/1.0 404 Not Found"),
        head(*GOOD, end=b"\n"),
        b"HTTP/1.1 204\r\n\r\n",
    ],
)
def test_a_head_that_is_well_formed_stays_as_it_is(raw):
    assert repair(raw) == raw


@pytest.mark.parametrize("raw", [b"SSH-2.0-OpenSSH\r\n\r\n", b"<html>\n\n", b"\x16\x03\x01\n\n"])
def test_what_is_no_response_stays_as_it_is(raw):
    assert repair(raw) == raw


def test_what_is_dangerous_is_still_refused():
    for line in (b"X: a\0b", b"Content-Length: 7", b"Transfer-Encoding: gzip"):
        with pytest.raises(h11.RemoteProtocolError):
            read(repair(head(line, b"no colon")) + BODY)


def test_a_head_comes_in_pieces_after_interim_ones():
    raw = b"HTTP/1.1 103 Early Hints\r\nbad line\r\n\r\n" + head(b"bad line", *GOOD) + BODY
    whole, held, awaits_head, ready = raw, b"", True, b""
    for place in range(len(whole)):
        if not awaits_head:
            ready += whole[place:]
            break
        searched = len(held)
        piece, held, awaits_head = repair_heads(held + whole[place : place + 1], searched)
        ready += piece
    assert not awaits_head
    assert read(ready)[::2] == (200, BODY)
