"""Free ports, for several processes at once."""

import socket

from workers.local import ports


def test_a_port_that_another_process_has_reserved_is_passed_over(monkeypatch):
    theirs = ports.free_port()
    offered = iter([theirs, theirs + 1, theirs + 2, theirs + 3])
    monkeypatch.setattr(ports, "_in_some_order", offered)

    assert ports.free_port() != theirs


def test_a_reserved_port_can_be_listened_on():
    with socket.create_server((ports.HOST, ports.free_port())) as server:
        assert server.getsockname()[1] in ports.PORTS
