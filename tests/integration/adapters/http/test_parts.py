"""The parts of the way to a page: addresses, names, bodies, rules."""

import asyncio
import gzip
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpcore
import pytest

from workers.adapters.http.body import Unpacker, UnreadableBodyError
from workers.adapters.http.network_backend import GuardedBackend
from workers.adapters.http.robots import RobotsCache, RobotsRules, product_token
from workers.adapters.http.robots_transport import MAX_CRAWL_DELAY_SECONDS
from workers.adapters.http.ssrf_guard import SSRFGuard, UnsafeAddressError, parse_networks
from workers.adapters.http.throttle_transport import retry_after_seconds
from workers.settings import SettingsError

TEXT = b"The council votes for a new bridge. " * 500


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


class Names:
    """A name server whose answer changes with every question."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), 0

    async def resolve(self, _host, _port):
        self.asked += 1
        return self.answers[(self.asked - 1) % len(self.answers)]


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


@pytest.mark.parametrize("answer", [["127.0.0.2"], ["10.0.0.1", "192.168.0.1"], ["::1"]])
def test_a_public_name_with_an_inner_address_is_refused(answer):
    dialler = GuardedBackend(SSRFGuard(parse_networks("127.0.0.1/32")), Names(answer).resolve)
    with pytest.raises(UnsafeAddressError, match=r"sneaky\.example"):
        asyncio.run(dialler.connect_tcp("sneaky.example", 80))


def test_of_several_addresses_only_the_safe_ones_are_dialled(host):
    answer = ["10.0.0.1", "127.0.0.1"]
    dialler = GuardedBackend(SSRFGuard(parse_networks("127.0.0.1/32")), Names(answer).resolve)
    assert asyncio.run(dialler.safe_addresses("x.example", host.port)) == ["127.0.0.1"]


def test_a_name_without_address_cannot_be_connected_to():
    dialler = GuardedBackend(SSRFGuard(), Names([]).resolve)
    with pytest.raises(httpcore.ConnectError):
        asyncio.run(dialler.connect_tcp("empty.example", 80))


def unpacked(packed, encodings, cap=1_000_000, size=100):
    unpacker = Unpacker(encodings, cap)
    pieces = []
    for start in range(0, len(packed), size):
        pieces += unpacker.feed(packed[start : start + size])
    unpacker.check_end()
    return b"".join(pieces)


def raw_deflate(data):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("packed", "encodings"),
    [
        (TEXT, ""),
        (TEXT, "identity"),
        (gzip.compress(TEXT), "gzip"),
        (gzip.compress(TEXT), "X-GZIP"),
        (zlib.compress(TEXT), "deflate"),
        (raw_deflate(TEXT), "deflate"),
        (gzip.compress(zlib.compress(TEXT)), "deflate, gzip"),
    ],
)
@pytest.mark.parametrize("size", [1, 100, 100_000])
def test_bodies_are_unpacked_in_pieces_of_any_size(packed, encodings, size):
    assert unpacked(packed, encodings, size=size) == TEXT


def test_a_body_is_cut_at_its_cap():
    unpacker = Unpacker("gzip", 1000)
    assert len(b"".join(unpacker.feed(gzip.compress(bytes(10_000_000))))) == 1000
    assert unpacker.is_full


@pytest.mark.parametrize(
    ("packed", "encodings"),
    [
        (b"plain", "gzip"),
        (gzip.compress(TEXT)[:99], "gzip"),
        (b"x", "br"),
        (b"x", "gzip, gzip, gzip"),
    ],
)
def test_bodies_that_are_not_packed_as_they_say_are_refused(packed, encodings):
    with pytest.raises(UnreadableBodyError):
        unpacked(packed, encodings)


def test_the_group_for_our_name_rules_and_the_others_do_not():
    rules = RobotsRules(
        "User-agent: *\nDisallow: /\n\nUser-agent: Presswire\nDisallow: /x\nCrawl-delay: 7"
    )
    assert rules.can_fetch("https://a.example/y", "presswire")
    assert not rules.can_fetch("https://a.example/x/1", "presswire")
    assert not rules.can_fetch("https://a.example/y", "other")
    assert rules.crawl_delay("presswire") == 7


@pytest.mark.parametrize("line", ["Crawl-delay: 1e300", "Request-rate: 1/" + 400 * "9"])
def test_a_delay_without_measure_is_read_as_more_than_a_day(line):
    assert RobotsRules(f"User-agent: *\n{line}").crawl_delay("presswire") > MAX_CRAWL_DELAY_SECONDS


def test_the_longest_rule_wins_as_rfc_9309_says():
    rules = RobotsRules("User-agent: *\nDisallow: /news/\nAllow: /news/open/$\nAllow: /news/*.html")
    assert not rules.can_fetch("https://a.example/news/1", "presswire")
    assert rules.can_fetch("https://a.example/news/1.html", "presswire")


def test_sitemaps_are_named_by_robots_txt():
    assert RobotsRules("Sitemap: https://a.example/s.xml").sitemaps == ("https://a.example/s.xml",)


@pytest.mark.parametrize(
    ("agent", "token"),
    [
        ("presswire/0.1 (+mailto:a@b.example)", "presswire"),
        ("Gazette Bot", "Gazette"),
        ("", "presswire"),
    ],
)
def test_robots_txt_calls_us_by_our_product_token(agent, token):
    assert product_token(agent) == token


def test_rules_that_one_worker_read_are_known_to_all(clean_redis):
    origin = "https://a.example"
    assert RobotsCache(clean_redis, "t").get_shared(origin) is None
    RobotsCache(clean_redis, "t").store(origin, 200, b"\xef\xbb\xbfUser-agent: *\nDisallow: /x")
    other = RobotsCache(clean_redis, "t")
    assert other.get_local(origin) is None
    assert not other.get_shared(origin).can_fetch(origin + "/x", "presswire")
    assert other.get_local(origin) is not None
    assert 0 < clean_redis.ttl("t:robots:" + origin) <= 86_400


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        ("", 0),
        ("soon", 0),
        ("-5", 0),
        ("999999999999", 86_400),
        ("\u00b2", 0),
        ("\u0665", 0),
        ("Wed, 21 Oct 2030 07:28:99999999999999999999 GMT", 0),
    ],
)
def test_retry_after_in_seconds(text, seconds):
    assert retry_after_seconds(text) == seconds


def test_retry_after_as_a_date():
    moment = datetime.now(UTC) + timedelta(seconds=100)
    assert 95 < retry_after_seconds(format_datetime(moment, usegmt=True)) <= 100
    assert retry_after_seconds("Sun, 06 Nov 1994 08:49:37 GMT") == 0
