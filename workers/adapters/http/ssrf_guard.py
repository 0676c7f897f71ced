"""Which network addresses may be asked: public ones at the web's own ports, and what is allowed."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from workers.settings import SettingsError

PORTS = frozenset({80, 443})
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are the IPv4 address meant
# no site is here, though Python calls them global: site-local addresses (given up by RFC 3879, but
# some networks have them still), those of protocols (RFC 6890) and of documents (RFC 9637)
_INNER = (IPv6Network("fec0::/10"), IPv4Network("192.0.0.0/24"), IPv6Network("3fff::/20"))

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class UnsafeAddressError(ValueError):
    """An address that must not be asked; the message says which and why."""


class SSRFGuard:
    """Refuses whatever is not public, unless it is in one of the `allowed` networks."""

    def __init__(self, allowed: Iterable[Network] = ()) -> None:
        self._allowed = tuple(allowed)

    def check(self, address: str, port: int) -> None:
        """Raises UnsafeAddressError if `address` (numeric) may not be asked at `port`."""
        meant = _meant(ip_address(address.partition("%")[0]))
        if any(meant in network for network in self._allowed):
            return
        is_public = meant.is_global and not (meant.is_multicast or meant.is_reserved)
        if not is_public or any(meant in network for network in _INNER):
            raise UnsafeAddressError(f"{address} is no public address")
        if port not in PORTS:
            raise UnsafeAddressError(f"port {port} is none of the web's")


def parse_networks(text: str) -> list[Network]:
    """The networks in `text`, CIDR with commas. Raises SettingsError for one that is none."""
    try:
        return [ip_network(part.strip()) for part in text.split(",") if part.strip()]
    except ValueError as error:
        raise SettingsError(f"PRESSWIRE_ALLOW_NETWORKS: {error}") from error


def _meant(address: Address) -> Address:
    """The IPv4 address that an IPv6 one only carries, where it does."""
    if not isinstance(address, IPv6Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    inner = address.ipv4_mapped or address.sixtofour
    return inner or (address.teredo[1] if address.teredo else address)
