"""Pages of other origins and the API: off by default, and never with a visitor's cookies."""

import httpx
import msgspec
import pytest

from workers.settings import SettingsError
from workers.site.app import create_app
from workers.site.services import connect_site_services

MAPS, EVIL = "https://maps.example.org", "https://evil.example"
ALLOWED = "access-control-allow-origin"

pytestmark = pytest.mark.elasticsearch


@pytest.fixture(scope="module")
def open_url(serve):
    """The site, whose API pages of one other origin may read."""
    return serve(site_cors_origins=f"{MAPS}/, http://127.0.0.1:9", site_searches_per_minute=100_000)


def preflight(url, origin, method="GET", headers="authorization", path="/api/search"):
    asked = {"Origin": origin, "Access-Control-Request-Method": method}
    asked["Access-Control-Request-Headers"] = headers
    return httpx.options(url + path, headers=asked)


def cors_headers(answer):
    return {name for name in answer.headers if name.startswith("access-control")}


def test_it_is_off_by_default(site_url):
    assert cors_headers(preflight(site_url, MAPS)) == set()
    assert cors_headers(httpx.get(f"{site_url}/api/search", headers={"Origin": MAPS})) == set()


def test_a_named_origin_may_ask_first_and_read_then(open_url):
    first = preflight(open_url, MAPS)
    answer = httpx.get(f"{open_url}/api/search?q=river", headers={"Origin": MAPS})

    assert first.status_code == 200
    assert first.headers[ALLOWED] == answer.headers[ALLOWED] == MAPS
    assert "authorization" in first.headers["access-control-allow-headers"].lower()
    assert "Retry-After" in answer.headers["access-control-expose-headers"]
    assert "origin" in answer.headers["vary"].lower()
    assert answer.json()["total"] > 0


@pytest.mark.parametrize(
    "origin", [EVIL, "null", "http://[", f"{MAPS}.evil.example", "http://maps.example.org"]
)
def test_no_other_origin_may(open_url, origin):
    assert ALLOWED not in preflight(open_url, origin).headers
    assert ALLOWED not in httpx.get(f"{open_url}/api/search", headers={"Origin": origin}).headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_changed_from_there(open_url, method):
    assert preflight(open_url, MAPS, method, path="/api/saved").status_code == 400
    answer = httpx.request(
        method, f"{open_url}/api/saved/x", headers={"Origin": MAPS}, json={"name": "x"}
    )
    assert answer.status_code in {403, 405}


def test_only_the_api_can_be_read(open_url):
    for path in ("/", "/saved", "/feeds/x.atom", "/sign-in"):
        assert cors_headers(httpx.get(open_url + path, headers={"Origin": MAPS})) == set()


def test_a_visitors_cookies_never_count(open_url, token):
    made = httpx.post(f"{open_url}/api/saved", json={"name": "Mine", "query": "river"})
    owner = {"Cookie": f"presswire_owner={made.cookies['presswire_owner']}"}
    signed_in = {"Cookie": f"presswire_token={token}"}

    own = httpx.get(f"{open_url}/api/saved", headers=owner)
    foreign = httpx.get(f"{open_url}/api/saved", headers={**owner, "Origin": MAPS})
    stale = {"Cookie": "presswire_token=pw_x_stale", "Origin": MAPS}

    assert [each["name"] for each in own.json()] == ["Mine"]
    assert foreign.json() == []
    assert "access-control-allow-credentials" not in foreign.headers
    assert "set-cookie" not in foreign.headers
    for cookie in (signed_in, stale):
        answer = httpx.get(f"{open_url}/api/search", headers={**cookie, "Origin": MAPS})
        assert answer.status_code == 200


def test_a_token_counts_where_the_site_needs_one(serve, token):
    url = serve(site_cors_origins=MAPS, site_needs_token=True)
    mine = {"Authorization": f"Bearer {token}", "Origin": MAPS}
    by_cookie = {"Cookie": f"presswire_token={token}", "Origin": MAPS}

    assert preflight(url, MAPS).status_code == 200
    assert httpx.get(f"{url}/api/search", headers=mine).status_code == 200
    refused = httpx.get(f"{url}/api/search", headers=by_cookie)
    assert refused.status_code == 401
    assert refused.headers[ALLOWED] == MAPS  # so that the page can read why


def test_any_origin_may_where_that_is_set(serve):
    url = serve(site_cors_origins="*")

    answer = httpx.get(f"{url}/api/search", headers={"Origin": EVIL, "Cookie": "presswire_owner=x"})

    assert answer.headers[ALLOWED] == "*"
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("origins", ["maps.example.org", "https://maps.example.org/app", "null"])
def test_what_is_no_origin_is_refused_at_the_start(site_settings, origins):
    site = connect_site_services(msgspec.structs.replace(site_settings, site_cors_origins=origins))

    with pytest.raises(SettingsError, match=r"PRESSWIRE_SITE_CORS_ORIGINS: .* is no origin"):
        create_app(site)
    site.close()
