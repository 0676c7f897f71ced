"""The address that was checked is the one that is dialled."""

import asyncio

from tests.names import Names
from workers.adapters.http.network_backend import GuardedBackend
from workers.adapters.http.ssrf_guard import SSRFGuard, parse_networks


def test_a_name_that_changes_its_address_is_dialled_where_it_was_checked(host):
    names = Names(["127.0.0.1"], ["127.0.0.2"])
    dialler = GuardedBackend(SSRFGuard(parse_networks("127.0.0.1/32")), names.resolve)

    async def dial():
        stream = await dialler.connect_tcp("rebinding.example", host.port)
        address = stream.get_extra_info("server_addr")
        await stream.aclose()
        return address

    assert asyncio.run(dial()) == ("127.0.0.1", host.port)
    assert names.asked == 1


def test_of_several_addresses_only_the_safe_ones_are_dialled(host):
    answer = ["10.0.0.1", "127.0.0.1"]
    dialler = GuardedBackend(SSRFGuard(parse_networks("127.0.0.1/32")), Names(answer).resolve)
    assert asyncio.run(dialler.safe_addresses("x.example", host.port)) == ["127.0.0.1"]
