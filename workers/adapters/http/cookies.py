"""The cookies of one chain of redirects: httpx's jar, bounded."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.cookiejar import Cookie

import httpx
from msgspec import Struct

from workers.adapters.http.messages import RawHeaders, decode_header, encode_header

MAX_COOKIES = 30
MAX_COOKIE_BYTES = 4096  # of name and value
MAX_ATTRIBUTE_BYTES = 1024  # RFC 6265bis section 5.6: what is longer is ignored
# Every byte has a character in it, so a value goes back exactly as it came.
_ENCODING = "latin-1"
_MAX_AGE = re.compile(rb"-?[0-9]{1,12}")


class StoredCookie(Struct, frozen=True, omit_defaults=True):
    """A cookie with all that says where it belongs; `expires` is in seconds since 1970."""

    name: str
    value: str
    domain: str
    path: str
    secure: bool = False
    expires: int | None = None
    is_for_subdomains: bool = False


class CookieJar:
    """Keeps the cookies that responses set, and sends them where they belong (RFC 6265)."""

    def __init__(self, url: str = "", values: Mapping[str, str] | None = None) -> None:
        """`values` are cookies of an earlier turn, of which only names and values are known: they
        count as set by the host of `url`, for all its paths."""
        self._cookies: httpx.Cookies | None = None  # most pages need none
        if values:
            raw = [encode_header(f"{name}={value}") + b"; Path=/" for name, value in values.items()]
            self._extract(httpx.Request("GET", url), raw)

    def store(self, response: httpx.Response) -> None:
        """Keep the cookies that `response` sets: the first MAX_COOKIES of it, and the last
        MAX_COOKIES of all."""
        raw = [value for name, value in response.headers.raw if name.lower() == b"set-cookie"]
        usable = [each for each in raw if len(each.partition(b";")[0]) <= MAX_COOKIE_BYTES]
        if usable:
            self._extract(response.request, [_clean(each) for each in usable[:MAX_COOKIES]])

    def values(self) -> dict[str, str]:
        """Return the values of all cookies by their names."""
        jar = self._cookies.jar if self._cookies else ()
        return {_text(cookie.name): _text(cookie.value or "") for cookie in jar}

    def dump(self) -> list[StoredCookie]:
        """Return all cookies, to be kept until `restore`."""
        return [
            StoredCookie(
                name=cookie.name,
                value=cookie.value or "",
                domain=cookie.domain,
                path=cookie.path,
                secure=cookie.secure,
                expires=cookie.expires,
                is_for_subdomains=cookie.domain_specified,
            )
            for cookie in (self._cookies.jar if self._cookies else ())
        ]

    def restore(self, stored: Iterable[StoredCookie]) -> None:
        """Keep cookies that were dumped before."""
        self._cookies = self._cookies or httpx.Cookies()
        for each in stored:
            self._cookies.jar.set_cookie(_to_cookie(each))

    def add_to(self, request: httpx.Request) -> None:
        """Set the Cookie header of `request`, if there are cookies for its URL."""
        if self._cookies:
            request.headers.encoding = _ENCODING
            self._cookies.set_cookie_header(request)

    def _extract(self, request: httpx.Request, set_cookie: list[bytes]) -> None:
        headers: RawHeaders = [(b"set-cookie", value) for value in set_cookie]
        response = httpx.Response(HTTPStatus.OK, headers=headers, request=request)
        response.headers.encoding = _ENCODING
        self._cookies = self._cookies or httpx.Cookies()
        self._cookies.extract_cookies(response)
        jar = self._cookies.jar
        for cookie in list(jar)[:-MAX_COOKIES]:
            jar.clear(cookie.domain, cookie.path, cookie.name)


def _to_cookie(stored: StoredCookie) -> Cookie:
    return Cookie(
        version=0,
        name=stored.name,
        value=stored.value,
        port=None,
        port_specified=False,
        domain=stored.domain,
        domain_specified=stored.is_for_subdomains,
        domain_initial_dot=stored.domain.startswith("."),
        path=stored.path,
        path_specified=True,
        secure=stored.secure,
        expires=stored.expires,
        discard=stored.expires is None,
        comment=None,
        comment_url=None,
        rest={},
    )


def _clean(set_cookie: bytes) -> bytes:
    """Return the header with the attributes that RFC 6265 knows, as http.cookiejar can read them.
    It drops all cookies of a response, with a warning, because of a Max-Age without a value or an
    Expires beyond the year 9999."""
    pair, *attributes = set_cookie.split(b";")
    return b";".join([pair, *filter(None, map(_clean_attribute, attributes))])


def _clean_attribute(attribute: bytes) -> bytes:
    name, _, value = (part.strip() for part in attribute.partition(b"="))
    if len(value) > MAX_ATTRIBUTE_BYTES:
        return b""
    match name.lower():
        case b"path" | b"domain" | b"secure":
            return attribute
        case b"max-age":
            return attribute if _MAX_AGE.fullmatch(value) else b""
        case b"expires":
            return _clean_expires(value)
        case _:
            return b""


def _clean_expires(value: bytes) -> bytes:
    try:
        date = parsedate_to_datetime(value.decode("ascii"))
    except (ValueError, TypeError, OverflowError):
        return b""
    return b"expires=" + format_datetime(date.replace(tzinfo=UTC), usegmt=True).encode()


def _text(value: str) -> str:
    return decode_header(value.encode(_ENCODING))
