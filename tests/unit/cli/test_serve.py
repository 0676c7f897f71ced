"""Whose word on the caller's address the site takes."""

import pytest
from click.testing import CliRunner

from workers.cli import serve as module


@pytest.fixture
def started(monkeypatch):
    """What uvicorn is started with."""
    given = {}
    monkeypatch.setattr(module, "connect_site_services", lambda _: None)
    monkeypatch.setattr(module, "create_app", lambda _: None)
    monkeypatch.setattr(module.uvicorn, "run", lambda _, **options: given.update(options))

    def start(*arguments):
        result = CliRunner().invoke(module.serve, arguments)
        return result, given

    return start


@pytest.mark.parametrize(
    ("arguments", "trusted"),
    [
        ((), None),
        (("--behind-proxy",), "127.0.0.1"),
        (("--behind-proxy", "10.1.2.3"), "10.1.2.3"),
        (("--behind-proxy", "10.0.0.0/8, ::1"), "10.0.0.0/8,::1"),
    ],
)
def test_the_proxy_that_is_named_is_believed_and_no_other(started, arguments, trusted):
    result, given = started(*arguments)
    assert result.exit_code == 0, result.output
    assert given["proxy_headers"] is (trusted is not None)
    assert given["forwarded_allow_ips"] == (trusted or "")


@pytest.mark.parametrize("address", ["*", "proxy.example", "10.0.0.0/99", ""])
def test_everybody_is_no_proxy(started, address):
    result, given = started("--behind-proxy", address)
    assert result.exit_code == 2
    assert "no IP address" in result.output
    assert not given
