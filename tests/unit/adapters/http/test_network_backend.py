"""Names that lead nowhere, or into our network."""

import asyncio

import httpcore
import pytest

from tests.names import Names
from workers.adapters.http.network_backend import GuardedBackend
from workers.adapters.http.ssrf_guard import SSRFGuard, UnsafeAddressError, parse_networks


@pytest.mark.parametrize("answer", [["127.0.0.2"], ["10.0.0.1", "192.168.0.1"], ["::1"]])
def test_a_public_name_with_an_inner_address_is_refused(answer):
    dialler = GuardedBackend(SSRFGuard(parse_networks("127.0.0.1/32")), Names(answer).resolve)
    with pytest.raises(UnsafeAddressError, match=r"sneaky\.example"):
        asyncio.run(dialler.connect_tcp("sneaky.example", 80))


def test_a_name_without_address_cannot_be_connected_to():
    dialler = GuardedBackend(SSRFGuard(), Names([]).resolve)
    with pytest.raises(httpcore.ConnectError):
        asyncio.run(dialler.connect_tcp("empty.example", 80))
