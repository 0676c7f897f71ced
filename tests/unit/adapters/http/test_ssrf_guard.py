"""Which addresses may be requested."""

import pytest

from workers.adapters.http.ssrf_guard import SSRFGuard, UnsafeAddressError, parse_networks
from workers.settings import SettingsError


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "255.255.255.255", "224.0.0.1", "192.0.2.1", "198.18.0.1", "240.0.0.1",  # noqa: S104
        "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "2001:db8::1",
        "fec0::1", "feff::1", "192.0.0.8", "3fff::1",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
    ],
)  # fmt: skip
def test_what_is_not_public_is_refused(address):
    with pytest.raises(UnsafeAddressError, match="no public address"):
        SSRFGuard().check(address, 80)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07::1", "64:ff9b::808:808"])
def test_what_is_public_may_be_asked_at_the_ports_of_the_web_only(address):
    SSRFGuard().check(address, 443)
    for port in (22, 25, 6379, 8080, 9200):
        with pytest.raises(UnsafeAddressError, match="port"):
            SSRFGuard().check(address, port)


def test_an_allowed_network_is_allowed_at_any_port_and_no_more_than_that():
    guard = SSRFGuard(parse_networks("10.1.0.0/16, fd00::/8"))
    guard.check("10.1.2.3", 8000)
    guard.check("::ffff:10.1.2.3", 8000)
    guard.check("fd00::1", 8000)
    with pytest.raises(UnsafeAddressError):
        guard.check("10.2.0.1", 80)


def test_a_network_that_is_none_is_refused_by_the_settings_name():
    with pytest.raises(SettingsError, match="PRESSWIRE_ALLOW_NETWORKS"):
        parse_networks("10.0.0.0/8, nonsense")
