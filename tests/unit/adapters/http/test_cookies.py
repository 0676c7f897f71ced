"""Cookies of one chain of redirects."""

import httpx
import pytest

from workers.adapters.http.cookies import MAX_COOKIE_BYTES, MAX_COOKIES, CookieJar

URL = "https://www.gazette.example/news/bridge"


def sets(*cookies, url=URL):
    """A response to a request for `url` that sets these."""
    headers = [
        (b"Set-Cookie", each if isinstance(each, bytes) else each.encode()) for each in cookies
    ]
    return httpx.Response(302, headers=headers, request=httpx.Request("GET", url))


def sent(jar, url=URL):
    """The raw Cookie header of a request for `url`."""
    request = httpx.Request("GET", url)
    jar.add_to(request)
    return dict(request.headers.raw).get(b"Cookie", b"")


def jar_of(*cookies):
    jar = CookieJar()
    jar.store(sets(*cookies))
    return jar


def test_cookies_come_back_in_their_order():
    assert sent(jar_of("seen=1; Path=/; HttpOnly", "lang=en; Path=/")) == b"seen=1; lang=en"


@pytest.mark.parametrize(
    ("cookie", "url"),
    [
        ("a=1", "https://other.example/"),
        ("a=1; Path=/account", URL),
        ("a=1; Secure; Path=/", URL.replace("https", "http")),
        ("a=1; Domain=other.example", URL),
        ("a=1; Max-Age=0; Path=/", URL),
        ("a=1; Expires=Wed, 21-Oct-2015 07:28:00 GMT; Path=/", URL),
        ("a=1; expires=Wed, 21 Oct 2015 07:28:00 GMT; Path=/", URL),
    ],
)
def test_a_cookie_goes_only_where_it_belongs(cookie, url):
    assert sent(jar_of(cookie), url) == b""


def test_a_cookie_of_the_domain_goes_to_its_other_hosts():
    jar = jar_of("a=1; Domain=gazette.example; Path=/")
    assert sent(jar, "https://m.gazette.example/x") == b"a=1"


@pytest.mark.parametrize(
    "attribute",
    [
        "Expires=Fri, 21 Oct 2050 07:28:00 GMT",
        "Expires=Fri, 21-Oct-99999 07:28:00 GMT",
        "Expires=Wed, 21 Oct " + 5000 * "9" + " 07:28:00 GMT",
        "Expires=never",
        "Expires",
        "Max-Age=" + 900 * "9",
        "Max-Age",
        "Version=2; Port=7",
        "Comment=" + 9000 * "x",
    ],
)
def test_whatever_stands_in_its_attributes_a_cookie_comes_back(attribute):
    assert sent(jar_of(f"a=1; {attribute}; Path=/")) == b"a=1"


def test_a_new_value_replaces_the_old_one():
    jar = jar_of("a=1; Path=/", "b=2; Path=/")
    jar.store(sets("a=3; Path=/"))
    assert sent(jar) == b"a=3; b=2"


@pytest.mark.parametrize("raw", [b"a=\xc3\xa9", b"a=\xe9", "a=ż".encode()])
def test_a_value_goes_back_as_it_came(raw):
    assert sent(jar_of(raw + b"; Path=/")) == raw


def test_a_jar_is_bounded():
    jar = jar_of(*(f"a{n}=1; Path=/" for n in range(50)))
    assert list(jar.values()) == [f"a{n}" for n in range(MAX_COOKIES)]
    jar.store(sets("last=1; Path=/"))
    assert len(jar.values()) == MAX_COOKIES
    assert list(jar.values())[-1] == "last"
    jar.store(sets("b=" + "x" * MAX_COOKIE_BYTES))
    assert "b" not in jar.values()


@pytest.mark.parametrize(
    "url", [URL, "http://localhost:8080/x", "http://127.0.0.1/x", "http://[::1]/"]
)
def test_a_jar_of_an_earlier_turn_is_sent_to_its_host_and_takes_new_values(url):
    jar = CookieJar(url, {"seen": "1", "name": "ż"})
    assert jar.values() == {"seen": "1", "name": "ż"}
    assert sent(jar, url) == "seen=1; name=ż".encode()
    jar.store(sets("seen=2; Path=/", url=url))
    assert sent(jar, url) == "seen=2; name=ż".encode()
