"""Free ports on the loopback address."""

import socket

from workers.local.errors import LocalStackError

HOST = "127.0.0.1"


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def port_or_free(wanted: int, option: str) -> int:
    """`wanted`, or a free port for 0. Raises LocalStackError naming `option` if it is taken."""
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
