"""The rules in a robots.txt (RFC 9309), for one crawler by its product token.

Own code, because no library reads them so: protego compares names by their beginning (a group for
`press` bound `presswire`, one for `presswire/0.1` did not), ends a group at lines it does not know,
and takes `%3F` for `?`. All of google/robotstxt's cases are kept but three, in which that parser
leaves percent-encoding to its caller and RFC 9309 (section 2.2.2) does not.
"""

import math
import re
from collections.abc import Iterator
from functools import cached_property
from urllib.parse import quote

from msgspec import Struct

MAX_LINE_LENGTH = 16_663  # of a longer line the rest is not read, as Google does
_ANYONE = "*"

# as people write them: with typing errors that leave no doubt
_AGENT, _ALLOW, _DISALLOW, _SITEMAP = "user-agent", "allow", "disallow", "sitemap"
_CRAWL_DELAY, _REQUEST_RATE = "crawl-delay", "request-rate"
_NAMES = {
    **dict.fromkeys(("user-agent", "useragent", "user agent"), _AGENT),
    "allow": _ALLOW,
    **dict.fromkeys(
        ("disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw", "desallow"),
        _DISALLOW,
    ),
    **dict.fromkeys(("sitemap", "sitemaps", "site-map"), _SITEMAP),
    **dict.fromkeys(("crawl-delay", "crawldelay", "crawl delay"), _CRAWL_DELAY),
    **dict.fromkeys(("request-rate", "request rate"), _REQUEST_RATE),
}
_LINE_END = re.compile(r"\r\n|\r|\n")
_TAG = re.compile(r"<[^>]*>")
_TOKEN = re.compile(r"[A-Za-z0-9_-]+")
_RATE = re.compile(r"(\d+)\s*/\s*(\d+)\s*([smhd]?)", re.IGNORECASE)
_UNIT_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SAFE = "!#$%&'()*+,/:;=?@[]~"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|//")
_INDEX_PAGE = "/index.html"


class _Rule(Struct, frozen=True):
    """One `allow` or `disallow`: the parts of its pattern between the asterisks, and its length in
    octets, by which the most specific rule is found."""

    is_allowed: bool
    parts: tuple[str, ...]
    is_anchored: bool
    length: int

    def matches(self, path: str) -> bool:
        first, *others = self.parts
        if not others:
            return path == first if self.is_anchored else path.startswith(first)
        if not path.startswith(first):
            return False
        place = len(first)
        for part in others[:-1]:
            found = path.find(part, place)
            if found < 0:
                return False
            place = found + len(part)
        last = others[-1]
        if self.is_anchored:
            return len(path) - len(last) >= place and path.endswith(last)
        return path.find(last, place) >= 0


class _Group:
    """What holds for one name, wherever in the file it stands."""

    def __init__(self) -> None:
        self.rules: list[_Rule] = []
        self.crawl_delay: float | None = None
        self.rate_pause: float | None = None

    def can_fetch(self, path: str) -> bool:
        """Return what the longest rule says that matches; of equally long ones, an allowing one.
        Most rules are plain beginnings, and most paths begin with none of them."""
        plain, special, ordered = self._index
        rules = ordered if path.startswith(plain) else special
        return next((rule.is_allowed for rule in rules if rule.matches(path)), True)

    @cached_property
    def _index(self) -> tuple[tuple[str, ...], list[_Rule], list[_Rule]]:
        """The beginnings, the rules that are more than a beginning, and all of them, longest first;
        made when all rules are read."""
        ordered = sorted(self.rules, key=lambda rule: (rule.length, rule.is_allowed), reverse=True)
        special = [rule for rule in ordered if rule.is_anchored or len(rule.parts) > 1]
        plain = [r.parts[0] for r in ordered if not (r.is_anchored or len(r.parts) > 1)]
        return tuple(plain), special, ordered


class RobotsRules:
    """The rules of one host. An empty text allows everything."""

    def __init__(self, text: str) -> None:
        self._groups: dict[str, _Group] = {}
        self._sitemaps: list[str] = []
        self._read(text)
        self.sitemaps = tuple(self._sitemaps)

    def can_fetch(self, url: str, agent: str) -> bool:
        """Return whether `agent` (a product token) may request `url`."""
        path = _path_of(url)
        group = self._group_for(agent)
        return group is None or path == "/robots.txt" or group.can_fetch(path)

    def crawl_delay(self, agent: str) -> float:
        """Return the seconds between two requests that robots.txt asks for, or 0."""
        group = self._group_for(agent)
        if group is None:
            return 0.0
        return max(group.crawl_delay or 0.0, group.rate_pause or 0.0)

    def _group_for(self, agent: str) -> _Group | None:
        return self._groups.get(agent.lower()) or self._groups.get(_ANYONE)

    def _read(self, text: str) -> None:
        """Groups end where a name follows a rule: all other lines, known or not, part none (RFC
        9309 section 2.2.4)."""
        groups: list[_Group] = []
        has_rules = False
        for name, value in _lines_of(text):
            if name == _AGENT:
                groups = [] if has_rules else groups
                has_rules = False
                groups += [self._groups.setdefault(each, _Group()) for each in _names_in(value)]
            elif name == _SITEMAP:
                self._sitemaps += [value] if value else []
            elif name in {_ALLOW, _DISALLOW}:
                has_rules = True
                rules = list(_rules_of(value, is_allowed=name == _ALLOW))
                for group in groups:
                    group.rules += rules
            else:
                _set_pause(groups, name, value)


def _lines_of(text: str) -> Iterator[tuple[str, str]]:
    """Yield name and value of each line whose name is known."""
    is_html = "<html" in text[:1000].lower()
    for whole in _LINE_END.split(text):
        line = whole[:MAX_LINE_LENGTH].partition("#")[0].strip(" \t\0")
        if is_html:
            line = _TAG.sub("", line).strip()
        if found := _split(line):
            yield found


def _split(line: str) -> tuple[str, str] | None:
    name, colon, value = line.partition(":")
    if colon and (known := _NAMES.get(name.strip().lower())):
        return known, value.strip()
    words = line.split(None, 2)  # the colon is missing
    for count in (1, 2):
        known = _NAMES.get(" ".join(words[:count]).lower())
        if known and len(words) > count:
            return known, line.split(None, count)[count].strip()
    return None


def _names_in(value: str) -> Iterator[str]:
    """Yield the names in a user-agent line, less their versions: of several all are meant."""
    for word in re.split(r"[\s,;]+", value):
        if word == _ANYONE:
            yield _ANYONE
        elif token := _TOKEN.match(word.lstrip("(")):
            yield token[0].lower()


def _rules_of(value: str, *, is_allowed: bool) -> Iterator[_Rule]:
    """Yield what a pattern means: nothing if it is empty; who allows `/x/index.html` allows `/x/`,
    too."""
    if not value:
        return
    is_anchored = value.endswith("$")
    pattern = _normalize(value.removesuffix("$")).replace("$", "%24")
    length = len(pattern) + is_anchored
    yield _Rule(is_allowed, tuple(re.split(r"\*+", pattern)), is_anchored, length)
    if is_allowed and pattern.endswith(_INDEX_PAGE) and "*" not in pattern:
        folder = pattern.removesuffix(_INDEX_PAGE) + "/"
        yield _Rule(is_allowed, (folder,), is_anchored=True, length=len(folder) + 1)


def _set_pause(groups: list[_Group], name: str, value: str) -> None:
    """A delay belongs to the names before it; the first one counts."""
    if name == _CRAWL_DELAY:
        seconds = _number(value)
        for group in groups:
            group.crawl_delay = seconds if group.crawl_delay is None else group.crawl_delay
    elif name == _REQUEST_RATE and (rate := _RATE.match(value)):
        seconds = _pause_of(rate)
        for group in groups:
            group.rate_pause = seconds if group.rate_pause is None else group.rate_pause


def _pause_of(rate: re.Match[str]) -> float | None:
    requests, seconds = _number(rate[1]), _number(rate[2])
    if not requests or seconds is None:
        return None
    return seconds * _UNIT_SECONDS[rate[3].lower()] / requests


def _number(text: str) -> float | None:
    """Return a number that is not negative (infinity if it has hundreds of digits), or None."""
    try:
        number = float(text)
    except ValueError:
        return None
    is_written = text.strip()[:1].isdigit() or text.strip()[:1] == "."
    return number if is_written and number >= 0 and not math.isnan(number) else None


def _path_of(url: str) -> str:
    """Return path and query of `url` as patterns are compared with them."""
    rest = url.partition("#")[0]
    if scheme := _SCHEME.match(rest):
        rest = rest[scheme.end() :]
    start = re.search(r"[/?]", rest)
    path = rest[start.start() :] if start else ""
    path = path if path.startswith("/") else f"/{path}"
    return _normalize(path).replace("*", "%2A").replace("$", "%24")


def _normalize(path: str) -> str:
    """Return `path` as RFC 9309 (section 2.2.2) compares it: what is unreserved is not
    percent-encoded, what is beyond ASCII is."""
    return quote(_ESCAPE.sub(_decode_unreserved, path), safe=_SAFE)


def _decode_unreserved(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if character in _UNRESERVED else escape[0].upper()
