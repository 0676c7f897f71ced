"""The outlets: loads and checks ops/outlets/<country>/<outlet>.toml, all errors at once."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import msgspec
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from schemas.outlet import SELECTABLE, Outlet, OutletRequest
from workers import url_rules, urls
from workers.server_urls import without_password

_FIELD = re.compile(r" - at `\$\.?(.*)`$")
_UNKNOWN_FIELD = re.compile(r"unknown field `(\w+)`")
_EXPECTED = re.compile(r"Expected `([^`]+)`([^`]*?)(?:, got `(\w+)`)?")
_TYPES = {
    "float": "a number",
    "int": "a whole number",
    "bool": "true or false",
    "str": "a text",
    "array": "a list",
    "object": "a table",
}
SEE_DOCS = "see docs/add-an-outlet.md"
_LINE_NUMBER = re.compile(r"line (\d+)")
# What the chain sets itself, and what is a secret: those stand in the environment.
_OWN_HEADERS = frozenset(
    "host connection content-length transfer-encoding te upgrade expect trailer keep-alive "
    "accept-encoding if-none-match if-modified-since range".split()
)
_SECRET_HEADERS = frozenset("authorization proxy-authorization cookie x-api-key".split())
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\U0010ffff]*")
SAMPLE_DAY = date(2000, 1, 1)  # patterns of archive pages are checked by its address
_COOKIE_VALUE = re.compile(r"[\x21-\x3a\x3c-\x7e]*")
_ADVICE = {
    "own_domains": "write the name alone, such as gazette-live.example",
    "OUTLET_": "name an environment variable that begins with OUTLET_, which holds the secret",
    "unknown field": "known: " + ", ".join(f for f in Outlet.__struct_fields__ if f != "id"),
    "regex": "write a code of BCP 47, such as en or pt-BR",
    "missing required": "add it: name, home and language are needed",
}


class OutletError(ValueError):
    """Files that cannot be used; a line for each error: file, line, field and what to do."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


class Outlets(Mapping[str, Outlet]):
    """Outlets by id."""

    def __init__(self, outlets: Mapping[str, Outlet]) -> None:
        self._set(outlets)

    def _set(self, outlets: Mapping[str, Outlet]) -> None:
        """Take these outlets in the place of those before, for all readers at once."""
        by_domain: dict[str, Outlet] = {}
        by_host: dict[str, Outlet] = {}
        for outlet in outlets.values():
            for url in (*outlet.sections, outlet.home):
                host = urls.host_of(url)
                by_host[host] = outlet
                by_domain.setdefault(urls.registrable_domain(host), outlet)
        for outlet in outlets.values():
            for domain in outlet.own_domains:
                by_domain.setdefault(urls.registrable_domain(domain.lower()), outlet)
        self._known = (dict(outlets), by_host, by_domain)

    def _now(self) -> tuple[dict[str, Outlet], dict[str, Outlet], dict[str, Outlet]]:
        """Return the outlets by id, by host and by domain."""
        return self._known

    def __getitem__(self, outlet_id: str) -> Outlet:
        return self._now()[0][outlet_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now()[0])

    def __len__(self) -> int:
        return len(self._now()[0])

    def by_host(self, url: str) -> Outlet | None:
        """Return the outlet that publishes at `url`, by its host or else by its registrable domain,
        or None."""
        host = urls.host_of(url)
        _, by_host, by_domain = self._now()
        return by_host.get(host) or by_domain.get(urls.registrable_domain(host))


# What a file says: the outlet, or None and its errors.
FileContent = tuple[Outlet | None, list[str]]


def load(folder: Path) -> Outlets:
    """Return every outlet under `folder`; its id is the file's stem, its country the folder's name.

    Raises:
        OutletError: some files have mistakes; the message lists all of them.
    """
    outlets, errors = _read_all(folder)
    if errors:
        raise OutletError(errors)
    return Outlets(outlets)


def outlet_files(folder: Path) -> list[Path]:
    """Return the outlets' files under `folder`, in order."""
    return sorted(folder.glob("*/*.toml"))


def combine(files: Mapping[Path, FileContent], folder: Path) -> tuple[dict[str, Outlet], list[str]]:
    """Return the outlets of some files by id, and the errors of the files and of where they are."""
    outlets: dict[str, Outlet] = {}
    paths: dict[str, Path] = {}
    errors: list[str] = []
    for path, (outlet, errors_of_file) in files.items():
        errors += errors_of_file
        if path.stem in paths:
            errors.append(f"{path}:1: id: {path.stem} is taken by {paths[path.stem]}; rename one")
        elif outlet:
            outlets[path.stem] = outlet
        paths.setdefault(path.stem, path)
    for path in sorted([*folder.glob("*.toml"), *folder.glob("*/*/*.toml")]):
        errors.append(f"{path}:1: the file: is in no country's folder; move it to {folder}/<cc>/")
    if not folder.is_dir():
        errors.append(f"{folder}: no such folder; make it, or set PRESSWIRE_OUTLETS")
    return outlets, errors


def find_errors(folder: Path) -> list[str]:
    """Return the errors in the files under `folder`, each with file, line, field and what to do."""
    return _read_all(folder)[1]


def _read_all(folder: Path) -> tuple[dict[str, Outlet], list[str]]:
    """Return the outlets under `folder` by id, and the errors of their files."""
    return combine({path: read(path) for path in outlet_files(folder)}, folder)


def read(path: Path) -> FileContent:
    """Return the outlet of a file, or None and the errors in it."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        raw = tomllib.loads(text)
    except OSError as error:
        return None, [f"{path}:1: the file: cannot be read: {error.strerror}"]
    except UnicodeDecodeError:
        return None, [f"{path}:1: the file: is not UTF-8; save it as UTF-8"]
    except tomllib.TOMLDecodeError as error:
        found = _LINE_NUMBER.search(str(error))
        number = found[1] if found else text.count("\n") + 1
        return None, [f"{path}:{number}: TOML: {error}; put texts in quotes, lists in [ ]"]
    if set_by_path := {"id", "country"} & raw.keys():
        field = min(set_by_path)
        line_number = _find_line(text, field)
        return None, [f"{path}:{line_number}: {field}: comes from the file's path; remove it"]
    given = {**raw, "id": path.stem, "country": path.parent.name}
    try:
        outlet = msgspec.convert(given, Outlet)
    except msgspec.ValidationError as error:
        return None, [_explain(path, text, str(error))]
    errors = [*_check_addresses(path, text, outlet), *_check_selectors(path, text, outlet)]
    errors += _check_rules(path, text, outlet)
    return (None if errors else outlet), errors


def _explain(path: Path, text: str, message: str) -> str:
    """Return one of msgspec's messages with file, line, field and what to do."""
    where = _FIELD.search(message)
    unknown = _UNKNOWN_FIELD.search(message) or re.search(r"required field `(\w+)`", message)
    parts = [where[1] if where else "", unknown[1] if unknown else ""]
    field = ".".join(part for part in parts if part)
    advice = next((hint for sign, hint in _ADVICE.items() if sign in message), SEE_DOCS)
    if where and unknown and where[1]:
        advice = "look at docs/add-an-outlet.md for the fields that are allowed here"
    said = _in_words(_FIELD.sub("", message))
    return f"{path}:{_find_line(text, field)}: {field}: {said}; {advice}"


def _in_words(message: str) -> str:
    """Return one of msgspec's messages with its types as a TOML file has them."""
    types = _EXPECTED.fullmatch(message)
    if types is None:
        return message
    wanted, bound, is_now = types[1].split(" | ")[0], types[2], types[3]
    must = f"must be {_TYPES.get(wanted, wanted)}{bound}"
    return f"{must}, and is {_TYPES.get(is_now, is_now)}" if is_now else must


def _check_addresses(path: Path, text: str, outlet: Outlet) -> Iterator[str]:
    """Yield an error for each address that is not one of the web."""
    advice = "write it in full, such as https://www.gazette.example/feed"
    for field, url in _addresses(outlet):
        if error := urls.url_error(url):
            line = _find_line(text, field)
            shown = without_password(url) if "@" in url else url
            yield f"{path}:{line}: {field}: {shown!r} is not an address: {error}; {advice}"


def _addresses(outlet: Outlet) -> Iterator[tuple[str, str]]:
    """Yield all addresses of an outlet, each after the name of its field."""
    yield "home", outlet.home
    for field in ("feeds", "sitemaps", "sections"):
        yield from ((f"{field}[{n}]", url) for n, url in enumerate(getattr(outlet, field)))
    for n, pattern in enumerate(outlet.archives):
        yield f"archives[{n}]", url_rules.fill_archive(pattern, SAMPLE_DAY)
    if outlet.politeness.proxy is not None:
        yield "politeness.proxy", outlet.politeness.proxy


def _check_rules(path: Path, text: str, outlet: Outlet) -> Iterator[str]:
    """Yield an error for each pattern and each header that cannot be used."""
    found = [
        (f"{field}[{n}]", repr(pattern), url_rules.pattern_error(pattern))
        for field in ("allow", "deny")
        for n, pattern in enumerate(getattr(outlet, field))
    ]
    for n, pattern in enumerate(outlet.archives):
        found.append((f"archives[{n}]", repr(pattern), url_rules.archive_error(pattern)))
    if outlet.story_key is not None:
        error = url_rules.story_key_error(outlet.story_key)
        found.append(("story_key", repr(outlet.story_key), error))
    found += _check_request(outlet.request)
    for field, what, error in found:
        if error:
            line = _find_line(text, field)
            yield f"{path}:{line}: {field}: {what}: {error}; {SEE_DOCS}"


def _check_request(request: OutletRequest) -> Iterator[tuple[str, str, str]]:
    """Yield field, header or cookie, and what is wrong with it (empty if nothing is). No value is
    named: it may be a secret that does not belong there."""
    if request.user_agent and not _HEADER_VALUE.fullmatch(request.user_agent):
        yield "request.user_agent", "user_agent", "has a line break or control character"
    for name, value in request.headers.items():
        yield "request.headers", name, _header_error(name, value)
    for name in request.secret_headers:
        error = "" if name.lower() in _SECRET_HEADERS else _header_error(name, "")
        yield "request.secret_headers", name, error
    for field in ("cookies", "secret_cookies"):
        for name, value in getattr(request, field).items():
            is_good = _HEADER_NAME.fullmatch(name) and _COOKIE_VALUE.fullmatch(value)
            error = "" if is_good else "a cookie has no space, semicolon or control character"
            yield f"request.{field}", name, error


def _header_error(name: str, value: str) -> str:
    """Return why a header cannot be set, or an empty string."""
    if not _HEADER_NAME.fullmatch(name):
        return "is not the name of a header"
    if not _HEADER_VALUE.fullmatch(value):
        return "has a line break or control character"
    if name.lower() == "user-agent":
        return "has a field of its own: user_agent"
    if name.lower() in _OWN_HEADERS:
        return "is set by the program itself"
    if name.lower() in _SECRET_HEADERS:
        return "is a secret: name its environment variable in request.secret_headers"
    return ""


def _check_selectors(path: Path, text: str, outlet: Outlet) -> Iterator[str]:
    """Yield an error for each selector that is not CSS, or sets a field that none can set."""
    page = LexborHTMLParser("<p></p>")
    for layout in outlet.layouts:
        for field, selector in layout.selectors.items():
            line = _find_line(text, field)
            if field not in SELECTABLE:
                known = ", ".join(SELECTABLE)
                yield f"{path}:{line}: {field}: no selector sets it; known: {known}"
            try:
                page.css_first(selector)
            except (SelectolaxError, ValueError, RuntimeError):
                yield f"{path}:{line}: {field}: {selector!r} is not a CSS selector; correct it"


def _find_line(text: str, field: str) -> int:
    """Return the line number that sets `field` (dotted, with [n]); 1 if it is not in the text."""
    names = re.sub(r"\[.*?\]", "", field).split(".")
    for name in reversed([name for name in names if name]):
        pattern = re.compile(
            rf"(?:^|[{{,])\s*(\[+\s*)?([\w.]+\.)?{re.escape(name)}\s*[\]=.]", re.MULTILINE
        )
        if hit := pattern.search(text):
            return text.count("\n", 0, hit.end()) + 1
    return 1
