"""What an outlet's file adds to a request."""

import pytest

from schemas.outlet import Outlet, OutletRequest
from workers.adapters.http.syntax.outlet_headers import with_outlet_headers
from workers.exceptions import TryAgain

HOME = "https://www.gazette.example/"
GIVEN = [(b"host", b"www.gazette.example"), (b"if-none-match", b'"1"')]


def headers(given=GIVEN, url=HOME, environment=None, **fields):
    outlet = Outlet(
        name="G", home=HOME, language="en", id="gazette", request=OutletRequest(**fields)
    )
    return with_outlet_headers(given, outlet, url, environment or {})


def test_an_outlet_without_a_request_table_changes_nothing():
    cookies = [(b"cookie", b"a=1")]
    assert headers(GIVEN + cookies) == GIVEN + cookies


def test_headers_and_user_agent_take_the_place_of_given_ones():
    given = [*GIVEN, (b"accept-language", b"en")]
    found = headers(given, headers={"Accept-Language": "de"}, user_agent="Reader/1")
    assert found == [*GIVEN, (b"accept-language", b"de"), (b"user-agent", b"Reader/1")]


def test_cookies_are_joined_and_those_of_the_site_win():
    found = headers([*GIVEN, (b"Cookie", b"session=new; x=2")], cookies={"session": "0", "a": "1"})
    assert found[-1] == (b"cookie", b"a=1; session=new; x=2")


def test_secrets_come_from_the_environment_and_only_over_https():
    fields = {
        "secret_headers": {"Authorization": "OUTLET_GAZETTE"},
        "secret_cookies": {"sid": "OUTLET_SID"},
        "environment": {"OUTLET_GAZETTE": "Bearer x\n", "OUTLET_SID": "42"},
    }
    assert headers(**fields)[2:] == [(b"authorization", b"Bearer x"), (b"cookie", b"sid=42")]
    assert headers(url="http://www.gazette.example/", **fields) == GIVEN


@pytest.mark.parametrize("environment", [{}, {"OUTLET_A": ""}, {"OUTLET_A": "a\r\nX: b"}])
def test_a_secret_that_is_not_set_is_said_by_its_name(environment):
    with pytest.raises(TryAgain, match="OUTLET_A"):
        headers(secret_headers={"Authorization": "OUTLET_A"}, environment=environment)
