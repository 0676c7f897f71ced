"""Free ports on the loopback address."""

import itertools
import random
import socket

from workers.local.errors import LocalStackError

HOST = "127.0.0.1"
# Below the ports that systems give to outgoing connections (Linux: from 32768): one of those can
# be taken by any connection, even by one to itself, before its server listens.
PORTS = range(20_000, 32_000)
_in_some_order = itertools.cycle(random.sample(PORTS, len(PORTS)))


def free_port() -> int:
    """Return a port that nobody listens on now, and that no other caller on this machine gets."""
    return next(port for port in _in_some_order if _reserve(port) and _is_free(port))


def _reserve(port: int) -> bool:
    """Return whether the port is ours now, until this process ends.

    TCP and UDP have ports of their own, so a server can listen on the TCP port while the UDP port
    of the same number tells other processes that it is reserved.
    """
    reservation = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        reservation.bind((HOST, port))
    except OSError:
        reservation.close()
        return False
    reservation.detach()  # stays open
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def port_or_free(wanted: int, option: str) -> int:
    """Return `wanted`, or a free port for 0.

    Raises:
        LocalStackError: the port is taken; the message names `option`.
    """
    if not wanted:
        return free_port()
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, wanted))
        except OSError as error:
            raise LocalStackError(
                f"port {wanted} is taken ({error.strerror}); choose another with {option}, "
                "or 0 for a free one"
            ) from error
    return wanted
