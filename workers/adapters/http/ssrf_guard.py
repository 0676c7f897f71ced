"""Which network addresses may be dialed: public ones at the web's own ports, and allowed ones."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from workers.settings import SettingsError

PORTS = frozenset({80, 443})
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are the IPv4 address meant
# Python calls these global, but no site is there: site-local addresses (given up by RFC 3879, but
# some networks still have them), those of protocols (RFC 6890) and of documents (RFC 9637)
_NOT_PUBLIC = (IPv6Network("fec0::/10"), IPv4Network("192.0.0.0/24"), IPv6Network("3fff::/20"))

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class UnsafeAddressError(ValueError):
    """An address that must not be dialed; the message says which and why."""


class SSRFGuard:
    """Refuses every address that is not public, unless it is in one of the `allowed` networks."""

    def __init__(self, allowed: Iterable[Network] = ()) -> None:
        self._allowed = tuple(allowed)

    def check(self, address: str, port: int) -> None:
        """Check whether `address` (numeric) may be dialed at `port`.

        Raises:
            UnsafeAddressError: it may not.
        """
        target = _embedded_ipv4(ip_address(address.partition("%")[0]))
        if any(target in network for network in self._allowed):
            return
        is_public = target.is_global and not (target.is_multicast or target.is_reserved)
        if not is_public or any(target in network for network in _NOT_PUBLIC):
            raise UnsafeAddressError(f"{address} is no public address")
        if port not in PORTS:
            raise UnsafeAddressError(f"port {port} is none of the web's")


def parse_networks(text: str) -> list[Network]:
    """Return the networks in `text`, in CIDR notation with commas between them.

    Raises:
        SettingsError: one of them is not a network.
    """
    try:
        return [ip_network(part.strip()) for part in text.split(",") if part.strip()]
    except ValueError as error:
        raise SettingsError(f"PRESSWIRE_ALLOW_NETWORKS: {error}") from error


def _embedded_ipv4(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address stands for (mapped, NAT64, 6to4, Teredo), else
    the address itself."""
    if not isinstance(address, IPv6Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    embedded = address.ipv4_mapped or address.sixtofour
    return embedded or (address.teredo[1] if address.teredo else address)
