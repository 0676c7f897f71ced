"""How addresses of servers are shown."""

import pytest

from workers.server_urls import server_url_error, without_password


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("amqp://me:hush@host:5672//", "amqp://me:***@host:5672//"),
        ("redis://:hush@host/1", "redis://:***@host/1"),
        ("https://me:h%40sh@host:9200", "https://me:***@host:9200"),
        ("amqp://me:p@ss@host//", "amqp://me:***@host//"),
        ("http://127.0.0.1:9200", "http://127.0.0.1:9200"),
        ("redis://host:6379/0", "redis://host:6379/0"),
        ("redis://:hu/sh@host:6379/0", "redis://***@host:6379/0"),
        ("redis://:hu?sh@host:6379/0", "redis://***@host:6379/0"),
        ("redis://:hu#sh@host:6379/0", "redis://***@host:6379/0"),
        ("redis://:hu[sh@host:6379/0", "redis://***@host:6379/0"),
        ("redis://:12/hush@host:6379/0", "redis://***@host:6379/0"),
        ("redis://:12?hush@host:6379/0", "redis://***@host:6379/0"),
        ("redis://:12#hush", "redis://***@"),
        ("redis://:h@u/s@h@host:6379/0", "redis://***@host:6379/0"),
        ("redis://hush@host/1", "redis://***@host/1"),
        ("redis://host/1?password=hush&db=2", "redis://host/1?password=***&db=2"),
        ("https://host/?api_key=hush&a=b", "https://host/?api_key=***&a=b"),
        (
            "https://a:hush@h1:9200,https://b:hu/sh@h2:9200",
            "https://a:***@h1:9200,https://***@h2:9200",
        ),
        ("amqp://a:hush@h1//;amqp://b:hush@h2//", "amqp://a:***@h1//;amqp://b:***@h2//"),
        ("unix://:hush@/tmp/redis?db=1", "unix://:***@/tmp/redis?db=1"),
        ("hush", "***"),
        ("redis://:hush", "redis://***@"),
    ],
)
def test_an_address_is_shown_without_its_password(url, shown):
    assert without_password(url) == shown
    assert "hush" not in without_password(url)


@pytest.mark.parametrize(
    "url",
    ["redis://:p@host/1", "amqp://a:b%2Fc%3Fd%23e%40f@host:5672/v%2Fh", "redis://[::1]:6379/0"],
)
def test_a_sound_address_has_no_error(url):
    assert server_url_error(url, ("redis", "amqp")) == ""
