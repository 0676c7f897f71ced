"""Outlets' files as commands write them, and OPML."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, parse

from schemas.outlet import Outlet
from workers import outlets, urls
from workers.cli.support.terminal import CommandError

UNKNOWN_COUNTRY = "zz"  # of ISO 3166's codes for private use
UNKNOWN_LANGUAGE = "und"
_LENGTH_OF_COUNTRY = 2
# Domains of two letters under which the whole world publishes.
_GENERIC = frozenset("ai cc co eu fm gg io ly me sh so tk to tv ws".split())
_PAUSED = re.compile(r"^paused\s*=.*\n?", re.MULTILINE)
_TABLE = re.compile(r"^\s*\[", re.MULTILINE)


def country_of(url: str) -> str:
    """Return the country that an address' domain names, or UNKNOWN_COUNTRY."""
    ending = (urlsplit(url).hostname or "").rpartition(".")[2]
    if len(ending) != _LENGTH_OF_COUNTRY or not ending.isalpha() or ending in _GENERIC:
        return UNKNOWN_COUNTRY
    return "gb" if ending == "uk" else ending


def id_of(url: str) -> str:
    """Return an outlet's id by its domain: `https://www.harbour-gazette.co.uk/` is
    `harbour-gazette`."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    domain = urls.registrable_domain(host)
    name = domain if domain.replace(".", "").isdigit() else domain.partition(".")[0]
    return re.sub(r"[^a-z0-9]+", "-", name.encode("idna").decode()).strip("-") or "outlet"


def to_toml(outlet: Outlet) -> str:
    """Return the text of an outlet's file, with what was found of it."""
    lines = [f"{name} = {_quote(getattr(outlet, name))}" for name in ("name", "home", "language")]
    lines += [
        f"{field} = [{', '.join(map(_quote, addresses))}]"
        for field in ("sitemaps", "feeds", "sections")
        if (addresses := getattr(outlet, field))
    ]
    if outlet.render != "never":
        lines.append(f"render = {_quote(outlet.render)}")
    if outlet.politeness.min_interval_seconds != Outlet("", "", "").politeness.min_interval_seconds:
        seconds = f"min_interval_seconds = {outlet.politeness.min_interval_seconds:g}"
        lines += ["", "[politeness]", seconds]
    return "\n".join(lines) + "\n"


def write_new(path: Path, outlet: Outlet) -> None:
    """Write the file of a new outlet.

    Raises:
        CommandError: the file is there already, or would have mistakes.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(to_toml(outlet))
    except FileExistsError:
        raise CommandError(f"{path} is there already: nothing was written") from None
    if errors := outlets.read(path)[1]:
        path.unlink()
        raise CommandError("\n".join(errors))


def set_paused(path: Path, *, paused: bool) -> None:
    """Write into an outlet's file whether it is paused; all else in it stays as it is.

    Raises:
        CommandError: the file would have mistakes; it stays as it was.
    """
    before = path.read_text(encoding="utf-8")
    table = _TABLE.search(before)
    end = table.start() if table else len(before)
    top = _PAUSED.sub("", before[:end])
    if paused:
        top = "paused = true\n" + top
    path.write_text(top + before[end:], encoding="utf-8")
    if errors := outlets.read(path)[1]:
        path.write_text(before, encoding="utf-8")
        raise CommandError("\n".join(errors))


def read_opml(path: Path, language: str) -> Iterator[Outlet]:
    """Yield an outlet for each site in an OPML file, with all its feeds.

    Raises:
        CommandError: it is no OPML.
    """
    try:
        root = parse(path).getroot()
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise CommandError(f"{path}: is no OPML: {error}") from error
    feeds: dict[str, list[str]] = {}
    named: dict[str, tuple[str, str]] = {}
    for outline in root.iter("outline"):
        feed = (outline.get("xmlUrl") or "").strip()
        if urls.url_error(feed):
            continue
        site = (outline.get("htmlUrl") or "").strip()
        home = feed if urls.url_error(site) else site
        parts = urlsplit(home)
        name = (outline.get("title") or outline.get("text") or parts.hostname or "").strip()
        key = urls.domain_of(home)
        named.setdefault(key, (name or key, f"{parts.scheme}://{parts.netloc}/"))
        if feed not in feeds.setdefault(key, []):
            feeds[key].append(feed)
    for key, (name, home) in named.items():
        yield Outlet(name, home, language, id_of(home), country_of(home), feeds=tuple(feeds[key]))


def write_opml(found: Iterable[Outlet], path: Path) -> int:
    """Write the outlets' feeds as OPML.

    Returns:
        their number.
    """
    root = Element("opml", version="2.0")
    SubElement(SubElement(root, "head"), "title").text = "Presswire outlets"
    body = SubElement(root, "body")
    number = 0
    for outlet in found:
        for feed in outlet.feeds:
            names = {"text": outlet.name, "title": outlet.name, "type": "rss"}
            SubElement(body, "outline", {**names, "xmlUrl": feed, "htmlUrl": outlet.home})
            number += 1
    indent(root)
    ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
    return number


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
