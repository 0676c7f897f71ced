"""Redirects, one hop after the other: never in a circle, with the cookies that the hops set."""

from collections.abc import Callable, Mapping

from schemas.events import Reason
from schemas.page import StoredPage
from workers import clock, urls
from workers.adapters.frontier.host_throttle import site_of
from workers.adapters.http.client import Answer, Wish, check_address
from workers.exceptions import PermanentFailure

MOST_REDIRECTS = 8
MOST_COOKIES = 30
MOST_COOKIE_CHARACTERS = 4096

Jar = dict[str, str]
Hop = tuple[str, Jar]


def followed(wish: Wish, ask: Callable[[Wish], Answer], course: list[Hop]) -> StoredPage:
    """The page where the redirects from `wish` end. Raises TryAgain and GiveUp.

    `course` is empty, or as an earlier call left it: what was asked, and last what is to be asked
    next. Some sites send a reader in a circle until the cookie comes back which they have set; it
    is kept for this one page, and for the site that set it.
    """
    check_address(wish.url)
    course[:] = course or [(wish.url, {})]
    while True:
        url, jar = course[-1]
        is_first = len(course) == 1
        answer = ask(wish if is_first else wish.moved(url, _headers(wish, url, jar)))
        target = answer.target(url)
        if not target:
            return _stored(wish.url, url, answer)
        check_address(target)
        jar = _jar(jar, answer) if _are_one_site(target, url) else {}
        _check_course(target, jar, course)
        course.append((target, jar))


def _check_course(target: str, jar: Jar, course: list[Hop]) -> None:
    if (target, jar) in course:
        raise PermanentFailure(Reason.TOO_MANY_REDIRECTS, f"in a circle: {target[:300]}")
    if len(course) > MOST_REDIRECTS:
        raise PermanentFailure(Reason.TOO_MANY_REDIRECTS, f"{len(course)} and no page")


def _jar(jar: Jar, answer: Answer) -> Jar:
    pairs = [value.partition(";")[0] for name, value in answer.headers if name == "set-cookie"]
    usable = [pair.partition("=") for pair in pairs if len(pair) <= MOST_COOKIE_CHARACTERS]
    new = {name.strip(): value.strip() for name, _, value in usable[:MOST_COOKIES] if name.strip()}
    return dict(list({**jar, **new}.items())[-MOST_COOKIES:])


def _headers(first: Wish, target: str, jar: Jar) -> Mapping[str, str]:
    """A page's validators mean nothing to another host."""
    is_same = urls.host_of(first.url) == urls.host_of(target)
    headers = dict(first.headers) if is_same else {}
    if jar:
        headers["cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
    return headers


def _are_one_site(one: str, other: str) -> bool:
    return site_of(urls.host_of(one)) == site_of(urls.host_of(other))


def _stored(url: str, final_url: str, answer: Answer) -> StoredPage:
    return StoredPage(url, final_url, answer.status, answer.headers, answer.body, clock.now())
