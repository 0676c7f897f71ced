"""The headers and cookies that an outlet's file adds to a request to its own hosts."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from schemas.outlet import Outlet
from workers.exceptions import TryAgain

_COOKIE = b"cookie"
RawHeaders = list[tuple[bytes, bytes]]


def with_outlet_headers(
    given: RawHeaders, outlet: Outlet, url: str, environment: Mapping[str, str]
) -> RawHeaders:
    """Return the headers of a request to `url`: those `given`, and the outlet's own in the place of
    given ones. Cookies are joined; one of the site itself goes before the outlet's of that name.
    Secrets do not go over a plainer connection than that to the outlet's home.

    Raises:
        TryAgain: an environment variable that holds a secret is not set.
    """
    request = outlet.request
    headers, cookies = dict(request.headers), dict(request.cookies)
    if request.user_agent:
        headers["user-agent"] = request.user_agent
    if _is_as_safe_as(outlet.home, url):
        headers |= _secrets(request.secret_headers, outlet, environment)
        cookies |= _secrets(request.secret_cookies, outlet, environment)
    set_by_outlet = {name.lower(): value for name, value in headers.items()}
    named = {name.encode() for name in set_by_outlet}
    kept = [(name, value) for name, value in given if name.lower() not in named | {_COOKIE}]
    kept += [(name.encode(), value.encode()) for name, value in set_by_outlet.items()]
    of_site = [value for name, value in given if name.lower() == _COOKIE]
    joined = b"; ".join([*_cookie_pairs(cookies, of_site), *of_site])
    return [*kept, (_COOKIE, joined)] if joined else kept


def _is_as_safe_as(home: str, url: str) -> bool:
    return urlsplit(url).scheme == "https" or urlsplit(home).scheme == "http"


def _secrets(
    names: Mapping[str, str], outlet: Outlet, environment: Mapping[str, str]
) -> dict[str, str]:
    secrets = {}
    for name, variable in names.items():
        if not (value := environment.get(variable, "").strip()):
            raise TryAgain(f"{variable} is not set; the file of {outlet.id} names it for {name}")
        if any(ord(character) < ord(" ") for character in value):
            raise TryAgain(f"{variable} has a control character: it cannot be sent as {name}")
        secrets[name] = value
    return secrets


def _cookie_pairs(cookies: Mapping[str, str], of_site: list[bytes]) -> list[bytes]:
    set_by_site = {
        pair.partition(b"=")[0].strip() for value in of_site for pair in value.split(b";")
    }
    return [
        f"{name}={value}".encode()
        for name, value in cookies.items()
        if name.encode() not in set_by_site
    ]
